"""The statements that read what competitors sell, each built once, and each led by an index.

Which products a page shows, an index alone tells: it begins with whose they are, goes on in the
order that is asked for, and ends with the status. No row is read that is not shown.
"""

from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    bindparam,
    exists,
    func,
    literal,
    select,
)

from domain.competitor.listing import LISTED_POINTS, ProductOrder
from domain.competitor.models import Competitor, CompetitorProduct, PricePoint

products: Any = CompetitorProduct.__table__
points: Any = PricePoint.__table__
competitors: Any = Competitor.__table__
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_IS_LISTED = products.c.id.in_(_IDS)
_OF_THESE = products.c.competitor_id.in_(bindparam("competitors", expanding=True))

_ROW = select(
    products.c.id,
    products.c.competitor_id,
    competitors.c.name,
    products.c.title,
    products.c.url,
    products.c.image_url,
    products.c.in_stock,
    products.c.brand,
    products.c.gtin,
    products.c.sku,
    products.c.status,
    products.c.first_seen,
    products.c.last_seen,
    products.c.created_at,
    products.c.updated_at,
    products.c.price_amount,
    products.c.currency,
).join_from(products, competitors, competitors.c.id == products.c.competitor_id)
ROWS = _ROW.where(_IS_LISTED)
ONE = _ROW.where(products.c.id == bindparam("product"), competitors.c.user_id == bindparam("user"))

_POINT = select(
    points.c.product_id,
    points.c.number,
    points.c.at,
    points.c.price_amount,
    points.c.currency,
)
HISTORY = _POINT.where(points.c.product_id == bindparam("product"))
"""The points of one product or of several are few, and sorted by whoever asks."""
_counted = points.alias("counted")
_FIRST_LISTED = (
    select(_counted.c.number)
    .where(_counted.c.product_id == products.c.id)
    .order_by(_counted.c.number.desc())
    .offset(LISTED_POINTS - 1)
    .limit(1)
    .correlate(products)
    .scalar_subquery()
)
_LATELY = points.c.number >= func.coalesce(_FIRST_LISTED, 0)
LATEST = _POINT.join_from(products, points, (points.c.product_id == products.c.id) & _LATELY).where(
    _IS_LISTED
)

_OWNERLESS = select(competitors.c.id).where(competitors.c.user_id.is_(None))
_first_of_competitor = (
    select(products.c.user_id)
    .where(products.c.competitor_id == competitors.c.id)
    .order_by(products.c.sort_title, products.c.id)
    .limit(1)
    .correlate(competitors)
    .scalar_subquery()
)
LEAVING = select(exists(_OWNERLESS.where(_first_of_competitor == bindparam("user"))))
"""Whether products of somebody are being deleted at this moment, with their competitor."""

_SORT_KEYS: dict[ProductOrder, ColumnElement[Any]] = {
    ProductOrder.LAST_SEEN: products.c.last_seen,
    ProductOrder.FIRST_SEEN: products.c.first_seen,
    ProductOrder.PRICE: products.c.sort_price,
    ProductOrder.TITLE: products.c.sort_title,
}


OWN = select(competitors.c.id).where(competitors.c.user_id == bindparam("user"))


class Scope(NamedTuple):
    """Which products are meant, as far as it shapes a statement."""

    of_status: bool = False
    words: int = 0
    """How many words their titles must have."""


@cache
def count(scope: Scope) -> Select[Any]:
    """Count products of some competitors."""
    return select(func.count()).where(_OF_THESE, *_conditions(scope))


@cache
def few(scope: Scope) -> Select[Any]:
    """Tell some products of some competitors, in no order."""
    return select(products.c.id).where(_OF_THESE, *_conditions(scope)).limit(bindparam("limit"))


@cache
def of_competitor(scope: Scope, order: ProductOrder) -> Select[Any]:
    """Tell which products of a competitor a page shows, in their order."""
    of_one = products.c.competitor_id == bindparam("competitor")
    return _page(order).where(of_one, *_conditions(scope))


@cache
def of_user(scope: Scope, order: ProductOrder, *, leaving: bool) -> Select[Any]:
    """Tell which products of all of somebody's competitors a page shows, in their order."""
    wanted = _page(order).where(products.c.user_id == bindparam("user"), *_conditions(scope))
    return wanted.where(products.c.competitor_id.not_in(_OWNERLESS)) if leaving else wanted


@cache
def among(order: ProductOrder) -> Select[Any]:
    """Tell which of a few products a page shows, in their order."""
    return _page(order).where(_IS_LISTED)


def _page(order: ProductOrder) -> Select[Any]:
    key, last = _SORT_KEYS[order], products.c.id
    sorted_by = (key.desc(), last.desc()) if order.falls else (key.asc().nulls_last(), last.asc())
    part = select(products.c.id).order_by(*sorted_by)
    return part.limit(bindparam("limit")).offset(bindparam("offset"))


def _conditions(scope: Scope) -> list[ColumnElement[bool]]:
    titles = literal(" ", literal_execute=True) + products.c.sort_title
    wanted = [titles.like(bindparam(f"word{number}")) for number in range(scope.words)]
    return [products.c.status == bindparam("status"), *wanted] if scope.of_status else wanted
