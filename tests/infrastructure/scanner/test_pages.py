import json
from typing import Any

import pytest

from common.money import Money
from domain.competitor.reading import Sighting
from infrastructure.scanner.pages import read_page

URL = "https://shop.example/products/tea"
OFFER = {"@type": "Offer", "price": "19.99", "priceCurrency": "EUR"}
TEA = {"@context": "https://schema.org", "@type": "Product", "name": "Tea", "offers": OFFER}
OPEN_GRAPH = (
    '<meta property="og:type" content="product"><meta property="og:title" content="Tea">'
    '<meta property="product:price:amount" content="1.299,00">'
    '<meta property="product:price:currency" content="EUR">'
)


def html(*told: Any, head: str = "") -> bytes:
    texts = [each if isinstance(each, str) else json.dumps(each) for each in told]
    scripts = "".join(f'<script type="application/ld+json">{text}</script>' for text in texts)
    return f"<!DOCTYPE html><html><head>{head}{scripts}</head><body></body></html>".encode()


def seen(*told: Any, head: str = "", url: str = URL) -> Sighting | None:
    return read_page(html(*told, head=head), "text/html", url).sighting


def priced(offers: Any) -> tuple[Money | None, bool]:
    sighting = seen(TEA | {"offers": offers})
    assert sighting
    return sighting.price, sighting.in_stock


def specified(*specifications: Any) -> Any:
    return {"@type": "Offer", "priceSpecification": [*specifications]}


def price(amount: str, **more: Any) -> Any:
    return {"@type": "UnitPriceSpecification", "price": amount, "priceCurrency": "EUR", **more}


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(TEA),
        f"<!-- {json.dumps(TEA)} -->",
        f"//<![CDATA[\n{json.dumps(TEA)}\n//]]>",
        f"/* <![CDATA[ */ {json.dumps(TEA)} /* ]]> */",
        json.dumps(TEA).replace('"', "&quot;"),
        json.dumps(TEA) + ";",
        json.dumps([TEA]),
        json.dumps([[TEA]]),
        json.dumps({"@graph": [{"@type": "WebPage"}, TEA]}),
        json.dumps({"@type": "ItemPage", "mainEntity": {"@type": "X", "mainEntity": TEA}}),
        json.dumps(TEA | {"@type": ["Thing", "http://schema.org/Product"]}),
        json.dumps(TEA | {"@type": "schema:IndividualProduct"}),
        json.dumps(TEA | {"description": "two\nlines"}).replace("\\n", "\n"),
        json.dumps(TEA | {"offers": [OFFER]}),
        json.dumps(TEA | {"offers": OFFER | {"price": 19.99}}),
        json.dumps({"@graph": [TEA | {"offers": {"@id": "#o"}}, OFFER | {"@id": "#o"}]}),
    ],
)
def test_json_ld_is_read_however_it_is_wrapped(text) -> None:
    sighting = seen("{broken", text, "[1, null, 3]")

    assert sighting
    assert (sighting.title, sighting.price) == ("Tea", Money(1999, "EUR"))


@pytest.mark.parametrize(
    ("offers", "amount"),
    [
        ({"@type": "AggregateOffer", "lowPrice": "5", "highPrice": 9, "priceCurrency": "EUR"}, 500),
        ({"@type": "AggregateOffer", "priceCurrency": "EUR", "offers": [{"price": 7}]}, 700),
        ({"lowPrice": "5.10", "priceCurrency": "eur", "offers": [{"name": "a"}]}, 510),
        ([OFFER, OFFER | {"price": 3}, OFFER | {"price": 1, "availability": "SoldOut"}], 300),
        (
            [OFFER | {"availability": "OutOfStock"}, OFFER | {"price": 3, "priceCurrency": "?"}],
            1999,
        ),
        (specified(price("15.00"), price("20.00", priceType="https://schema.org/ListPrice")), 1500),
        (specified(price("9", priceType="StrikethroughPrice"), price("8")), 800),
        (specified(price("2", referenceQuantity={"value": 1}), price("8")), 800),
        (specified(price("2", eligibleQuantity={"minValue": 10}), price("8")), 800),
        (specified(price("2", validForMemberTier={"@id": "gold"}), price("8")), 800),
        (specified(price("2", **{"@type": "DeliveryChargeSpecification"}), price("8")), 800),
        (OFFER | {"priceSpecification": price("25", priceType="ListPrice")}, 1999),
        (OFFER | {"price": "0.00"}, None),
        (OFFER | {"priceCurrency": "BTC"}, None),
        ({"price": "€ 19,99"}, 1999),
    ],
)
def test_the_price_is_what_anybody_pays_now(offers, amount) -> None:
    assert priced(offers)[0] == (Money(amount, "EUR") if amount else None)


