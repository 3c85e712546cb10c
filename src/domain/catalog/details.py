"""The catalogue as it is read: plain tuples, many times faster to fetch than entities."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from common.money import Money


class VariantDetails(NamedTuple):
    id: str
    title: str
    sku: str | None
    price: Money
    stock: int
    image_url: str | None
    attributes: dict[str, Any]
    is_default: bool


class ProductDetails(NamedTuple):
    variants: list[VariantDetails]
    id: str
    title: str
    author: str | None
    series: str | None
    description: str | None
    currency: str
    is_active: bool
    image_url: str | None
    attributes: dict[str, Any]
    created_at: datetime
    updated_at: datetime

    @property
    def price(self) -> Money:
        return self.variants[0].price

    @property
    def stock(self) -> int:
        return self.variants[0].stock


class Offer(NamedTuple):
    """A variant as a shopper meets it: what it is, what it costs, how many there are."""

    product_id: str
    variant_id: str
    title: str
    price: Money
    stock: int
    is_active: bool
    image_url: str | None
    attributes: dict[str, Any]


class ProductOrder(StrEnum):
    """How a list of products is sorted; a minus turns it around."""

    NEWEST = "-created_at"
    OLDEST = "created_at"
    CHEAPEST = "price"
    DEAREST = "-price"
    TITLE = "title"
    TITLE_REVERSED = "-title"
    RELEVANCE = "relevance"


@dataclass(frozen=True, slots=True)
class ProductFilter:
    """Which products are wanted. Prices are minor units of ``currency``."""

    series: str | None = None
    author: str | None = None
    currency: str | None = None
    min_price: int | None = None
    max_price: int | None = None
    in_stock: bool | None = None
    sort: ProductOrder = ProductOrder.NEWEST
