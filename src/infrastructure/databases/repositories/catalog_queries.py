"""The statements that read the catalogue, each built once: building costs more than running."""

from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    bindparam,
    exists,
    func,
    select,
)

from domain.catalog.details import ProductFilter, ProductOrder
from domain.catalog.models import Product, Variant
from infrastructure.databases import search

products: Any = Product.__table__
variants: Any = Variant.__table__
_default = variants.alias("default_variant")
_any = variants.alias("any_variant")

PRODUCT_COLUMNS = (
    products.c.id,
    products.c.title,
    products.c.author,
    products.c.series,
    products.c.description,
    products.c.currency,
    products.c.is_active,
    products.c.image_url,
    products.c.metadata,
    products.c.created_at,
    products.c.updated_at,
)
VARIANT_COLUMNS = (
    variants.c.id.label("variant_id"),
    variants.c.title.label("variant_title"),
    variants.c.sku,
    variants.c.price_amount,
    variants.c.stock,
    variants.c.image_url.label("variant_image_url"),
    variants.c.metadata.label("variant_metadata"),
    variants.c.position,
)

DETAILS = (
    select(*PRODUCT_COLUMNS, *VARIANT_COLUMNS)
    .join_from(products, variants)
    .where(products.c.id == bindparam("product_id"))
    .order_by(variants.c.position)
)

_OFFER = select(
    products.c.id,
    variants.c.id,
    products.c.title,
    variants.c.title,
    variants.c.position,
    variants.c.price_amount,
    products.c.currency,
    variants.c.stock,
    products.c.is_active,
    func.coalesce(variants.c.image_url, products.c.image_url),
    products.c.metadata,
    variants.c.metadata,
).join_from(variants, products)
DEFAULT_OFFER = _OFFER.where(products.c.id == bindparam("product_id"), variants.c.position == 0)
VARIANT_OFFER = _OFFER.where(
    products.c.id == bindparam("product_id"), variants.c.id == bindparam("variant_id")
)
OFFERS = _OFFER.where(variants.c.id.in_(bindparam("variant_ids", expanding=True)))

_IN_STOCK = exists().where(_any.c.product_id == products.c.id, _any.c.stock > 0)
_CONDITIONS: dict[str, ColumnElement[bool]] = {
    "series": func.lower(products.c.series) == func.lower(bindparam("series")),
    "author": func.lower(products.c.author) == func.lower(bindparam("author")),
    "currency": products.c.currency == bindparam("currency"),
    "min_price": _default.c.price_amount >= bindparam("min_price"),
    "max_price": _default.c.price_amount <= bindparam("max_price"),
    "in_stock": _IN_STOCK,
    "sold_out": ~_IN_STOCK,
}
_SORT_KEYS: dict[ProductOrder, ColumnElement[Any]] = {
    ProductOrder.NEWEST: products.c.created_at,
    ProductOrder.OLDEST: products.c.created_at,
    ProductOrder.CHEAPEST: _default.c.price_amount,
    ProductOrder.DEAREST: _default.c.price_amount,
    ProductOrder.TITLE: func.lower(products.c.title),
    ProductOrder.TITLE_REVERSED: func.lower(products.c.title),
}


class PageQueries(NamedTuple):
    """A page of products with all their variants, and how many products there are."""

    page: Select[Any]
    total: Select[Any]


def conditions_of(which: ProductFilter) -> tuple[frozenset[str], dict[str, Any]]:
    """Tell which conditions a filter sets, and with which parameters."""
    params = {
        name: value
        for name in ("series", "author", "currency", "min_price", "max_price")
        if (value := getattr(which, name)) is not None
    }
    names = set(params)
    if which.in_stock is not None:
        names.add("in_stock" if which.in_stock else "sold_out")
    return frozenset(names), params


@cache
def page_queries(conditions: frozenset[str], sort: ProductOrder, searching: str) -> PageQueries:
    """Build the queries for a set of conditions; ``searching`` names the dialect, if any."""
    found: FromClause = products.join(
        _default, (_default.c.product_id == products.c.id) & (_default.c.position == 0)
    )
    wanted = [products.c.is_active, *(_CONDITIONS[name] for name in sorted(conditions))]
    if searching:
        found = search.joined(searching, found, products.c.id)
        wanted.append(search.matches(searching))
    by_rank = searching and sort is ProductOrder.RELEVANCE
    key = search.rank(searching) if by_rank else _SORT_KEYS.get(sort, products.c.created_at)
    falling = sort.startswith("-")
    picked = (
        select(*PRODUCT_COLUMNS, key.label("sort_key"))
        .select_from(found)
        .where(*wanted)
        .order_by(_directed(key, falling), _directed(products.c.id, falling))
        .limit(bindparam("limit"))
        .offset(bindparam("offset"))
        .subquery("picked")
    )
    page = (
        select(*(picked.c[column.name] for column in PRODUCT_COLUMNS), *VARIANT_COLUMNS)
        .join_from(picked, variants, variants.c.product_id == picked.c.id)
        .order_by(
            _directed(picked.c.sort_key, falling),
            _directed(picked.c.id, falling),
            variants.c.position,
        )
    )
    total = select(func.count()).select_from(found).where(*wanted)
    if not searching and conditions <= {"series", "author", "currency"}:
        total = select(func.count()).select_from(products).where(*wanted)
    return PageQueries(page, total)


def _directed(key: ColumnElement[Any], falling: bool) -> ColumnElement[Any]:
    return key.desc() if falling else key.asc()
