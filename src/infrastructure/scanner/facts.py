"""What a page tells of the product it shows, gathered from wherever it tells it."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import Self

from common.money import Money


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a product; what is not told is nothing."""

    title: str | None = None
    price: Money | None = None
    in_stock: bool | None = None
    image: str | None = None
    """As it is written there."""
    brand: str | None = None
    gtin: str | None = None
    sku: str | None = None

    def or_else(self, other: Self) -> Self:
        """Fill in from elsewhere what is not told here."""
        gaps = [each.name for each in fields(self) if getattr(self, each.name) is None]
        return replace(self, **{name: getattr(other, name) for name in gaps})


@dataclass(frozen=True, slots=True)
class Offer:
    """One way to get a product: a variant of it, or a seller."""

    price: Money | None
    is_available: bool


def best_of(offers: Iterable[Offer]) -> tuple[Money | None, bool | None]:
    """Tell the lowest price that can be had, and whether any can; all of it in one currency."""
    listed = list(offers)
    if not listed:
        return None, None
    priced = [each for each in listed if each.price]
    prices = [each.price for each in priced if each.is_available and each.price]
    prices = prices or [each.price for each in priced if each.price]
    same = [each for each in prices if each.currency == prices[0].currency]
    lowest = min(same, key=lambda each: each.amount, default=None)
    return lowest, any(each.is_available for each in listed)
