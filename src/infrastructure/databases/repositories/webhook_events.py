from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite

from common.pagination import Page, PageRequest
from domain.webhook.models import EventStatus, WebhookEvent
from infrastructure.databases.repository import SqlRepository

_ADD = {
    "sqlite": sqlite.insert(WebhookEvent).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(WebhookEvent).on_conflict_do_nothing(),
}
_COUNT = (
    update(WebhookEvent)
    .where(WebhookEvent.id == bindparam("event_id"))
    .values(deliveries=WebhookEvent.deliveries + 1)
)


class SqlWebhookEventRepository(SqlRepository[WebhookEvent]):
    entity = WebhookEvent

    async def receive(self, event: dict[str, Any]) -> bool:
        """Keep an event; of one that is known only count that it came again."""
        if await self._session.run(_ADD[self._session.dialect], event):
            return True
        await self._session.run(_COUNT, {"event_id": event["id"]})
        return False

    async def page(self, status: EventStatus | None, request: PageRequest) -> Page[WebhookEvent]:
        """List events, the latest first."""
        query = select(WebhookEvent).order_by(WebhookEvent.received_at.desc(), WebhookEvent.id)
        if status is not None:
            query = query.where(WebhookEvent.status == status)
        return await self._page(query, request, {})
