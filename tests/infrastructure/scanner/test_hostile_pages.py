import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infrastructure.scanner import sitemaps
from infrastructure.scanner.pages import read_page
from infrastructure.scanner.prices import price_of
from infrastructure.scanner.shopify_currency import shown_currency
from infrastructure.scanner.urls import canonical

URL = "https://shop.example/products/tea"
SCRIPT = '<script type="application/ld+json">{}</script>'


def standing_for(offers: Any) -> str:
    """A page of a few nodes, of which each stands for the next a thousand times."""
    nodes = [
        {"@type": "ProductGroup", "hasVariant": [{"@id": "#variant"}] * 1900},
        {"@id": "#variant", "@type": "Product", "offers": [{"@id": "#offer"}] * 1900},
        {"@id": "#offer", "@type": "AggregateOffer", "offers": offers},
        {"@id": "#price", "@type": "Offer", "price": "1.00", "priceCurrency": "EUR"},
    ]
    return SCRIPT.format(json.dumps({"@graph": nodes}))


BOMBS = {
    "misnested": "".join(f"<b {n}>" for n in range(9000)) + "x</b>" * 9000,
    "deep": "<div>" * 700_000,
    "deep and closed elsewhere": "<x-a><div></x-a></div>" * 150_000,
    "attributes": "<a " + " ".join(f"x{n}" for n in range(400_000)) + ">",
    "half a tag": "<a href='" * 400_000,
    "comments": "<!--" * 900_000,
    "scripts": '<script type="application/ld+json">[' * 100_000,
    "items": "<p itemscope itemtype=http://schema.org/Product itemprop=offers>" * 60_000,
    "brackets": "<" * 4_000_000,
    "tags in tags": "<<b>b id=1>" * 300_000,
    "quotes": "<a " + "\"'" * 1_500_000 + ">",
    "references": standing_for([{"@id": "#price"}] * 1900),
    "offers without a price": standing_for([{"@type": "Offer", "sku": "x"}] * 1900),
    "kinds": SCRIPT.format(
        json.dumps(
            [
                {"@type": "Product", "offers": [{"@id": "#offer"}] * 1900},
                {"@id": "#offer", "@type": ["x"] * 200_000, "availability": ["x"] * 200_000},
            ]
        )
    ),
    "currencies": SCRIPT.format(
        json.dumps(
            [
                {"@type": "Product", "offers": [{"@id": "#offer"}] * 1900},
                {"@id": "#offer", "price": " " * 900_000, "priceCurrency": "e" * 900_000},
            ]
        )
    ),
}
PARTS = st.sampled_from(
    [
        '<script type="application/ld+json">', "</script>", '{"@type":"Product",', '"name":"x",',
        '"offers":', "{", "}", "[", "]", '"price":', "1e99", "NaN", '"@id":"#a"', ",", "<!--",
        "-->",
        '<meta property="og:type" content="product">', '<meta property="product:price:amount"',
        ' content="', '">', "<div itemscope itemtype='http://schema.org/Product'>", "</div>",
        "<b itemprop=name>", "<link rel=canonical href=", "\x00", "\ud7ff", "&#x", "]]>",
    ]
)  # fmt: skip


@pytest.mark.parametrize("bomb", BOMBS)
def test_no_page_keeps_us_busy(bomb) -> None:
    body = BOMBS[bomb].encode()
    began = time.process_time()

    page = read_page(body, "text/html", URL, with_links=True)

    assert page.sighting is None
    assert time.process_time() - began < 5


@pytest.mark.parametrize("bomb", BOMBS)
def test_no_home_page_keeps_us_busy_over_its_currency(bomb) -> None:
    began = time.process_time()

    shown_currency(BOMBS[bomb])

    assert time.process_time() - began < 5


@settings(max_examples=300, deadline=None)
@given(st.lists(PARTS | st.text(max_size=5), max_size=30))
def test_no_page_is_too_odd_to_be_read(parts) -> None:
    read_page("".join(parts).encode(), "text/html", URL, with_links=True)


@given(
    st.binary(max_size=300), st.sampled_from(["", "text/html; charset=utf-16", "a; charset=\x00"])
)
def test_no_bytes_are_too_odd_to_be_read(body, content_type) -> None:
    read_page(body, content_type, URL)
    sitemaps.parse(body)
    sitemaps.parse(b"\x1f\x8b" + body)


@given(
    st.text(max_size=40) | st.decimals() | st.floats() | st.integers(),
    st.sampled_from(["JPY", "EUR", "KWD", None]),
)
def test_a_price_is_above_zero_or_none(value, currency) -> None:
    price = price_of(value, currency)

    assert price is None or 0 < price.amount < 2**53


@given(st.text(max_size=60))
def test_an_address_has_one_spelling(text) -> None:
    once = canonical(text, "https://Shop.example/a/b?c#d")

    assert once is None or canonical(once) == once
    assert once is None or once.startswith(("https://", "http://"))
