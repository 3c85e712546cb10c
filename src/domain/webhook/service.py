"""The inbox: every event is kept before it is dealt with, and dealt with before it is forgotten."""

from typing import Any, Protocol

from common.clock import Clock
from common.logging import log
from common.pagination import Page, PageRequest
from domain.billing.gateway import SubscriptionChanged, SubscriptionInvoiced
from domain.billing.sync import SubscriptionSync
from domain.checkout.ports import CheckoutTransaction
from domain.checkout.service import CheckoutService
from domain.checkout.settlement import Settlement
from domain.database import Database
from domain.order.models import Order
from domain.order.refunds import RefundService
from domain.payment.events import (
    Event,
    EventReader,
    MoneyReturned,
    PaymentDeclined,
    PaymentEnded,
    ToldElsewhere,
)
from domain.payment.gateway import Charge, PaymentKind
from domain.payment.models import Payment
from domain.webhook.errors import WebhookEventNotFound
from domain.webhook.models import EventStatus, WebhookEvent
from domain.workflow import Job

WEBHOOK_EVENT = "webhook_event"
PAYMENT_FAILED = "payment_failed"
_UNKNOWN = "no such payment here"


class WebhookEventRepository(Protocol):
    """Where events are kept."""

    async def get(self, event_id: str, *, lock: bool = False) -> WebhookEvent | None: ...

    async def receive(self, event: dict[str, Any]) -> bool:
        """Keep an event; of one that is known only count that it came again."""

    async def page(self, status: EventStatus | None, request: PageRequest) -> Page[WebhookEvent]:
        """List events, the latest first."""


class WebhookTransaction(CheckoutTransaction, Protocol):
    @property
    def webhook_events(self) -> WebhookEventRepository: ...


