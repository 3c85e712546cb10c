import gzip
from decimal import Decimal

import pytest

from common.money import Money
from infrastructure.scanner import sitemaps
from infrastructure.scanner.prices import price_of
from infrastructure.scanner.urls import canonical, looks_like_product, same_site


@pytest.mark.parametrize(
    ("value", "currency", "price"),
    [
        ("1,299.00", "USD", Money(129900, "USD")),
        ("1.299,00 €", None, Money(129900, "EUR")),
        ("1.299", "EUR", Money(129900, "EUR")),
        ("0.999", "EUR", Money(100, "EUR")),
        ("12.500", "KWD", Money(12500, "KWD")),
        ("1'299.50", "CHF", Money(129950, "CHF")),
        ("1 299,90 kr", "SEK", Money(129990, "SEK")),
        ("1,29,900.00", "INR", Money(12990000, "INR")),
        ("¥1,200", "JPY", Money(1200, "JPY")),
        ("1200.50", "JPY", Money(1201, "JPY")),
        ("250.000", "VND", Money(250000, "VND")),
        ("1.0E+3", "USD", Money(100000, "USD")),
        (Decimal("19.99"), "USD", Money(1999, "USD")),
        (1299, "JPY", Money(1299, "JPY")),
        ("$5", None, None),
        ("free", "USD", None),
        ("0", "USD", None),
        ("-5", "USD", None),
        ("9" * 60, "USD", None),
        (Decimal("1E+999999999"), "USD", None),
        (True, "USD", None),
        (None, "USD", None),
    ],
)
def test_prices_are_read_as_people_write_them(value, currency, price) -> None:
    assert price_of(value, currency) == price


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("HTTPS://Shop.Example:443/A/?utm_source=x&b=2&gclid=3#top", "https://shop.example/A/?b=2"),
        ("//shop.example", "https://shop.example/"),
        ("../tea pot", "https://shop.example/tea%20pot"),
        ("https://user:secret@shop.example/x", "https://shop.example/x"),
        ("https://münchen.example/größe", "https://xn--mnchen-3ya.example/gr%C3%B6%C3%9Fe"),
        ("https://straße.example", "https://xn--strae-oqa.example/"),
        ("https://-ü-.example", None),
        ("/gr%c3%b6%c3%9Fe/%7Ea", "https://shop.example/gr%C3%B6%C3%9Fe/~a"),
        ("mailto:a@b.example", None),
        ("javascript:alert(1)", None),
        ("https://shop.example:99999/", None),
        ("https://sh op.example/", None),
        ("/" + "x" * 3000, None),
    ],
)
def test_addresses_have_one_spelling(written, address) -> None:
    assert canonical(written, "https://shop.example/a/b") == address


def test_a_site_is_the_same_with_and_without_www() -> None:
    assert same_site("https://www.shop.example/a", "http://shop.example/")
    assert not same_site("https://shop.example:8443/", "https://shop.example/")
    assert not same_site("https://shop.example.evil.example/", "https://shop.example/")


@pytest.mark.parametrize(
    ("path", "is_likely"),
    [
        ("/products/tea", True),
        ("/de/produkt/tee", True),
        ("/collections/all/products/tea", True),
        ("/p/123", True),
        ("/products", False),
        ("/product-category/tea", False),
        ("/press/tea", False),
    ],
)
def test_some_addresses_look_like_products(path, is_likely) -> None:
    assert looks_like_product(f"https://shop.example{path}") is is_likely


@pytest.mark.parametrize(
    ("name", "is_of_products"),
    [
        ("/product-sitemap2.xml", True),
        ("/sitemap_products_1.xml?from=1&to=2", True),
        ("/wp-sitemap-posts-product-1.xml", True),
        ("/product_cat-sitemap.xml", False),
        ("/wp-sitemap-taxonomies-product_tag-1.xml", False),
        ("/page-sitemap.xml", False),
    ],
)
def test_some_sitemaps_say_that_they_list_products(name, is_of_products) -> None:
    assert sitemaps.tells_products(f"https://products.example{name}") is is_of_products


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_sitemap_is_read_packed_or_not_and_never_expanded(pack) -> None:
    text = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>
    <urlset xmlns:image="x"><url><loc><![CDATA[https://shop.example/a]]></loc>
    <image:image><image:loc>https://shop.example/a.jpg</image:loc></image:image></url>
    <url><loc> https://shop.example/b?x=1&amp;y=2 </loc></url><url><loc>&a;</loc></url>
    <url><loc>https://shop.example/a#again</loc></url><url><loc>https://shop.example/c.pdf</loc>"""

    found = sitemaps.parse(pack(text))

    assert found
    assert found.addresses == ("https://shop.example/a", "https://shop.example/b?x=1&y=2")


@pytest.mark.parametrize(
    ("body", "is_index"),
    [
        (b'<s:urlset xmlns:s="x"><s:loc>https://a.example/a</s:loc><i:loc>x</i:loc>', False),
        (b'<ns0:sitemapindex xmlns:ns0="x"><ns0:loc>https://a.example/a</ns0:loc>', True),
        (b"\xef\xbb\xbfhttps://a.example/a\r\n \r\nwhatever\r\n", False),
    ],
    ids=["named", "a named index", "text"],
)
def test_a_sitemap_may_have_names_of_its_own_or_be_a_text(body, is_index) -> None:
    assert sitemaps.parse(body) == sitemaps.Sitemap(("https://a.example/a",), is_index)


@pytest.mark.parametrize("body", [b"", b"<html>Soon</html>", b"\x1f\x8bnonsense", b"\xff\xfe\x00"])
def test_what_is_no_sitemap_is_none(body) -> None:
    assert sitemaps.parse(body) is None


def test_a_sitemap_has_so_many_addresses_and_no_more() -> None:
    body = b"<urlset>" + b"".join(b"<loc>https://a.example/%d</loc>" % n for n in range(50_100))

    found = sitemaps.parse(body)

    assert found
    assert len(found.addresses) == sitemaps.MOST_ADDRESSES
