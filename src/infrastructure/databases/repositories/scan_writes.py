from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import batched
from typing import Any

from sqlalchemy import BindParameter, Select, bindparam, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from common.ids import new_id
from common.money import Money
from domain.competitor.diff import Difference
from domain.competitor.known import KnownProduct
from domain.competitor.models import (
    Competitor,
    CompetitorProduct,
    PricePoint,
    ProductStatus,
    Scan,
    ScannedPage,
    ScanStatus,
)
from domain.competitor.reading import Freshness
from domain.competitor.scan_ports import PageKept, ProductCount
from domain.competitor.titles import sort_title
from domain.entity import UtcDateTime
from infrastructure.databases.repositories.scans import IS_UNDER_WAY
from infrastructure.databases.session import Record, SqlSession

_MOST_KEYS = 500  # in one statement: SQLite takes so many variables and no more
_products: Any = CompetitorProduct.__table__
_points: Any = PricePoint.__table__
_pages: Any = ScannedPage.__table__
_MINE = _products.c.competitor_id == bindparam("competitor")
_PAGE_OF = _pages.c.competitor_id == bindparam("competitor")
_THESE: BindParameter[Any] = bindparam("these", expanding=True)
_NOW = bindparam("now", type_=UtcDateTime())
_ACTIVE = _products.c.status == ProductStatus.ACTIVE
_KNOWN = select(
    _products.c.id,
    _products.c.key,
    _products.c.title,
    _products.c.url,
    _products.c.image_url,
    _products.c.price_amount,
    _products.c.currency,
    _products.c.in_stock,
    _products.c.brand,
    _products.c.gtin,
    _products.c.sku,
    _products.c.status,
    _products.c.seen_in,
).where(_MINE)
_BY_KEY = _KNOWN.where(_products.c.key.in_(_THESE))
_BY_URL = _KNOWN.where(_products.c.url.in_(_THESE))
_UNSEEN = _KNOWN.where(_ACTIVE, _products.c.seen_in < bindparam("since")).limit(bindparam("limit"))
_ADD = insert(_products)
_ADD_POINTS = insert(_points)
_SEEN = (
    update(_products)
    .where(_products.c.id.in_(_THESE))
    .values(seen_in=bindparam("number"), last_seen=_NOW)
)
_CHANGE = update(_products).where(_products.c.id == bindparam("product"))
_REMOVE = (
    update(_products)
    .where(_products.c.id.in_(_THESE))
    .values(status=ProductStatus.REMOVED, updated_at=_NOW)
)
_COUNT = select(func.count(), func.count().filter(_products.c.seen_in < bindparam("number"))).where(
    _MINE, _ACTIVE
)
_FRESHNESS = select(_pages.c.etag, _pages.c.last_modified, _pages.c["keys"]).where(
    _PAGE_OF, _pages.c.url == bindparam("url")
)
_HAVE = select(func.count()).where(_MINE, _products.c.key.in_(_THESE))
_KEYS = select(_pages.c["keys"]).where(_PAGE_OF, _pages.c.url.in_(_THESE))
_COMPLETED = select(func.max(Scan.number)).where(
    Scan.competitor_id == bindparam("competitor"),
    Scan.status == ScanStatus.COMPLETED,
    Scan.number < bindparam("number"),
)
_PAGES_BEFORE = (
    select(Scan.pages_read)
    .where(
        Scan.competitor_id == bindparam("competitor"),
        Scan.number < bindparam("number"),
        Scan.pages_read > 0,
    )
    .order_by(Scan.number.desc())
    .limit(1)
)
_UNDER_WAY = (
    select(Scan.id, Scan.turn)
    .where(IS_UNDER_WAY, Scan.created_at < bindparam("moment", type_=UtcDateTime()))
    .order_by(Scan.created_at)
    .limit(bindparam("limit"))
)


def _keep_page(dialect: Any) -> Any:
    added = dialect.insert(_pages)
    names = ("etag", "last_modified", "keys")
    return added.on_conflict_do_update(
        index_elements=["competitor_id", "url"],
        set_={name: added.excluded[name] for name in names},
    )


_KEEP_PAGE = {"sqlite": _keep_page(sqlite), "postgresql": _keep_page(postgresql)}


