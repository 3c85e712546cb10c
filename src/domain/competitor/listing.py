"""Lists of what competitors sell."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from common.money import Money
from domain.competitor.models import ProductStatus

LISTED_POINTS = 100
"""How much of a product's history lists show: the latest."""


class ProductOrder(StrEnum):
    """By what products are sorted; those that are equal, by their id."""

    LAST_SEEN = "last_seen"
    FIRST_SEEN = "first_seen"
    PRICE = "price"
    """What has no price comes last."""
    TITLE = "title"

    @property
    def falls(self) -> bool:
        """Whether the latest comes first."""
        return self in (ProductOrder.LAST_SEEN, ProductOrder.FIRST_SEEN)


@dataclass(frozen=True, slots=True)
class ProductFilter:
    """Which of somebody's tracked products, and in what order."""

    competitor_id: str | None = None
    status: ProductStatus | None = None
    words: str = ""
    """Words of the title, each perhaps unfinished."""
    order: ProductOrder = ProductOrder.LAST_SEEN


class Price(NamedTuple):
    """A price from one moment until the next."""

    at: datetime
    price: Money


@dataclass(frozen=True, slots=True)
class TrackedProduct:
    """A competitor's product with the history of its price, oldest first."""

    price: Money | None
    history: Sequence[Price]
    id: str
    competitor_id: str
    competitor_name: str
    title: str
    url: str
    image_url: str | None
    in_stock: bool
    brand: str | None
    gtin: str | None
    sku: str | None
    status: str
    first_seen: datetime
    last_seen: datetime
    created_at: datetime
    updated_at: datetime
