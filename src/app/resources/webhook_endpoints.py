from typing import Annotated, Any, Self

import httpx2
import msgspec
from pydantic import AfterValidator, Field

from app.http import Request
from app.operation import operation
from app.patterns import pattern
from app.resources.deliveries import DeliveryList, DeliveryView, ListDeliveries
from app.schema import Input, Listing, Moment, Omissible, Paging, Text, View
from domain.identity.caller import Access
from domain.webhook_endpoint.deliveries import DeliveryService
from domain.webhook_endpoint.errors import (
    AddressNotAllowed,
    TooManyWebhookEndpoints,
    WebhookEndpointInactive,
    WebhookEndpointNotFound,
)
from domain.webhook_endpoint.models import WebhookEndpoint
from domain.webhook_endpoint.service import Confided, WebhookEndpointService

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOST = rf"{_LABEL}(?:\.{_LABEL})*\.?"
_URL = pattern(
    rf"^https?://(?:{_HOST}|\[[0-9A-Fa-f:.]+\])(?::[0-9]{{1,5}})?(?:[/?][!-\"$-~]*)?$",
    "an http or https address, such as https://example.com/hook",
)
_EVENT_TYPE = pattern(
    r"^(order|subscription|alert)\.(\*|[a-z]+(_[a-z]+)*)$",
    "a type of event, such as order.paid, or all that begin alike, such as alert.*",
)
_PORTS = range(1, 65536)


def _sound(url: str) -> str:
    try:
        read = httpx2.URL(url)
        sound = (read.port is None or read.port in _PORTS) and bool(
            read.raw_host.decode().encode("idna")
        )
    except (httpx2.InvalidURL, UnicodeError):
        sound = False
    if not sound:
        raise ValueError("not a URL that can be called")
    return url


HookUrl = Annotated[
    str,
    Field(
        min_length=1,
        max_length=2000,
        pattern=_URL,
        description="http or https, without credentials or a fragment; no private address.",
        examples=["https://erp.example.com/hooks/peregrine"],
    ),
    AfterValidator(_sound),
]
EventType = Annotated[
    str,
    Field(
        max_length=64,
        pattern=_EVENT_TYPE,
        description="One, such as `order.paid`, or all of a kind: `order.*`. Orders are created, "
        "paid, failed, canceled, reopened, fulfilled, partially_refunded, refunded and deleted; "
        "subscriptions are created, updated and canceled. Alerts are named by their type, such as "
        "`alert.price_drop`: an event tells of up to a hundred that one scan has set off.",
        examples=["order.paid", "order.*"],
    ),
]
EventTypes = Annotated[list[EventType], Field(min_length=1, max_length=50)]
Description = Annotated[Text, Field(max_length=500)]


class AddEndpoint(Input):
    url: HookUrl
    event_types: EventTypes
    description: Description = ""


class ChangeEndpoint(Input):
    url: Omissible[HookUrl] = None
    event_types: Omissible[EventTypes] = None
    description: Omissible[Description] = None
    is_active: Omissible[bool] = None


class EndpointView(View, frozen=True, kw_only=True):
    id: str
    url: str
    event_types: list[str]
    description: str
    is_active: bool
    previous_expires_at: Annotated[
        Moment | None, msgspec.Meta(description="Until when the secret before this one signs too.")
    ]
    created_at: Moment
    updated_at: Moment

    @classmethod
    def of(cls, endpoint: WebhookEndpoint) -> Self:
        return cls(**_shown(endpoint))


class EndpointSecretView(EndpointView, frozen=True, kw_only=True):
    """The only answer that holds the secret: keep it somewhere safe."""

    secret: str

    @classmethod
    def confided(cls, confided: Confided) -> Self:
        return cls(secret=confided.secret, **_shown(confided.endpoint))


class EndpointList(Listing[EndpointView], frozen=True, kw_only=True):
    """A page of endpoints."""


def _shown(endpoint: WebhookEndpoint) -> dict[str, Any]:
    return {name: getattr(endpoint, name) for name in EndpointView.__struct_fields__}


class WebhookEndpoints:
    """Addresses of other systems that are told what happens here."""

    def __init__(self, endpoints: WebhookEndpointService, deliveries: DeliveryService) -> None:
        self._endpoints = endpoints
        self._deliveries = deliveries

    @operation(
        access=Access.ADMIN,
        status=201,
        raises=[AddressNotAllowed, TooManyWebhookEndpoints],
        secret=True,
    )
    async def on_post(self, req: Request, body: AddEndpoint) -> EndpointSecretView:
        """Have an address told of events. The secret they are signed by is shown this once."""
        return EndpointSecretView.confided(
            await self._endpoints.add(body.url, body.event_types, body.description)
        )

    @operation(access=Access.ADMIN)
    async def on_get(self, req: Request, query: Paging) -> EndpointList:
        """List the endpoints, the latest first."""
        return EndpointList.of(await self._endpoints.page(query.part), EndpointView.of)

    @operation(access=Access.ADMIN, raises=[WebhookEndpointNotFound])
    async def on_get_endpoint(self, req: Request, endpoint_id: str) -> EndpointView:
        """Show an endpoint."""
        return EndpointView.of(await self._endpoints.get(endpoint_id))

    @operation(access=Access.ADMIN, raises=[WebhookEndpointNotFound, AddressNotAllowed])
    async def on_patch_endpoint(
        self, req: Request, endpoint_id: str, body: ChangeEndpoint
    ) -> EndpointView:
        """Change an endpoint, or switch it off and on. Its secret stays."""
        return EndpointView.of(await self._endpoints.change(endpoint_id, **body.model_dump()))

    @operation(access=Access.ADMIN, status=204, raises=[WebhookEndpointNotFound])
    async def on_delete_endpoint(self, req: Request, endpoint_id: str) -> None:
        """Delete an endpoint with its deliveries; what is on its way is not tried again."""
        await self._endpoints.delete(endpoint_id)

    @operation(access=Access.ADMIN, raises=[WebhookEndpointNotFound], secret=True)
    async def on_post_secret(self, req: Request, endpoint_id: str) -> EndpointSecretView:
        """Sign by a new secret from now on; the one before signs too for 24 hours."""
        return EndpointSecretView.confided(await self._endpoints.rotate_secret(endpoint_id))

    @operation(
        access=Access.ADMIN,
        status=202,
        raises=[WebhookEndpointNotFound, WebhookEndpointInactive],
    )
    async def on_post_test(self, req: Request, endpoint_id: str) -> DeliveryView:
        """Send the endpoint a `webhook.test` event."""
        return DeliveryView.of(await self._endpoints.test(endpoint_id))

    @operation(access=Access.ADMIN, raises=[WebhookEndpointNotFound])
    async def on_get_deliveries(
        self, req: Request, endpoint_id: str, query: ListDeliveries
    ) -> DeliveryList:
        """List what was sent to an endpoint, or is on its way, the latest first."""
        page = await self._deliveries.page(endpoint_id, query.status, query.part)
        return DeliveryList.of(page, DeliveryView.of)
