from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, delete, exists, func, or_, select, update

from common.pagination import Page, PageRequest
from domain.alert.models import Alert
from domain.competitor.models import Competitor, CompetitorStatus, Scan
from domain.entity import UtcDateTime
from domain.identity.models import User
from domain.identity.plan import PlanTier
from infrastructure.databases.repositories.competitor_erasure import Erasure
from infrastructure.databases.repositories.scans import IS_UNDER_WAY
from infrastructure.databases.repository import SqlRepository

_competitors: Any = Competitor.__table__
_OF_USER = (
    select(Competitor)
    .where(Competitor.user_id == bindparam("user"))
    .order_by(Competitor.created_at, Competitor.id)
)
_COUNT = select(func.count()).where(Competitor.user_id == bindparam("user"))
_OLDER = _COUNT.where(
    or_(
        Competitor.created_at < bindparam("moment"),
        and_(Competitor.created_at == bindparam("moment"), Competitor.id < bindparam("than")),
    )
)
_DUE = (
    select(Competitor.id)
    .where(
        Competitor.next_scan_at <= bindparam("now"),
        Competitor.status != CompetitorStatus.PAUSED,
        Competitor.user_id.is_not(None),
    )
    .order_by(Competitor.next_scan_at)
    .limit(bindparam("limit"))
)
_LATER = (
    _competitors.c.next_scan_at > bindparam("latest"),
    _competitors.c.user_id.in_(select(User.id).where(User.plan == bindparam("tier"))),
)
_IS_LATER = select(exists().where(*_LATER))
_BRING_FORWARD = (
    update(_competitors)
    .where(*_LATER)
    .values(next_scan_at=bindparam("latest", type_=UtcDateTime()))
)
_DISOWN = (
    update(_competitors)
    .where(_competitors.c.id == bindparam("competitor"))
    .values(user_id=None, next_scan_at=None)
)
_STOP = delete(Scan).where(Scan.competitor_id == bindparam("competitor"), IS_UNDER_WAY)
_SILENCE = delete(Alert).where(Alert.competitor_id == bindparam("competitor"))
_OWNERLESS = select(Competitor.id).where(Competitor.user_id.is_(None))
_DISOWNED = _OWNERLESS.limit(bindparam("limit"))
_IS_DISOWNED = _OWNERLESS.where(Competitor.id == bindparam("competitor")).with_for_update(
    key_share=True
)


class SqlCompetitorRepository(SqlRepository[Competitor]):
    entity = Competitor

    async def get(self, key: str, *, lock: bool = False) -> Competitor | None:
        found = await super().get(key, lock=lock)
        return found if found and found.user_id else None

    async def page(self, user_id: str, request: PageRequest) -> Page[Competitor]:
        return await self._page(_OF_USER, request, {"user": user_id})

    async def count_of(self, user_id: str) -> int:
        return int((await self._session.rows(_COUNT, {"user": user_id}))[0][0])

    async def older_than(self, competitor: Competitor) -> int:
        told = {
            "user": competitor.user_id,
            "moment": competitor.created_at,
            "than": competitor.id,
        }
        return int((await self._session.rows(_OLDER, told))[0][0])

    async def due(self, now: datetime, limit: int) -> list[str]:
        return [row.id for row in await self._session.rows(_DUE, {"now": now, "limit": limit})]

    async def is_later(self, tier: PlanTier, latest: datetime) -> bool:
        rows = await self._session.rows(_IS_LATER, {"tier": tier, "latest": latest})
        return bool(rows[0][0])

    async def bring_forward(self, tier: PlanTier, latest: datetime) -> None:
        await self._session.run(_BRING_FORWARD, {"tier": tier, "latest": latest})

    async def disown(self, competitor: Competitor) -> None:
        told = {"competitor": competitor.id}
        await self._session.run(_STOP, told)
        await self._session.run(_SILENCE, told)
        await self._session.run(_DISOWN, told)

    async def disowned(self, limit: int) -> list[str]:
        return [row.id for row in await self._session.rows(_DISOWNED, {"limit": limit})]

    async def erase(self, competitor_id: str, most: int) -> bool:
        if not await self._session.rows(_IS_DISOWNED, {"competitor": competitor_id}):
            return True
        return await Erasure(self._session, most).go_on(competitor_id)
