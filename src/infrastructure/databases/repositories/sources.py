from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, select

from common.ids import new_id
from common.money import Money
from domain.competitor.models import Competitor, CompetitorProduct, ProductStatus
from domain.source.matching import Match, Wanted
from domain.source.models import SearchStatus, Source, SourceSearch, SupplierFeed, SupplierOffer
from domain.source.ports import Sourced
from infrastructure.databases.repository import SqlRepository
from infrastructure.databases.session import Record, SqlSession

_sources: Any = Source.__table__
_TRACKED = (
    select(
        CompetitorProduct.id,
        CompetitorProduct.title,
        CompetitorProduct.brand,
        CompetitorProduct.gtin,
        CompetitorProduct.sku,
        CompetitorProduct.price_amount,
        CompetitorProduct.currency,
    )
    .join(Competitor, Competitor.id == CompetitorProduct.competitor_id)
    .where(Competitor.user_id == bindparam("user"), CompetitorProduct.user_id == bindparam("user"))
)
_PRODUCT = _TRACKED.where(CompetitorProduct.id == bindparam("product"))
_AFTER = (
    _TRACKED.where(
        CompetitorProduct.status == ProductStatus.ACTIVE, CompetitorProduct.id > bindparam("after")
    )
    .order_by(CompetitorProduct.id)
    .limit(bindparam("length"))
)
_HOLD = (
    _TRACKED.with_only_columns(CompetitorProduct.id)
    .where(CompetitorProduct.id.in_(bindparam("products", expanding=True)))
    .order_by(CompetitorProduct.id)
    .with_for_update(key_share=True, of=CompetitorProduct)
)
_THERE = (
    select(SupplierOffer.id)
    .join(SupplierFeed, SupplierFeed.id == SupplierOffer.feed_id)
    .where(
        SupplierOffer.id.in_(bindparam("offers", expanding=True)),
        SupplierFeed.user_id == bindparam("user"),
        SupplierFeed.is_complete,
    )
)
_OF_PRODUCT = (
    select(
        Source.id,
        SupplierFeed.supplier,
        SupplierOffer.title,
        SupplierOffer.url,
        SupplierOffer.price_amount,
        SupplierOffer.currency,
        Source.confidence_hundredths,
        Source.matched_at,
    )
    .join(SupplierOffer, SupplierOffer.id == Source.offer_id)
    .join(SupplierFeed, SupplierFeed.id == SupplierOffer.feed_id)
    .where(
        Source.product_id == bindparam("product"),
        SupplierFeed.user_id == bindparam("user"),
        SupplierFeed.is_complete,
    )
)
_FORGET = delete(_sources).where(_sources.c.product_id.in_(bindparam("products", expanding=True)))
_KEEP = insert(_sources)
_RUNNING = select(SourceSearch).where(
    SourceSearch.user_id == bindparam("user"), SourceSearch.status == SearchStatus.RUNNING
)
_BEFORE_ALL = ""


class SqlSourceRepository:
    """Sources, and the tracked products they are of."""

    def __init__(self, session: SqlSession) -> None:
        self._session = session

    async def of_product(self, user_id: str, product_id: str) -> list[Sourced] | None:
        asked = {"user": user_id, "product": product_id}
        products = await self._session.rows(_PRODUCT, asked)
        if not products:
            return None
        sold = _price(products[0])
        return [
            Sourced(
                id=row.id,
                product_id=product_id,
                supplier=row.supplier,
                title=row.title,
                url=row.url,
                price=Money(row.price_amount, row.currency),
                confidence=row.confidence_hundredths,
                matched_at=row.matched_at,
                product_price=sold,
            )
            for row in await self._session.rows(_OF_PRODUCT, asked)
        ]

    async def wanted(self, user_id: str, product_id: str) -> Wanted | None:
        for row in await self._session.rows(_PRODUCT, {"user": user_id, "product": product_id}):
            return _wanted(row)
        return None

    async def wanted_after(
        self, user_id: str, product_id: str | None, length: int
    ) -> Sequence[Wanted]:
        asked = {"user": user_id, "after": product_id or _BEFORE_ALL, "length": length}
        return [_wanted(row) for row in await self._session.rows(_AFTER, asked)]

    async def replace(
        self, user_id: str, found: Mapping[str, Sequence[Match]], now: datetime
    ) -> int:
        held = await self._session.rows(_HOLD, {"user": user_id, "products": list(found)})
        products = [row.id for row in held]
        offers = {match.offer_id for each in products for match in found[each]}
        there: set[str] = set()
        if offers:
            asked = {"user": user_id, "offers": sorted(offers)}
            there = {row.id for row in await self._session.rows(_THERE, asked)}
        kept = [
            {
                "id": new_id(),
                "product_id": product_id,
                "offer_id": match.offer_id,
                "confidence_hundredths": match.confidence,
                "matched_at": now,
            }
            for product_id in products
            for match in found[product_id]
            if match.offer_id in there
        ]
        if products:
            await self._session.run(_FORGET, {"products": products})
        if kept:
            await self._session.run(_KEEP, kept)
        return len(kept)


class SqlSourceSearchRepository(SqlRepository[SourceSearch]):
    entity = SourceSearch

    async def running(self, user_id: str) -> SourceSearch | None:
        return await self._session.find(_RUNNING, {"user": user_id})


def _wanted(row: Record) -> Wanted:
    return Wanted(row.id, row.title, row.brand, row.gtin, row.sku)


def _price(row: Record) -> Money | None:
    if row.price_amount is None or row.currency is None:
        return None
    return Money(row.price_amount, row.currency)
