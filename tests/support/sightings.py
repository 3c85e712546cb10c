"""Products as a store shows them, and as they are known from before."""

from typing import Any

from common.money import Money
from domain.competitor.known import KnownProduct, first_seen_as
from domain.competitor.reading import Sighting

SHOP = "https://rival.example"


def dollars(amount: float) -> Money:
    return Money(round(amount * 100), "USD")


def sighting(name: str = "mug", **told: Any) -> Sighting:
    """See a product for 10 dollars, whose id and address come from its name."""
    shown = {
        "platform_id": f"id-{name}",
        "url": f"{SHOP}/products/{name}",
        "title": name.title(),
        "price": dollars(10),
        "in_stock": True,
    }
    return Sighting(**(shown | told))


def known(name: str = "mug", *, seen_in: int = 1, **told: Any) -> KnownProduct:
    """Know a product from a scan before; its id here is its name."""
    is_active = told.pop("is_active", True)
    product = first_seen_as(sighting(name, **told), name, seen_in)
    return product._replace(is_active=is_active)
