from typing import Any

from sqlalchemy import BindParameter, Delete, bindparam, delete, select

from domain.alert.models import AlertEvent
from domain.competitor.models import Competitor, CompetitorProduct, PricePoint, Scan, ScannedPage
from domain.source.models import Source
from infrastructure.databases.session import SqlSession

_AT_ONCE = 100  # products: there are more prices than products
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_COMPETITOR: BindParameter[Any] = bindparam("competitor")

_products: Any = CompetitorProduct.__table__
_PRODUCTS = (
    select(_products.c.id).where(_products.c.competitor_id == _COMPETITOR).limit(bindparam("most"))
)
_FORGET_PRODUCTS = delete(_products).where(_products.c.id.in_(_IDS))


def _some(key: Any, owner: Any, owners: Any) -> Delete:
    """Delete so many of the rows that belong to somebody."""
    picked = select(key).where(owners).limit(bindparam("most")).scalar_subquery()
    return delete(owner).where(key.in_(picked))


_OF_PRODUCTS = tuple(
    _some(key, key.class_, key.class_.product_id.in_(_IDS))
    for key in (PricePoint.number, AlertEvent.id, Source.id)
)
_OF_COMPETITOR = tuple(
    _some(key, key.class_, key.class_.competitor_id == _COMPETITOR)
    for key in (ScannedPage.id, Scan.id)
)
_FORGET = delete(Competitor).where(Competitor.id == _COMPETITOR, Competitor.user_id.is_(None))


class Erasure:
    """Deletes what belongs to a competitor, a bounded number of rows in one transaction.

    All of it by one cascade would keep every other writer waiting for seconds.
    """

    def __init__(self, session: SqlSession, most: int) -> None:
        self._session = session
        self._left = most

    async def go_on(self, competitor_id: str) -> bool:
        """Delete the next rows, and tell whether those were the last."""
        whose = {"competitor": competitor_id}
        while ids := await self._some_products(whose):
            for statement in _OF_PRODUCTS:
                await self._delete(statement, {"ids": ids})
            if self._left <= 0:
                return False
            self._left -= await self._session.run(_FORGET_PRODUCTS, {"ids": ids})
        for statement in _OF_COMPETITOR:
            await self._delete(statement, whose)
        if self._left <= 0:
            return False
        await self._session.run(_FORGET, whose)
        return True

    async def _some_products(self, whose: dict[str, Any]) -> list[str]:
        most = min(_AT_ONCE, max(self._left, 0))
        rows = await self._session.rows(_PRODUCTS, whose | {"most": most})
        return [row.id for row in rows]

    async def _delete(self, statement: Delete, params: dict[str, Any]) -> None:
        if self._left > 0:
            self._left -= await self._session.run(statement, params | {"most": self._left})
