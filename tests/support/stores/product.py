"""What a store sells, whatever it is built on."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from zlib import crc32


@dataclass
class Variant:
    name: str
    price: str
    sale: str | None = None
    """What it costs for now."""
    available: bool = True
    sku: str = ""
    barcode: str = ""

    @property
    def now(self) -> str:
        return self.price if self.sale is None else self.sale


@dataclass
class Product:
    """Has one price, or variants with one each. Prices are in major units, as people write them."""

    title: str
    price: str = "10.00"
    sale: str | None = None
    available: bool = True
    brand: str = ""
    sku: str = ""
    barcode: str = ""
    image: str = ""
    variants: list[Variant] = field(default_factory=list)
    odd: dict[str, Any] = field(default_factory=dict)
    """What the store says instead, by the names in its answer."""

    @property
    def sold(self) -> list[Variant]:
        """What can be bought: the variants, or else the thing itself."""
        itself = Variant(
            "Default Title", self.price, self.sale, self.available, self.sku, self.barcode
        )
        return self.variants or [itself]

    @property
    def cheapest(self) -> Variant:
        return min(self.sold, key=lambda each: Decimal(each.now))


def id_of(handle: str) -> int:
    """Tell the number of a product: it is its own for good."""
    return 7_000_000_000 + crc32(handle.encode())