@pytest.mark.parametrize(
    ("availability", "in_stock"),
    [
        ("https://schema.org/InStock", True),
        ("http://schema.org/PreOrder", True),
        ("BackOrder", True),
        ({"@id": "https://schema.org/OutOfStock"}, False),
        ("http://schema.org/Discontinued", False),
        (["schema:SoldOut"], False),
        (None, True),
    ],
)
def test_what_can_be_ordered_is_in_stock(availability, in_stock) -> None:
    assert priced(OFFER | {"availability": availability})[1] is in_stock


def test_texts_are_read_as_people_see_them() -> None:
    sighting = seen(
        TEA
        | {
            "name": "Tea &amp;amp; <b>Coffee</b>\u0000\ud800\n x",
            "brand": ["Acme"],
            "image": {"@type": "ImageObject", "url": "/i.jpg"},
            "offers": OFFER | {"sku": 77, "gtin13": "400-6381333931"},
        }
    )

    assert sighting
    assert (sighting.title, sighting.brand, sighting.sku, sighting.gtin) == (
        "Tea & Coffee x",
        "Acme",
        "77",
        "4006381333931",
    )
    assert sighting.image_url == "https://shop.example/i.jpg"


def test_a_group_has_the_cheapest_price_of_its_variants_wherever_they_are() -> None:
    group = {"@type": "ProductGroup", "@id": "#g", "name": "Tee", "productGroupID": "T"}
    inside = TEA | {"name": "Tee S", "sku": "S", "url": f"{URL}?v=1"}
    beside = TEA | {"name": "Tee M", "isVariantOf": {"@id": "#g"}, "offers": OFFER | {"price": 5}}

    sighting = seen([beside, group | {"hasVariant": [inside]}])

    assert sighting
    assert (sighting.title, sighting.price, sighting.sku) == (
        "Tee",
        Money(500, "EUR"),
        None,
    )


def test_of_several_products_only_the_one_at_this_address_counts() -> None:
    others = [TEA | {"name": f"Other {n}", "url": f"/products/{n}"} for n in range(3)]

    assert seen(others) is None
    sighting = seen([*others, TEA | {"url": f"{URL}/?variant=1"}])
    assert sighting
    assert sighting.title == "Tea"


@pytest.mark.parametrize(
    "told",
    [
        {"@type": "Product", "name": "Our shop", "aggregateRating": {"ratingValue": 5}},
        {"@type": "Article", "name": "Tea", "offers": OFFER},
        {"@type": "ItemList", "itemListElement": [{"item": TEA}]},
        TEA | {"name": ""},
        "[" * 100_000,
        '{"@type":' * 50_000,
        '{"@type": "Product", "name": "x", "offers": {"price": 1' + "0" * 5000 + "}}",
    ],
)
def test_what_is_no_product_on_sale_is_none(told) -> None:
    assert seen(told) is None


def test_open_graph_tells_of_a_product_or_adds_to_it() -> None:
    alone = seen(head=OPEN_GRAPH)
    filled = seen(TEA | {"sku": "T", "offers": {"availability": "OutOfStock"}}, head=OPEN_GRAPH)

    assert alone
    assert (alone.title, alone.price) == ("Tea", Money(129900, "EUR"))
    assert filled
    assert (filled.price, filled.in_stock) == (Money(129900, "EUR"), False)
    assert seen(head='<meta property="og:type" content="website">') is None


@pytest.mark.parametrize(
    ("href", "key"),
    [
        ("/tea?utm_source=a&x=1#top", "https://shop.example/tea?x=1"),
        ("https://WWW.shop.example/tea", "https://www.shop.example/tea"),
        ("https://elsewhere.example/tea", URL),
        ("/", URL),
        ("javascript:void(0)", URL),
        ("http://[broken", URL),
    ],
)
def test_the_canonical_address_is_the_key_if_it_is_of_this_site(href, key) -> None:
    sighting = seen(TEA, head=f'<link rel="canonical" href="{href}">', url=f"{URL}?fbclid=1#x")

    assert sighting
    assert sighting.key == key


@pytest.mark.parametrize(
    ("content_type", "meta", "charset"),
    [
        ("text/html; charset=windows-1252", "", "cp1252"),
        ("text/html", '<meta charset="shift_jis">', "shift_jis"),
        ("text/html", '<meta http-equiv="x" content="text/html; charset=koi8-r">', "koi8-r"),
        ("text/html; charset=punycode", "", "utf-8"),
        ("", "", "utf-16"),
    ],
)
def test_the_charset_is_that_of_the_header_or_else_of_the_page(content_type, meta, charset) -> None:
    name = {"shift_jis": "茶", "koi8-r": "чай"}.get(charset, "Thé")
    text = json.dumps(TEA | {"name": name}, ensure_ascii=False)
    body = f'{meta}<script type="application/ld+json">{text}</script>'.encode(charset)

    sighting = read_page(body, content_type, URL).sighting

    assert sighting
    assert sighting.title == name


def test_broken_letters_spoil_only_themselves() -> None:
    body = html(TEA | {"name": "Tea XX"}).replace(b"XX", b"\xff\xfe")

    sighting = read_page(body, "text/html; charset=utf-8", URL).sighting

    assert sighting
    assert sighting.title.startswith("Tea")
