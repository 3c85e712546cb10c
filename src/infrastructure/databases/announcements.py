"""Writing out what entities announce, in the transaction in which it happened."""

from datetime import datetime, timedelta

from sqlalchemy import select

from domain.webhook_endpoint.models import Delivery, PlatformEvent, WebhookEndpoint, is_wanted
from infrastructure.databases.session import SqlSession
from infrastructure.databases.transaction import SqlTransaction

# The lock that a delivery's foreign key takes anyway: an endpoint that is being deleted is waited
# for, and then not there.
_ACTIVE = (
    select(WebhookEndpoint.id, WebhookEndpoint.event_types)
    .where(WebhookEndpoint.is_active)
    .order_by(WebhookEndpoint.id)
    .with_for_update(read=True, key_share=True)
)
_APART = timedelta(microseconds=1)


async def publish(tx: SqlTransaction, session: SqlSession, now: datetime) -> None:
    """Keep every event that an endpoint wants, and enqueue its deliveries."""
    announced = [(each, type_) for each in session.speakers for type_ in each.announced()]
    if not announced:
        return
    endpoints = await session.rows(_ACTIVE)
    for speaker, type_ in announced if endpoints else ():
        wanting = [id_ for id_, event_types in endpoints if is_wanted(type_, event_types)]
        if not wanting:
            continue
        event = PlatformEvent(type=type_, data=speaker.told(), created_at=now)
        deliveries = [
            Delivery(event_id=event.id, endpoint_id=endpoint_id, created_at=now)
            for endpoint_id in wanting
        ]
        await tx.platform_events.keep(event, deliveries)
        for delivery in deliveries:
            await tx.workflows.enqueue(delivery.job)
        now += _APART  # so that they stay in order
