from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import Update, bindparam, select, update

from common.clock import utc_now
from common.money import Money
from common.pagination import Page, PageRequest
from domain.catalog.details import Offer, ProductDetails, ProductFilter, VariantDetails
from domain.catalog.models import MAX_STOCK, Product, Variant
from domain.entity import UtcDateTime
from infrastructure.databases import search
from infrastructure.databases.repositories import catalog_queries as queries
from infrastructure.databases.repositories.search_index import SqlSearchIndex
from infrastructure.databases.repository import SqlRepository
from infrastructure.databases.session import Record, SqlSession

_OF_SKU = select(Variant.product_id).where(Variant.sku == bindparam("wanted"))
_variants: Any = queries.variants
_THIS_VARIANT = _variants.c.id == bindparam("variant")
_MOVED = _variants.c.stock + bindparam("delta")
_MOMENT = {"stock_changed_at": bindparam("moment", type_=UtcDateTime())}
_TAKE = (
    update(_variants)
    .where(_THIS_VARIANT, _variants.c.stock >= bindparam("quantity"))
    .values(
        stock=_variants.c.stock - bindparam("quantity"),
        ordered=_variants.c.ordered + bindparam("quantity"),
        **_MOMENT,
    )
)
_SHIFT = (
    update(_variants)
    .where(_THIS_VARIANT, _MOVED.between(0, MAX_STOCK))
    .values(stock=_MOVED, **_MOMENT)
)
_RETURN = (
    update(_variants)
    .where(_THIS_VARIANT)
    .values(stock=_MOVED, ordered=_variants.c.ordered - bindparam("delta"), **_MOMENT)
)
_SET = update(_variants).where(_THIS_VARIANT).values(stock=bindparam("level"), **_MOMENT)
_EXCHANGE = _SET.where(_variants.c.stock == bindparam("seen"))

_PRODUCT_WIDTH = len(queries.PRODUCT_COLUMNS)


class SqlCatalogRepository(SqlRepository[Product]):
    entity = Product

    def __init__(self, session: SqlSession) -> None:
        super().__init__(session)
        self._search_index = SqlSearchIndex(session)

    async def details(self, product_id: str) -> ProductDetails | None:
        await self._session.flush()
        rows = await self._session.rows(queries.DETAILS, {"product_id": product_id})
        return next(_products(rows), None)

    async def page(self, which: ProductFilter, request: PageRequest) -> Page[ProductDetails]:
        return await self._find(which, request, {}, searching="")

    async def search(
        self, text: str, which: ProductFilter, request: PageRequest
    ) -> Page[ProductDetails]:
        dialect = self._session.dialect
        query = search.parsed(text)
        if not query:
            return Page([], 0, request.page, request.per_page)
        words = {"words": search.written(dialect, query)}
        page = await self._find(which, request, words, searching=dialect)
        if page.total:
            return page
        corrected = await self._search_index.corrected(query)
        if not corrected or corrected == query:
            return page
        words = {"words": search.written(dialect, corrected)}
        return await self._find(which, request, words, searching=dialect)

    async def index(self, product: Product) -> None:
        await self._session.flush()
        await self._search_index.put(product)

    async def product_of_sku(self, sku: str) -> str | None:
        for row in await self._session.rows(_OF_SKU, {"wanted": sku}):
            return str(row[0])
        return None

    async def offer(self, product_id: str, variant_id: str | None) -> Offer | None:
        if variant_id is None:
            rows = await self._session.rows(queries.DEFAULT_OFFER, {"product_id": product_id})
        else:
            rows = await self._session.rows(
                queries.VARIANT_OFFER, {"product_id": product_id, "variant_id": variant_id}
            )
        return next(map(_offer, rows), None)

    async def offers(self, variant_ids: Sequence[str]) -> dict[str, Offer]:
        if not variant_ids:
            return {}
        rows = await self._session.rows(queries.OFFERS, {"variant_ids": list(variant_ids)})
        return {offer.variant_id: offer for offer in map(_offer, rows)}

    async def take_stock(self, variant_id: str, quantity: int) -> bool:
        return await self._move(_TAKE, variant_id, quantity=quantity) == 1

    async def return_stock(self, variant_id: str, quantity: int) -> None:
        await self._move(_RETURN, variant_id, delta=quantity)

    async def set_stock(self, variant_id: str, stock: int) -> None:
        await self._move(_SET, variant_id, level=stock)

    async def shift_stock(self, variant_id: str, delta: int) -> bool:
        return await self._move(_SHIFT, variant_id, delta=delta) == 1

    async def exchange_stock(self, variant_id: str, seen: int, stock: int) -> bool:
        return await self._move(_EXCHANGE, variant_id, seen=seen, level=stock) == 1

    async def _move(self, statement: Update, variant_id: str, **amounts: int) -> int:
        params = {"variant": variant_id, "moment": utc_now(), **amounts}
        return await self._session.run(statement, params)

    async def _find(
        self,
        which: ProductFilter,
        request: PageRequest,
        words: dict[str, str],
        *,
        searching: str,
    ) -> Page[ProductDetails]:
        conditions, params = queries.conditions_of(which)
        built = queries.page_queries(conditions, which.sort, searching)
        params |= words
        total = (await self._session.rows(built.total, params))[0][0]
        reach = {"limit": request.per_page, "offset": request.offset}
        rows = await self._session.rows(built.page, params | reach)
        return Page(list(_products(rows)), total, request.page, request.per_page)


def _products(rows: Iterable[Record]) -> Iterator[ProductDetails]:
    """Fold rows of product and variant into products; a product's rows stand together."""
    for _, group in groupby(rows, key=lambda row: row[0]):
        lines = list(group)
        yield ProductDetails([_variant(row) for row in lines], *lines[0][:_PRODUCT_WIDTH])


def _variant(row: Record) -> VariantDetails:
    variant_id, title, sku, amount, stock, image_url, attributes, position = row[_PRODUCT_WIDTH:]
    price = Money(amount, row.currency)
    return VariantDetails(
        variant_id, title, sku, price, stock, image_url, attributes, position == 0
    )


def _offer(row: Record) -> Offer:
    (
        product_id,
        variant_id,
        title,
        variant_title,
        position,
        amount,
        currency,
        stock,
        is_active,
        image_url,
        attributes,
        variant_attributes,
    ) = row
    return Offer(
        product_id=product_id,
        variant_id=variant_id,
        title=title if position == 0 else f"{title} - {variant_title}",
        price=Money(amount, currency),
        stock=stock,
        is_active=is_active,
        image_url=image_url,
        attributes=attributes | variant_attributes,
    )
