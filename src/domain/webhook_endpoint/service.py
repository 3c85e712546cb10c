import base64
import secrets
from collections.abc import Sequence
from typing import NamedTuple

from common.clock import Clock
from common.pagination import Page, PageRequest
from domain.database import Database
from domain.webhook_endpoint.errors import (
    AddressNotAllowed,
    TooManyWebhookEndpoints,
    WebhookEndpointInactive,
    WebhookEndpointNotFound,
)
from domain.webhook_endpoint.models import Delivery, PlatformEvent, WebhookEndpoint
from domain.webhook_endpoint.ports import Addresses, Sealer, Sent, WebhookEndpointTransaction

TEST_EVENT = "webhook.test"
_MOST = 100
_SECRET_BYTES = 32


class Confided(NamedTuple):
    """An endpoint, and its raw secret: the only time it is seen."""

    endpoint: WebhookEndpoint
    secret: str


class WebhookEndpointService:
    """Keeps the addresses that want to be told of events."""

    def __init__(
        self,
        database: Database[WebhookEndpointTransaction],
        sealer: Sealer,
        addresses: Addresses,
        clock: Clock,
    ) -> None:
        self._database = database
        self._sealer = sealer
        self._addresses = addresses
        self._clock = clock

    async def add(self, url: str, event_types: Sequence[str], description: str) -> Confided:
        """Have an address told of events from now on."""
        self._check(url)
        raw, sealed = self._new_secret()

        async def unit(tx: WebhookEndpointTransaction) -> WebhookEndpoint:
            if await tx.webhook_endpoints.count() >= _MOST:
                raise TooManyWebhookEndpoints(maximum=_MOST)
            now = self._clock()
            endpoint = WebhookEndpoint(
                url=url,
                description=description,
                event_types=list(event_types),
                secret=sealed,
                created_at=now,
                updated_at=now,
            )
            tx.webhook_endpoints.add(endpoint)
            return endpoint

        return Confided(await self._database.write(unit), raw)

    async def get(self, endpoint_id: str) -> WebhookEndpoint:
        return _found(
            await self._database.read(lambda tx: tx.webhook_endpoints.get(endpoint_id)),
            endpoint_id,
        )

    async def page(self, request: PageRequest) -> Page[WebhookEndpoint]:
        """List endpoints, the latest first."""
        return await self._database.read(lambda tx: tx.webhook_endpoints.page(request))

    async def change(
        self,
        endpoint_id: str,
        *,
        url: str | None = None,
        event_types: Sequence[str] | None = None,
        description: str | None = None,
        is_active: bool | None = None,
    ) -> WebhookEndpoint:
        """Change what is given. What is on its way goes to the new address too."""
        if url is not None:
            self._check(url)

        async def unit(tx: WebhookEndpointTransaction) -> WebhookEndpoint:
            endpoint = _found(await tx.webhook_endpoints.get(endpoint_id, lock=True), endpoint_id)
            endpoint.url = endpoint.url if url is None else url
            if event_types is not None:
                endpoint.event_types = list(event_types)
            if description is not None:
                endpoint.description = description
            if is_active is not None:
                endpoint.is_active = is_active
            endpoint.updated_at = self._clock()
            return endpoint

        return await self._database.write(unit)

    async def delete(self, endpoint_id: str) -> None:
        """Tell an address no more, not even what is on its way."""

        async def unit(tx: WebhookEndpointTransaction) -> None:
            endpoint = _found(await tx.webhook_endpoints.get(endpoint_id, lock=True), endpoint_id)
            await tx.webhook_endpoints.delete(endpoint)

        await self._database.write(unit)

    async def rotate_secret(self, endpoint_id: str) -> Confided:
        """Sign by a new secret; the one before signs too for a day."""
        raw, sealed = self._new_secret()

        async def unit(tx: WebhookEndpointTransaction) -> WebhookEndpoint:
            endpoint = _found(await tx.webhook_endpoints.get(endpoint_id, lock=True), endpoint_id)
            endpoint.rotate(sealed, self._clock())
            return endpoint

        return Confided(await self._database.write(unit), raw)

    async def test(self, endpoint_id: str) -> Sent:
        """Send an event that says nothing, to see whether it arrives."""

        async def unit(tx: WebhookEndpointTransaction) -> Sent:
            endpoint = _found(await tx.webhook_endpoints.get(endpoint_id, lock=True), endpoint_id)
            if not endpoint.is_active:
                raise WebhookEndpointInactive
            now = self._clock()
            event = PlatformEvent(
                type=TEST_EVENT, data={"endpoint_id": endpoint.id}, created_at=now
            )
            delivery = Delivery(event_id=event.id, endpoint_id=endpoint.id, created_at=now)
            await tx.platform_events.keep(event, [delivery])
            await tx.workflows.enqueue(delivery.job)
            return Sent(delivery, event)

        return await self._database.write(unit)

    def _check(self, url: str) -> None:
        """Refuse what is plainly private. Names are looked up when they are called."""
        if host := self._addresses.refused_host(url):
            raise AddressNotAllowed(host=host)

    def _new_secret(self) -> tuple[str, str]:
        raw = "whsec_" + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()
        return raw, self._sealer.seal(raw.encode()).decode()


def _found(endpoint: WebhookEndpoint | None, endpoint_id: str) -> WebhookEndpoint:
    if endpoint is None:
        raise WebhookEndpointNotFound(endpoint_id=endpoint_id)
    return endpoint