class WebhookService:
    """Takes in what the payment provider tells us, and acts on it once."""

    def __init__(
        self,
        database: Database[WebhookTransaction],
        reader: EventReader,
        checkout: CheckoutService,
        refunds: RefundService,
        subscriptions: SubscriptionSync,
        clock: Clock,
    ) -> None:
        self._database = database
        self._reader = reader
        self._checkout = checkout
        self._refunds = refunds
        self._subscriptions = subscriptions
        self._settlement = Settlement(database, clock)
        self._clock = clock

    async def receive(self, payload: bytes, signature: str | None) -> None:
        """Keep an event and enqueue its workflow, in one transaction."""
        event = self._reader.read(payload, signature)

        async def unit(tx: WebhookTransaction) -> bool:
            row = {
                "id": event.id,
                "type": event.type,
                "payload": dict(event.payload),
                "status": EventStatus.RECEIVED,
                "deliveries": 1,
                "reruns": 0,
                "created_at": event.created_at,
                "received_at": self._clock(),
            }
            new = await tx.webhook_events.receive(row)
            if new:
                await tx.workflows.enqueue(Job(WEBHOOK_EVENT, f"stripe:{event.id}", (event.id,)))
            return new

        new = await self._database.write(unit)
        log.info("webhook {} {}{}", event.type, event.id, "" if new else ", which is known")

    async def get(self, event_id: str) -> WebhookEvent:
        event = await self._database.read(lambda tx: tx.webhook_events.get(event_id))
        if event is None:
            raise WebhookEventNotFound(event_id=event_id)
        return event

    async def page(self, status: EventStatus | None, request: PageRequest) -> Page[WebhookEvent]:
        """List events, the latest first."""
        return await self._database.read(lambda tx: tx.webhook_events.page(status, request))

    async def rerun(self, event_id: str) -> WebhookEvent:
        """Deal with an event again, whatever came of it before."""

        async def unit(tx: WebhookTransaction) -> WebhookEvent:
            event = await tx.webhook_events.get(event_id, lock=True)
            if event is None:
                raise WebhookEventNotFound(event_id=event_id)
            event.status, event.note, event.reruns = EventStatus.RECEIVED, None, event.reruns + 1
            again = f"stripe:{event.id}:{event.reruns}"
            await tx.workflows.enqueue(Job(WEBHOOK_EVENT, again, (event.id,)))
            return event

        return await self._database.write(unit)

    async def process(self, event_id: str) -> None:
        """Act on an event, and write down what came of it."""
        kept = await self.get(event_id)
        event = Event(kept.id, kept.type, kept.created_at, kept.payload)
        status, note = await self._act(event)
        await self._write_down(event_id, status, note)

    async def give_up(self, event_id: str, reason: str) -> None:
        """Write down that acting on an event failed, for an administrator to see."""
        await self._write_down(event_id, EventStatus.FAILED, reason[:500])

    async def _act(self, event: Event) -> tuple[EventStatus, str]:
        match self._reader.fact(event):
            case PaymentEnded() as ended:
                return await self._ended(ended)
            case PaymentDeclined() as declined:
                return await self._declined(declined)
            case MoneyReturned() as returned:
                return await self._returned(returned)
            case SubscriptionChanged() | SubscriptionInvoiced() as fact:
                synced = await self._subscriptions.apply(fact)
                return EventStatus(synced.outcome), synced.note
            case ToldElsewhere() as told:
                return EventStatus.IGNORED, told.note
            case None:
                return EventStatus.IGNORED, f"nothing to do for {event.type}"

    async def _ended(self, fact: PaymentEnded) -> tuple[EventStatus, str]:
        payment, _ = await self._find(fact.reference, fact.key)
        if payment is None:
            return EventStatus.IGNORED, _UNKNOWN
        if fact.charge.paid and fact.amount not in (None, payment.amount):
            return EventStatus.FAILED, f"{fact.amount} was paid, {payment.amount} was asked"
        if not fact.charge.paid and fact.reference != payment.reference:
            return EventStatus.IGNORED, "the session may still be paid another way"
        order = await self._settlement.settle(payment.id, fact.charge)
        return EventStatus.PROCESSED, f"order {order.order_number} is {order.status}"

    async def _declined(self, fact: PaymentDeclined) -> tuple[EventStatus, str]:
        payment, order = await self._find(fact.reference, fact.key)
        if payment is None or order is None:
            return EventStatus.IGNORED, _UNKNOWN
        log.warning("payment {} of order {} declined: {}", payment.id, order.id, fact.code)
        if payment.kind == PaymentKind.INTENT and payment.open:
            order = await self._checkout.end(order, payment, fact.code)
        told_already = payment.kind == PaymentKind.CHARGE  # by the answer to the shopper's request
        if not order.is_settled and not told_already:
            job = Job(PAYMENT_FAILED, f"payment-failed:{payment.id}", (order.id, fact.code))
            await self._database.write(lambda tx: tx.workflows.enqueue(job))
        return EventStatus.PROCESSED, f"order {order.order_number} is {order.status}"

    async def _returned(self, fact: MoneyReturned) -> tuple[EventStatus, str]:
        payment, _ = await self._find(fact.charge, fact.key)
        if payment and not payment.paid:  # that it was paid is news still on its way
            await self._settlement.settle(payment.id, Charge(fact.charge, paid=True))
        note = await self._refunds.returned(fact.charge, fact.total)
        return EventStatus.IGNORED if note == _UNKNOWN else EventStatus.PROCESSED, note

    async def _find(self, reference: str, key: str | None) -> tuple[Payment | None, Order | None]:
        async def unit(tx: WebhookTransaction) -> tuple[Payment | None, Order | None]:
            payment = await tx.payments.by_reference(reference)
            if payment is None and key:
                payment = await tx.payments.get(key)
            return payment, await tx.orders.get(payment.order_id) if payment else None

        return await self._database.read(unit)

    async def _write_down(self, event_id: str, status: EventStatus, note: str) -> None:
        async def unit(tx: WebhookTransaction) -> None:
            if event := await tx.webhook_events.get(event_id, lock=True):
                event.dealt_with(status, note, self._clock())

        await self._database.write(unit)