class SqlScanWrites:
    """Writes down scans without entities: those of a whole catalogue would take minutes."""

    def __init__(self, session: SqlSession) -> None:
        self._session = session

    async def known(
        self, competitor_id: str, keys: Collection[str], urls: Collection[str]
    ) -> list[KnownProduct]:
        found = await self._find(_BY_KEY, competitor_id, keys)
        found |= await self._find(_BY_URL, competitor_id, urls)
        return list(found.values())

    async def keep(self, competitor: Competitor, difference: Difference, now: datetime) -> None:
        every = {"updated_at": now, "last_seen": now}
        born = every | {
            "competitor_id": competitor.id,
            "user_id": competitor.user_id,
            "first_seen": now,
            "created_at": now,
        }
        await self._run(_ADD, ({"id": each.id} | _row(each) | born for each in difference.new))
        changed = ({"product": each.id} | _row(each) | every for each in difference.changed)
        await self._run(_CHANGE, changed)
        await self._run(_ADD_POINTS, (_point(*price, now) for price in difference.prices))
        for some in batched(difference.unchanged, _MOST_KEYS, strict=False):
            told = {"these": some, "number": difference.scan_number, "now": now}
            await self._session.run(_SEEN, told)

    async def freshness(self, competitor_id: str, url: str) -> Freshness | None:
        told = {"competitor": competitor_id, "url": url}
        for etag, last_modified, keys in await self._session.rows(_FRESHNESS, told):
            if (etag or last_modified) and await self._has(competitor_id, keys):
                return Freshness(etag, last_modified)
        return None

    async def keys_on(self, competitor_id: str, urls: Collection[str]) -> list[str]:
        keys: dict[str, None] = {}
        for some in batched(urls, _MOST_KEYS, strict=False):
            told = {"competitor": competitor_id, "these": some}
            for row in await self._session.rows(_KEYS, told):
                keys |= dict.fromkeys(row[0])
        return list(keys)

    async def keep_pages(self, competitor_id: str, pages: Sequence[PageKept]) -> None:
        rows = (
            {
                "id": new_id(),
                "competitor_id": competitor_id,
                "url": page.url,
                "etag": page.freshness.etag,
                "last_modified": page.freshness.last_modified,
                "keys": list(page.keys),
            }
            for page in pages
        )
        await self._run(_KEEP_PAGE[self._session.dialect], rows)

    async def count(self, competitor_id: str, scan_number: int) -> ProductCount:
        told = {"competitor": competitor_id, "number": scan_number}
        return ProductCount(*(await self._session.rows(_COUNT, told))[0])

    async def last_completed(self, competitor_id: str, before: int) -> int:
        told = {"competitor": competitor_id, "number": before}
        return int((await self._session.rows(_COMPLETED, told))[0][0] or 0)

    async def pages_before(self, competitor_id: str, number: int) -> int:
        told = {"competitor": competitor_id, "number": number}
        rows = await self._session.rows(_PAGES_BEFORE, told)
        return int(rows[0][0]) if rows else 0

    async def unseen(self, competitor_id: str, since_scan: int, limit: int) -> list[KnownProduct]:
        told = {"competitor": competitor_id, "since": since_scan, "limit": limit}
        return [_known(row) for row in await self._session.rows(_UNSEEN, told)]

    async def remove(self, products: Sequence[KnownProduct], now: datetime) -> None:
        for some in batched(products, _MOST_KEYS, strict=False):
            await self._session.run(_REMOVE, {"these": [each.id for each in some], "now": now})

    async def under_way(self, created_before: datetime, limit: int) -> list[tuple[str, int]]:
        told = {"moment": created_before, "limit": limit}
        return [(row.id, row.turn) for row in await self._session.rows(_UNDER_WAY, told)]

    async def _has(self, competitor_id: str, keys: Sequence[str]) -> bool:
        """Tell whether all products that were on a page are known by these keys still."""
        known = 0
        for some in batched(keys, _MOST_KEYS, strict=False):
            told = {"competitor": competitor_id, "these": some}
            known += (await self._session.rows(_HAVE, told))[0][0]
        return known == len(keys)

    async def _find(
        self, query: Select[Any], competitor_id: str, wanted: Collection[str]
    ) -> dict[str, KnownProduct]:
        found = {}
        for some in batched(wanted, _MOST_KEYS, strict=False):
            told = {"competitor": competitor_id, "these": some}
            for row in await self._session.rows(query, told):
                found[row.id] = _known(row)
        return found

    async def _run(self, statement: Any, rows: Iterable[Mapping[str, Any]]) -> None:
        if listed := list(rows):
            await self._session.run(statement, listed)


def _known(row: Record) -> KnownProduct:
    price = None if row.price_amount is None else Money(row.price_amount, row.currency)
    return KnownProduct(
        id=row.id,
        key=row.key,
        title=row.title,
        url=row.url,
        image_url=row.image_url,
        price=price,
        in_stock=row.in_stock,
        brand=row.brand,
        gtin=row.gtin,
        sku=row.sku,
        is_active=row.status == ProductStatus.ACTIVE,
        seen_in=row.seen_in,
    )


def _row(product: KnownProduct) -> dict[str, Any]:
    return {
        "key": product.key,
        "title": product.title,
        "sort_title": sort_title(product.title),
        "url": product.url,
        "image_url": product.image_url,
        "price_amount": product.price.amount if product.price else None,
        "currency": product.price.currency if product.price else None,
        "in_stock": product.in_stock,
        "brand": product.brand,
        "gtin": product.gtin,
        "sku": product.sku,
        "status": ProductStatus.ACTIVE if product.is_active else ProductStatus.REMOVED,
        "seen_in": product.seen_in,
    }


def _point(product_id: str, price: Money, now: datetime) -> dict[str, Any]:
    return {
        "product_id": product_id,
        "at": now,
        "price_amount": price.amount,
        "currency": price.currency,
    }
