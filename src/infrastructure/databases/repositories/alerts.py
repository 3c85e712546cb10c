from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import bindparam, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from common.money import Money
from common.pagination import Page, PageRequest
from domain.alert.batch import AlertBatch
from domain.alert.digest import Digest, DigestedChange, DigestedType
from domain.alert.models import Alert, AlertEvent, AlertType, in_percent
from domain.alert.ports import AlertFilter, ArmedAlert
from domain.competitor.models import Competitor, CompetitorProduct, Scan
from infrastructure.databases.repository import SqlRepository

_OF_USER = (
    select(Alert)
    .where(Alert.user_id == bindparam("user"))
    .order_by(Alert.created_at.desc(), Alert.id)
)
_COUNT = select(func.count()).select_from(Alert).where(Alert.user_id == bindparam("user"))
_COMPETITOR = select(Competitor.id).where(
    Competitor.id == bindparam("competitor"), Competitor.user_id == bindparam("user")
)
_SELLER = (
    select(Competitor.id)
    .join_from(CompetitorProduct, Competitor, Competitor.id == CompetitorProduct.competitor_id)
    .where(CompetitorProduct.id == bindparam("product"), Competitor.user_id == bindparam("user"))
)
# In one order, and with the lock of whoever changes or deletes an alert: scans of one owner's
# competitors take turns, and neither waits for somebody who waits for it.
_ARMED = (
    select(Alert.id, Alert.alert_type, Alert.threshold_hundredths, Alert.product_id)
    .where(
        Alert.user_id == bindparam("user"),
        Alert.is_active,
        Alert.alert_type.in_(bindparam("types", expanding=True)),
        or_(Alert.competitor_id.is_(None), Alert.competitor_id == bindparam("competitor")),
    )
    .order_by(Alert.id)
    .with_for_update(key_share=True)
)
_NOTE = (
    update(Alert)
    .where(Alert.id.in_(bindparam("ids", expanding=True)))
    .values(last_triggered_at=bindparam("now"))
)
_events: Any = AlertEvent.__table__
_KEEP = {
    "sqlite": sqlite.insert(_events).on_conflict_do_nothing().returning(_events.c.id),
    "postgresql": postgresql.insert(_events).on_conflict_do_nothing().returning(_events.c.id),
}
_COLUMNS = tuple(_events.c.keys())
_HISTORY = (
    select(AlertEvent)
    .where(AlertEvent.alert_id == bindparam("alert"))
    .order_by(AlertEvent.created_at.desc(), AlertEvent.id)
)
_OWNER = (
    select(Competitor.user_id, Competitor.name, Competitor.url)
    .join_from(Scan, Competitor, Competitor.id == Scan.competitor_id)
    .where(Scan.id == bindparam("scan"), Competitor.user_id.is_not(None))
)
_changes = (
    select(
        AlertEvent.alert_type,
        AlertEvent.product_id,
        AlertEvent.product_title,
        AlertEvent.product_url,
        AlertEvent.old_price_amount,
        AlertEvent.new_price_amount,
        AlertEvent.currency,
        AlertEvent.change_hundredths,
    )
    .where(AlertEvent.scan_id == bindparam("scan"))
    .distinct()
    .subquery()
)
_numbered = select(
    _changes,
    func.count().over(partition_by=_changes.c.alert_type).label("total"),
    func.row_number()
    .over(
        partition_by=_changes.c.alert_type,
        order_by=(
            func.abs(func.coalesce(_changes.c.change_hundredths, 0)).desc(),
            _changes.c.product_title,
            _changes.c.product_id,
        ),
    )
    .label("place"),
).subquery()
_DIGEST = (
    select(_numbered)
    .where(_numbered.c.place <= bindparam("most"))
    .order_by(_numbered.c.alert_type, _numbered.c.place)
)


class SqlAlertRepository(SqlRepository[Alert]):
    entity = Alert

    async def page(self, user_id: str, wanted: AlertFilter, request: PageRequest) -> Page[Alert]:
        query = _OF_USER
        if wanted.is_active is not None:
            query = query.where(Alert.is_active.is_(wanted.is_active))
        if wanted.alert_type is not None:
            query = query.where(Alert.alert_type == wanted.alert_type)
        if wanted.competitor_id is not None:
            query = query.where(Alert.competitor_id == wanted.competitor_id)
        return await self._page(query, request, {"user": user_id})

    async def count(self, user_id: str) -> int:
        return int((await self._session.rows(_COUNT, {"user": user_id}))[0][0])

    async def has_competitor(self, user_id: str, competitor_id: str) -> bool:
        wanted = {"user": user_id, "competitor": competitor_id}
        return bool(await self._session.rows(_COMPETITOR, wanted))

    async def seller_of(self, user_id: str, product_id: str) -> str | None:
        for row in await self._session.rows(_SELLER, {"user": user_id, "product": product_id}):
            return str(row.id)
        return None

    async def armed(
        self, user_id: str, competitor_id: str, types: Sequence[AlertType]
    ) -> list[ArmedAlert]:
        wanted = {"user": user_id, "competitor": competitor_id, "types": list(types)}
        return [ArmedAlert(*row) for row in await self._session.rows(_ARMED, wanted)]

    async def note_triggered(self, alert_ids: Sequence[str], now: datetime) -> None:
        await self._session.run(_NOTE, {"ids": list(alert_ids), "now": now})


class SqlAlertEventRepository(SqlRepository[AlertEvent]):
    entity = AlertEvent

    async def keep(self, events: Sequence[AlertEvent]) -> list[AlertEvent]:
        await self._session.flush()  # what they refer to comes before them
        rows = [{name: getattr(each, name) for name in _COLUMNS} for each in events]
        kept = {row.id for row in await self._session.rows(_KEEP[self._session.dialect], rows)}
        return [each for each in events if each.id in kept]

    def tell(self, batch: AlertBatch) -> None:
        self._session.speakers.append(batch)

    async def page(self, alert_id: str, request: PageRequest) -> Page[AlertEvent]:
        return await self._page(_HISTORY, request, {"alert": alert_id})

    async def digest(self, scan_id: str, most: int) -> Digest | None:
        rows = await self._session.rows(_DIGEST, {"scan": scan_id, "most": most})
        for owner in await self._session.rows(_OWNER, {"scan": scan_id}) if rows else ():
            types = groupby(rows, key=lambda row: (row.alert_type, row.total))
            return Digest(
                owner.user_id,
                owner.name,
                owner.url,
                types=tuple(
                    DigestedType(AlertType(alert_type), total, tuple(map(_change, alike)))
                    for (alert_type, total), alike in types
                ),
            )
        return None


def _change(row: Any) -> DigestedChange:
    def money(amount: int | None) -> Money | None:
        return None if amount is None else Money(amount, row.currency)

    return DigestedChange(
        row.product_title,
        row.product_url,
        money(row.old_price_amount),
        money(row.new_price_amount),
        in_percent(row.change_hundredths),
    )
