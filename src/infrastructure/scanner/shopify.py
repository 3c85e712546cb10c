"""Stores on Shopify: ``/products.json`` has every product that is on sale."""

from dataclasses import replace
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import msgspec

from domain.competitor.models import Platform
from domain.competitor.reading import Sighting
from infrastructure.scanner.addresses import bases_of, picture
from infrastructure.scanner.fetching import Fetched, Fetcher
from infrastructure.scanner.place import Place
from infrastructure.scanner.shopify_currency import currency_of_shop
from infrastructure.scanner.texts import gtin_of
from infrastructure.scanner.urls import canonical
from infrastructure.scanner.values import (
    LONGEST_TITLE,
    first_of,
    id_of,
    money_of,
    named,
    number_of,
    text_of,
)

_LIST = "/products.json"
_DEEPEST = 25_000
"""Shopify shows no more products of a list."""


class _Page(msgspec.Struct):
    products: list[msgspec.Raw]


class _Variant(msgspec.Struct):
    price: Any = None
    available: Any = None
    sku: Any = None
    barcode: Any = None

    @property
    def is_available(self) -> bool:
        return self.available is not False

    @property
    def rank(self) -> tuple[bool, bool, Decimal]:
        """Order variants: those that can be had come first, then those that tell a price."""
        number = number_of(self.price)
        is_price = number is not None and number >= 0
        return not is_price, not self.is_available, number if number and is_price else Decimal()


class _Product(msgspec.Struct):
    id: int | str
    title: str
    handle: str
    variants: list[_Variant]
    published_at: Any = True
    vendor: Any = None
    images: Any = None


class Shopify:
    """How Shopify lists products."""

    platform = Platform.SHOPIFY
    sizes = (250, 50, 10)

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher

    def lists(self, url: str) -> list[str]:
        return [base + _LIST for base in bases_of(url)]

    def query(self, place: Place) -> str:
        return f"?limit={place.size}&page={place.page}"

    def split(self, body: bytes) -> list[msgspec.Raw]:
        return _PAGES.decode(body).products

    def is_beyond(self, place: Place, fetched: Fetched) -> bool:
        return fetched.status < 500 and place.offset >= _DEEPEST

    async def located(self, place: Place, fetched: Fetched) -> Place:
        if not place.is_first:
            return place
        shop = place.base.removesuffix(_LIST)
        return replace(place, currency=await currency_of_shop(self._fetcher, shop))

    def sighting(self, entry: msgspec.Raw, place: Place) -> Sighting | None:
        product = _PRODUCTS.decode(entry)
        shop = place.base.removesuffix(_LIST).partition("/collections/")[0]
        url = canonical(f"{shop}/products/{quote(product.handle, safe='%')}")
        number, title = id_of(product.id), text_of(product.title, LONGEST_TITLE)
        if not (number and title and url and product.handle and product.published_at):
            return None
        best = min(product.variants, key=lambda each: each.rank, default=_Variant(available=False))
        image = named(first_of(product.images), "src")
        return Sighting(
            platform_id=number,
            url=url,
            title=title,
            price=money_of(best.price, place.currency),
            in_stock=any(each.is_available for each in product.variants),
            image_url=picture(shop, image),
            brand=text_of(product.vendor),
            gtin=gtin_of(best.barcode),
            sku=text_of(best.sku),
        )


_PAGES = msgspec.json.Decoder(_Page)
_PRODUCTS = msgspec.json.Decoder(_Product)
