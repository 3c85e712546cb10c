"""Stores on WooCommerce: its Store API tells anybody what is on sale."""

from dataclasses import replace
from typing import Any

import msgspec

from common.money import Money
from domain.competitor.models import Platform
from domain.competitor.reading import Sighting
from infrastructure.scanner.addresses import bases_of, picture
from infrastructure.scanner.fetching import Fetched
from infrastructure.scanner.place import Place
from infrastructure.scanner.prices import currency_of
from infrastructure.scanner.texts import gtin_of, said
from infrastructure.scanner.urls import canonical, same_site
from infrastructure.scanner.values import (
    LONGEST_TITLE,
    first_of,
    id_of,
    money_of,
    named,
    number_of,
    text_of,
)

_ROUTES = ("/wp-json/wc/store/v1/products", "/?rest_route=/wc/store/v1/products")
"""Where the list is, and where it is in a shop without pretty links."""
_MOST_DECIMALS = 10


class _Product(msgspec.Struct):
    id: int | str
    name: str
    permalink: str
    prices: Any
    type: Any = None
    sku: Any = None
    global_unique_id: Any = None
    images: Any = None
    brands: Any = None
    attributes: Any = None
    is_purchasable: Any = True
    is_in_stock: Any = True


class _Refusal(msgspec.Struct):
    code: str


class WooCommerce:
    """How WooCommerce lists products."""

    platform = Platform.WOOCOMMERCE
    sizes = (100, 20, 4)

    def lists(self, url: str) -> list[str]:
        return [base + route for base in bases_of(url) for route in _ROUTES]

    def query(self, place: Place) -> str:
        return f"{'&' if '?' in place.base else '?'}per_page={place.size}&page={place.page}"

    def split(self, body: bytes) -> list[msgspec.Raw]:
        return _PAGES.decode(body)

    def is_beyond(self, place: Place, fetched: Fetched) -> bool:
        try:
            code = msgspec.json.decode(fetched.body, type=_Refusal).code
        except (msgspec.MsgspecError, ValueError, RecursionError):
            return False
        return not place.is_first and code.endswith("invalid_page_number")

    async def located(self, place: Place, fetched: Fetched) -> Place:
        told = fetched.headers.get("X-WP-TotalPages", "")
        is_number = told.isascii() and told.isdigit() and len(told) < 10
        return replace(place, pages=int(told) if is_number else place.pages)

    def sighting(self, entry: msgspec.Raw, place: Place) -> Sighting | None:
        product = _PRODUCTS.decode(entry)
        number, title = id_of(product.id), said(product.name, LONGEST_TITLE)
        url = canonical(product.permalink)
        is_one = product.type != "variation" and url and same_site(url, place.base)
        if not (number and title and url and is_one):
            return None
        image = named(first_of(product.images), "src")
        return Sighting(
            platform_id=number,
            url=url,
            title=title,
            price=_price(product),
            in_stock=product.is_in_stock is not False,
            image_url=picture(url, image),
            brand=_brand(product),
            gtin=gtin_of(product.global_unique_id),
            sku=text_of(product.sku),
        )


def _price(product: _Product) -> Money | None:
    """Read the present price, or that of the cheapest variation; what is not sold has none."""
    prices = product.prices
    cheapest = named(named(prices, "price_range"), "min_amount")
    number = number_of(named(prices, "price") if cheapest is None else cheapest)
    decimals = named(prices, "currency_minor_unit")
    if number is None or type(decimals) is not int or not 0 <= decimals <= _MOST_DECIMALS:
        return None
    if not number and product.is_purchasable is False:
        return None
    return money_of(number.scaleb(-decimals), currency_of(named(prices, "currency_code")))


def _brand(product: _Product) -> str | None:
    """Read the brand, which was an attribute before shops had brands."""
    if brand := text_of(named(first_of(product.brands), "name")):
        return brand
    attributes = product.attributes if isinstance(product.attributes, list) else []
    for attribute in attributes:
        name = named(attribute, "taxonomy") or named(attribute, "name")
        if isinstance(name, str) and name.removeprefix("pa_").casefold() == "brand":
            return text_of(named(first_of(named(attribute, "terms")), "name"))
    return None


_PAGES = msgspec.json.Decoder(list[msgspec.Raw])
_PRODUCTS = msgspec.json.Decoder(_Product)
