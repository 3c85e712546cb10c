from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, delete, exists, func, insert, or_, select

from common.ids import new_id
from common.pagination import Page, PageRequest
from domain.source.matching import Offered
from domain.source.models import SupplierFeed, SupplierOffer
from domain.source.rows import Row
from infrastructure.databases.repository import SqlRepository
from infrastructure.databases.session import Record, SqlSession

_feeds: Any = SupplierFeed.__table__
_offers: Any = SupplierOffer.__table__
_OFFERED = (
    SupplierOffer.id,
    SupplierOffer.words,
    SupplierOffer.brand,
    SupplierOffer.gtin,
    SupplierOffer.sku,
)
_THEIRS = SupplierFeed.user_id == bindparam("user")
_COMPLETE = and_(_THEIRS, SupplierFeed.is_complete)
_LATEST_FIRST = (SupplierFeed.created_at.desc(), SupplierFeed.id)
_FEEDS = select(SupplierFeed).where(_COMPLETE).order_by(*_LATEST_FIRST)
_IDS = select(SupplierFeed.id).where(_COMPLETE).order_by(*_LATEST_FIRST)
_EXTENT = select(func.count(), func.coalesce(func.sum(SupplierFeed.offers_count), 0)).where(_THEIRS)
_KEEP = insert(_offers)
_SOME = (
    select(_offers.c.id)
    .where(_offers.c.feed_id == bindparam("feed"))
    .order_by(_offers.c.position)
    .limit(bindparam("most"))
)
_DROP_SOME = delete(_offers).where(_offers.c.id.in_(_SOME.scalar_subquery()))
_EMPTY = ~exists().where(_offers.c.feed_id == bindparam("feed"))
_DROP = delete(_feeds).where(_feeds.c.id == bindparam("feed"), _EMPTY)
_BEGUN_LONG_AGO = and_(
    SupplierFeed.is_complete.is_(False), SupplierFeed.created_at < bindparam("before")
)
_LEFT_OVER = (
    select(SupplierFeed.id).where(or_(SupplierFeed.user_id.is_(None), _BEGUN_LONG_AGO)).limit(1)
)
_OF_COMPLETE = (
    select(*_OFFERED)
    .join(SupplierFeed, SupplierFeed.id == SupplierOffer.feed_id)
    .where(SupplierOffer.user_id == bindparam("user"), _COMPLETE)
    .limit(bindparam("most"))
)
_BY_GTIN = _OF_COMPLETE.where(SupplierOffer.gtin.in_(bindparam("numbers", expanding=True)))
_BY_SKU = _OF_COMPLETE.where(SupplierOffer.sku.in_(bindparam("numbers", expanding=True)))
_STRETCH = (
    select(*_OFFERED)
    .where(
        SupplierOffer.feed_id == bindparam("feed"),
        SupplierOffer.position >= bindparam("start"),
        SupplierOffer.position < bindparam("end"),
    )
    .order_by(SupplierOffer.position)
)


class SqlSupplierFeedRepository(SqlRepository[SupplierFeed]):
    entity = SupplierFeed

    async def page(self, user_id: str, request: PageRequest) -> Page[SupplierFeed]:
        return await self._page(_FEEDS, request, {"user": user_id})

    async def ids(self, user_id: str) -> Sequence[str]:
        return [row.id for row in await self._session.rows(_IDS, {"user": user_id})]

    async def extent(self, user_id: str) -> tuple[int, int]:
        ((feeds, offers),) = await self._session.rows(_EXTENT, {"user": user_id})
        return feeds, int(offers)

    async def keep(self, feed_id: str, user_id: str, start: int, rows: Sequence[Row]) -> None:
        await self._session.run(
            _KEEP,
            [
                {
                    "id": new_id(),
                    "feed_id": feed_id,
                    "user_id": user_id,
                    "position": position,
                    "title": row.title,
                    "words": row.words,
                    "brand": row.brand,
                    "gtin": row.gtin,
                    "sku": row.sku,
                    "url": row.url,
                    "price_amount": row.price.amount,
                    "currency": row.price.currency,
                }
                for position, row in enumerate(rows, start)
            ],
        )

    async def drop(self, feed_id: str, most: int) -> int:
        dropped = await self._session.run(_DROP_SOME, {"feed": feed_id, "most": most})
        if not dropped:
            await self._session.run(_DROP, {"feed": feed_id})
        return dropped

    async def left_over(self, before: datetime) -> str | None:
        for row in await self._session.rows(_LEFT_OVER, {"before": before}):
            return str(row.id)
        return None


class SqlOfferRepository:
    """Finds offers, for comparing them with what competitors sell."""

    def __init__(self, session: SqlSession) -> None:
        self._session = session

    async def by_number(
        self, user_id: str, gtins: Sequence[str], skus: Sequence[str], most: int
    ) -> Sequence[Offered]:
        found: list[Record] = []
        for query, numbers in ((_BY_GTIN, gtins), (_BY_SKU, skus)):
            if numbers:
                asked = {"user": user_id, "numbers": list(numbers), "most": most}
                found += await self._session.rows(query, asked)
        return [Offered(*row) for row in found]

    async def stretch(self, feed_id: str, start: int, length: int) -> Sequence[Offered]:
        asked = {"feed": feed_id, "start": start, "end": start + length}
        return [*map(Offered._make, await self._session.rows(_STRETCH, asked))]
