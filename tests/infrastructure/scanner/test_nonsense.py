"""Whatever a store lists, a product is read from it or it is passed over."""

import json
from dataclasses import astuple
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from common.money import CURRENCIES
from infrastructure.http import Outbound
from infrastructure.reachable import Allowed
from infrastructure.scanner.addresses import host_of, resolved, web_address
from infrastructure.scanner.fetching import Fetcher
from infrastructure.scanner.listing import UNREADABLE, Dialect
from infrastructure.scanner.place import Place
from infrastructure.scanner.robots import Rules
from infrastructure.scanner.shopify import Shopify
from infrastructure.scanner.shopify_currency import shown_currency
from infrastructure.scanner.woocommerce import WooCommerce

NOBODY = Fetcher(Outbound(Allowed()))
NUMBERS = st.integers() | st.floats() | st.decimals(allow_nan=True).map(str)
WORDS = st.text() | st.sampled_from(["Mug", "EUR", "JPY", "https://s.example/product/mug", "&amp;"])
NAMES = [
    *("name", "src", "price", "available", "sku", "barcode", "price_range", "min_amount", "terms"),
    *("currency_code", "currency_minor_unit", "taxonomy"),
]
ANYTHING = st.recursive(
    st.none() | st.booleans() | NUMBERS | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner),
    max_leaves=12,
)
PRICES = st.fixed_dictionaries(
    {
        "price": NUMBERS | WORDS,
        "currency_code": st.sampled_from(["EUR", "JPY", "KWD"]) | ANYTHING,
        "currency_minor_unit": st.integers(-3, 12) | ANYTHING,
        "price_range": ANYTHING,
    }
)
IDS = st.integers(1, 2**53) | st.integers() | ANYTHING
TITLES = st.text(min_size=1) | st.just("Mug")
LINKS = st.text().map("https://s.example/product/{}".format) | WORDS
VARIANTS = st.fixed_dictionaries({"price": NUMBERS | ANYTHING, "available": ANYTHING})
SHOPIFY = st.fixed_dictionaries(
    {"id": IDS, "title": TITLES, "handle": TITLES, "variants": st.lists(VARIANTS)},
    optional={"vendor": ANYTHING, "images": ANYTHING, "published_at": ANYTHING},
)
WOO = st.fixed_dictionaries(
    {"id": IDS, "name": TITLES, "permalink": LINKS, "prices": PRICES | ANYTHING},
    optional={"brands": ANYTHING, "attributes": ANYTHING, "images": ANYTHING, "sku": ANYTHING},
)


def read(dialect: Dialect, entry: Any) -> None:
    place = Place(dialect.platform, "https://s.example/products.json", 250, currency="EUR")
    raw = msgspec.Raw(json.dumps(entry).encode())
    try:
        sighting = dialect.sighting(raw, place)
    except UNREADABLE:
        return
    if sighting is None:
        return
    assert sighting.key
    assert 0 < len(sighting.title) <= 500
    assert sighting.url.startswith("https://s.example/")
    assert sighting.image_url is None or sighting.image_url.startswith(("http://", "https://"))
    for text in (sighting.key, sighting.title, sighting.brand, sighting.sku, sighting.gtin):
        assert text is None or ("\x00" not in text and text.encode())
    if sighting.price:
        amount, currency = astuple(sighting.price)
        assert 0 <= amount < 2**53
        assert currency in CURRENCIES


@given(SHOPIFY)
def test_anything_that_a_store_on_shopify_lists(entry) -> None:
    read(Shopify(NOBODY), entry)


@given(WOO)
def test_anything_that_a_store_on_woocommerce_lists(entry) -> None:
    read(WooCommerce(), entry)


WORD = st.sampled_from(["User-agent", "Disallow", "Allow", "Crawl-delay", "Sitemap", "*", "$", "/"])
ROBOTS = st.lists(st.tuples(WORD, st.sampled_from([":", " ", ": ", ""]), WORD | st.text()))


@given(ROBOTS.map(lambda lines: "\n".join(map("".join, lines)).encode()) | st.binary(), st.text())
def test_anything_that_a_host_asks_of_robots(body, path) -> None:
    rules = Rules.of(body)

    assert rules.let(f"https://s.example/{path}") in (True, False)
    assert 0 <= rules.delay <= 30


@given(st.text() | st.from_regex(r"https?://.{0,20}"))
def test_anything_that_is_taken_for_an_address(text) -> None:
    for found in (web_address(text), resolved("https://s.example/a", text)):
        if found:
            assert web_address(found) == found
            assert host_of(found)


@given(st.text() | st.binary().map(repr))
def test_anything_that_a_home_page_says_of_its_currency(text) -> None:
    script = f'<script>Shopify.currency = {{"active":"{text}","rate":"{text}"}};</script>'

    assert shown_currency(text + script) in (None, *CURRENCIES)
