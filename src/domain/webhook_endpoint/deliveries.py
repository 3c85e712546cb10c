from datetime import timedelta
from typing import NamedTuple

from common.clock import Clock
from common.logging import log
from common.pagination import Page, PageRequest
from domain.database import Database
from domain.webhook_endpoint.errors import (
    DeliveryNotFound,
    WebhookEndpointInactive,
    WebhookEndpointNotFound,
)
from domain.webhook_endpoint.models import (
    Delivery,
    DeliveryStatus,
    PlatformEvent,
    WebhookEndpoint,
)
from domain.webhook_endpoint.ports import (
    Answered,
    Courier,
    Sent,
    Undelivered,
    WebhookEndpointTransaction,
)

_GONE = 410
_KEPT = timedelta(days=30)
_BATCH = 500
_INACTIVE = "the endpoint is switched off"


class _Due(NamedTuple):
    event: PlatformEvent
    endpoint: WebhookEndpoint


class DeliveryService:
    """Brings events to the addresses that want them: at least once, in no promised order."""

    def __init__(
        self, database: Database[WebhookEndpointTransaction], courier: Courier, clock: Clock
    ) -> None:
        self._database = database
        self._courier = courier
        self._clock = clock

    async def get(self, delivery_id: str) -> Sent:
        return await self._database.read(lambda tx: _sent(tx, delivery_id))

    async def page(
        self, endpoint_id: str, status: DeliveryStatus | None, request: PageRequest
    ) -> Page[Sent]:
        """List the deliveries to an endpoint, the latest first."""

        async def unit(tx: WebhookEndpointTransaction) -> Page[Sent]:
            if await tx.webhook_endpoints.get(endpoint_id) is None:
                raise WebhookEndpointNotFound(endpoint_id=endpoint_id)
            return await tx.deliveries.page(endpoint_id, status, request)

        return await self._database.read(unit)

    async def redeliver(self, delivery_id: str) -> Sent:
        """Have an event delivered again from now on, whatever came of it before."""

        async def unit(tx: WebhookEndpointTransaction) -> Sent:
            sent = await _sent(tx, delivery_id, lock=True)
            endpoint = await tx.webhook_endpoints.get(sent.delivery.endpoint_id)
            if endpoint is None or not endpoint.is_active:
                raise WebhookEndpointInactive
            sent.delivery.start_over()
            await tx.workflows.enqueue(sent.delivery.job)
            return sent

        return await self._database.write(unit)

    async def attempt(self, delivery_id: str, run: str, attempt: str) -> None:
        """Make one attempt, write down how it went, and have the next one made if need be.

        A crash before it is written down has it made again, under the same ``webhook-id``.
        """
        due = await self._due(delivery_id, run, attempt)
        if due is None:
            return
        answer: Answered | None = None
        note = _INACTIVE
        if due.endpoint.is_active:
            try:
                answer = await self._send(due)
                note = f"it answered {answer.status}"
            except Undelivered as failure:
                note = str(failure)
        await self._write_down(due, (delivery_id, run, attempt), answer, note)

    async def forget(self) -> int:
        """Forget some of the events that are a month old, with their deliveries."""
        before = self._clock() - _KEPT
        return await self._database.write(lambda tx: tx.platform_events.forget(before, _BATCH))

    async def _due(self, delivery_id: str, run: str, attempt: str) -> _Due | None:
        async def unit(tx: WebhookEndpointTransaction) -> _Due | None:
            delivery = await tx.deliveries.get(delivery_id)
            if delivery is None or not delivery.is_due(run, attempt):
                return None
            event = await tx.platform_events.get(delivery.event_id)
            endpoint = await tx.webhook_endpoints.get(delivery.endpoint_id)
            return _Due(event, endpoint) if event and endpoint else None

        return await self._database.read(unit)

    async def _send(self, due: _Due) -> Answered:
        now = self._clock()
        return await self._courier.deliver(
            due.event, due.endpoint.url, due.endpoint.secrets(now), now
        )

    async def _write_down(
        self, due: _Due, which: tuple[str, str, str], answer: Answered | None, note: str
    ) -> None:
        delivery_id, run, attempt = which
        status = answer.status if answer else None

        async def unit(tx: WebhookEndpointTransaction) -> None:
            gone = None
            if status == _GONE:  # the endpoint before its deliveries, as where it is deleted
                gone = await tx.webhook_endpoints.get(due.endpoint.id, lock=True)
            delivery = await tx.deliveries.get(delivery_id, lock=True)
            if delivery is None or not delivery.is_due(run, attempt):
                return
            now = self._clock()
            if answer and 200 <= answer.status < 300:
                delivery.succeed(answer.status, now)
            elif status == _GONE:
                delivery.give_up(f"{note}: {_INACTIVE} by that", now, response_status=status)
                if gone and gone.is_active and gone.url == due.endpoint.url:
                    gone.is_active, gone.updated_at = False, now
                    log.warning("Webhook endpoint {} is gone, and switched off", gone.id)
            elif not due.endpoint.is_active:
                delivery.give_up(note, now)
            else:
                await self._plan(tx, delivery, answer, note)

        await self._database.write(unit)

    async def _plan(
        self,
        tx: WebhookEndpointTransaction,
        delivery: Delivery,
        answer: Answered | None,
        note: str,
    ) -> None:
        delivery.miss(
            note,
            self._clock(),
            response_status=answer.status if answer else None,
            wait=answer.wait if answer else timedelta(),
        )
        if delivery.status == DeliveryStatus.PENDING:
            await tx.workflows.enqueue(delivery.job)
        else:
            log.warning("Delivery {} is given up: {}", delivery.id, note)


async def _sent(tx: WebhookEndpointTransaction, delivery_id: str, *, lock: bool = False) -> Sent:
    delivery = await tx.deliveries.get(delivery_id, lock=lock)
    event = await tx.platform_events.get(delivery.event_id) if delivery else None
    if delivery is None or event is None:
        raise DeliveryNotFound(delivery_id=delivery_id)
    return Sent(delivery, event)
