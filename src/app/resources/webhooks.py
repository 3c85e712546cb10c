from typing import Any, Self

from app.http import Request
from app.operation import operation
from app.schema import Listing, Moment, Omissible, Paging, Reference, View
from domain.identity.caller import Access
from domain.limits import Category
from domain.payment.errors import WebhookVerificationFailed
from domain.webhook.errors import WebhookEventNotFound
from domain.webhook.models import EventStatus, WebhookEvent
from domain.webhook.service import WebhookService


class ReceiptView(View, frozen=True, kw_only=True):
    received: bool = True


class WebhookEventView(View, frozen=True, kw_only=True):
    """An event, and what came of it: the ``note`` says."""

    id: str
    type: str
    status: EventStatus
    note: str | None
    deliveries: int
    reruns: int
    created_at: Moment
    received_at: Moment
    processed_at: Moment | None

    @classmethod
    def of(cls, event: WebhookEvent) -> Self:
        return cls(**_fields(event))


class WebhookEventDetailsView(WebhookEventView, frozen=True, kw_only=True):
    payload: dict[str, Any]

    @classmethod
    def of(cls, event: WebhookEvent) -> Self:
        return cls(**_fields(event), payload=event.payload)


class WebhookEventList(Listing[WebhookEventView], frozen=True, kw_only=True):
    """A page of events."""


class ListWebhookEvents(Paging):
    status: Omissible[EventStatus] = None


def _fields(event: WebhookEvent) -> dict[str, Any]:
    return {
        "id": event.id,
        "type": event.type,
        "status": EventStatus(event.status),
        "note": event.note,
        "deliveries": event.deliveries,
        "reruns": event.reruns,
        "created_at": event.created_at,
        "received_at": event.received_at,
        "processed_at": event.processed_at,
    }


class Webhooks:
    """What the payment provider tells us."""

    def __init__(self, webhooks: WebhookService) -> None:
        self._webhooks = webhooks

    @operation(access=Access.ANYONE, limit=Category.WEBHOOK, raises=[WebhookVerificationFailed])
    async def on_post(self, req: Request, body: bytes) -> ReceiptView:
        """Take in an event, if the signature in ``Stripe-Signature`` is good.

        It is kept before the answer and dealt with after it; one that is known already is left.
        """
        await self._webhooks.receive(body, req.get_header("Stripe-Signature"))
        return ReceiptView()

    @operation(access=Access.ADMIN)
    async def on_get_events(self, req: Request, query: ListWebhookEvents) -> WebhookEventList:
        """List the events that came, the latest first."""
        page = await self._webhooks.page(query.status, query.part)
        return WebhookEventList.of(page, WebhookEventView.of)

    @operation(access=Access.ADMIN, raises=[WebhookEventNotFound])
    async def on_get_event(self, req: Request, event_id: Reference) -> WebhookEventDetailsView:
        """Show an event with its payload."""
        return WebhookEventDetailsView.of(await self._webhooks.get(event_id))

    @operation(access=Access.ADMIN, status=202, raises=[WebhookEventNotFound])
    async def on_post_rerun(self, req: Request, event_id: Reference) -> WebhookEventView:
        """Deal with an event once more. What was done already is not done again."""
        return WebhookEventView.of(await self._webhooks.rerun(event_id))
