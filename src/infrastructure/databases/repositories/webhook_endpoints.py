from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, func, select

from common.pagination import Page, PageRequest
from domain.webhook_endpoint.models import Delivery, DeliveryStatus, PlatformEvent, WebhookEndpoint
from domain.webhook_endpoint.ports import Sent
from infrastructure.databases.repository import SqlRepository

_ENDPOINTS = select(WebhookEndpoint).order_by(WebhookEndpoint.created_at.desc(), WebhookEndpoint.id)
_COUNT = select(func.count()).select_from(WebhookEndpoint)
_OF_ENDPOINT = (
    select(Delivery)
    .where(Delivery.endpoint_id == bindparam("endpoint"))
    .order_by(Delivery.created_at.desc(), Delivery.id)
)
_EVENTS = select(PlatformEvent).where(PlatformEvent.id.in_(bindparam("ids", expanding=True)))
_OLD = (
    select(PlatformEvent.id)
    .where(PlatformEvent.created_at < bindparam("before"))
    .order_by(PlatformEvent.created_at)
    .limit(bindparam("limit"))
)
_FORGET = delete(PlatformEvent).where(PlatformEvent.id.in_(_OLD.scalar_subquery()))


class SqlWebhookEndpointRepository(SqlRepository[WebhookEndpoint]):
    entity = WebhookEndpoint

    async def page(self, request: PageRequest) -> Page[WebhookEndpoint]:
        return await self._page(_ENDPOINTS, request, {})

    async def count(self) -> int:
        return int((await self._session.rows(_COUNT))[0][0])


class SqlPlatformEventRepository(SqlRepository[PlatformEvent]):
    entity = PlatformEvent

    async def keep(self, event: PlatformEvent, deliveries: Sequence[Delivery]) -> None:
        self._session.add(event)
        await self._session.flush()  # what refers to it comes after it
        for delivery in deliveries:
            self._session.add(delivery)

    async def forget(self, before: datetime, limit: int) -> int:
        return await self._session.run(_FORGET, {"before": before, "limit": limit})


class SqlDeliveryRepository(SqlRepository[Delivery]):
    entity = Delivery

    async def page(
        self, endpoint_id: str, status: DeliveryStatus | None, request: PageRequest
    ) -> Page[Sent]:
        query = _OF_ENDPOINT
        if status is not None:
            query = query.where(Delivery.status == status)
        page = await self._page(query, request, {"endpoint": endpoint_id})
        ids = [each.event_id for each in page.items]
        events = {each.id: each for each in await self._session.find_all(_EVENTS, {"ids": ids})}
        sent = [Sent(each, events[each.event_id]) for each in page.items]
        return Page(sent, page.total, page.page, page.per_page)
