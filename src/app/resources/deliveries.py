from typing import Annotated, Any, Self

import msgspec

from app.http import Request
from app.operation import operation
from app.schema import Listing, Moment, Omissible, Paging, View
from domain.identity.caller import Access
from domain.webhook_endpoint.deliveries import DeliveryService
from domain.webhook_endpoint.errors import DeliveryNotFound, WebhookEndpointInactive
from domain.webhook_endpoint.models import DeliveryStatus, PlatformEvent
from domain.webhook_endpoint.ports import Sent


class PayloadView(View, frozen=True, kw_only=True):
    """What is sent: an event, with its subject as that was then."""

    id: Annotated[str, msgspec.Meta(description="The `webhook-id`, whatever attempt it is.")]
    type: str
    timestamp: Moment
    data: dict[str, Any]

    @classmethod
    def of(cls, event: PlatformEvent) -> Self:
        return cls(id=event.id, type=event.type, timestamp=event.created_at, data=event.data)


class DeliveryView(View, frozen=True, kw_only=True):
    """An event on its way to an endpoint, and what came of it: the ``note`` says."""

    id: str
    endpoint_id: str
    event_id: str
    event_type: str
    status: DeliveryStatus
    attempts: Annotated[int, msgspec.Meta(description="Since it was last asked for.")]
    reruns: int
    response_status: int | None
    note: str | None
    created_at: Moment
    attempted_at: Moment | None
    next_attempt_at: Moment | None
    delivered_at: Moment | None

    @classmethod
    def of(cls, sent: Sent) -> Self:
        return cls(**_shown(sent))


class DeliveryDetailsView(DeliveryView, frozen=True, kw_only=True):
    payload: PayloadView

    @classmethod
    def of(cls, sent: Sent) -> Self:
        return cls(payload=PayloadView.of(sent.event), **_shown(sent))


class DeliveryList(Listing[DeliveryView], frozen=True, kw_only=True):
    """A page of deliveries."""


class ListDeliveries(Paging):
    status: Omissible[DeliveryStatus] = None


def _shown(sent: Sent) -> dict[str, Any]:
    delivery, own = sent.delivery, set(DeliveryView.__struct_fields__) - {"event_type"}
    shown = {name: getattr(delivery, name) for name in own}
    return shown | {"event_type": sent.event.type, "status": DeliveryStatus(delivery.status)}


class Deliveries:
    """What was sent to other systems, or is on its way."""

    def __init__(self, deliveries: DeliveryService) -> None:
        self._deliveries = deliveries

    @operation(access=Access.ADMIN, raises=[DeliveryNotFound])
    async def on_get(self, req: Request, delivery_id: str) -> DeliveryDetailsView:
        """Show a delivery with what it delivers."""
        return DeliveryDetailsView.of(await self._deliveries.get(delivery_id))

    @operation(access=Access.ADMIN, status=202, raises=[DeliveryNotFound, WebhookEndpointInactive])
    async def on_post_redelivery(self, req: Request, delivery_id: str) -> DeliveryView:
        """Deliver it again, whatever came of it before, under the same `webhook-id`."""
        return DeliveryView.of(await self._deliveries.redeliver(delivery_id))
