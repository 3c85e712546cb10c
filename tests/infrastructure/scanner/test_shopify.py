import json

import pytest
from support.stores import Product, Variant
from support.stores.product import id_of

from common.money import Money
from domain.competitor.models import Platform
from domain.competitor.reading import Sighting, StoreUnreadable

SHOPIFY = Platform.SHOPIFY


def test_a_product_is_read_with_all_that_the_store_tells(readings, shopify) -> None:
    shopify.products["red-mug"] = Product(
        "Red  Mug &amp; Spoon",
        "12.5",
        brand="Acme",
        sku="MUG-1",
        barcode="4006381333931",
        image="//cdn.example/mug.jpg?v=1",
    )

    assert readings.sightings(shopify.url, SHOPIFY) == [
        Sighting(
            platform_id=str(id_of("red-mug")),
            url=f"{shopify.url}/products/red-mug",
            title="Red Mug & Spoon",
            price=Money(1250, "EUR"),
            in_stock=True,
            image_url="http://cdn.example/mug.jpg?v=1",
            brand="Acme",
            gtin="4006381333931",
            sku="MUG-1",
        )
    ]
    assert readings.platforms == {SHOPIFY}


def test_the_price_is_what_people_pay_now(readings, shopify) -> None:
    shopify.products["mug"] = Product("Mug", "12.00", sale="9.50")

    assert readings.only(shopify.url, SHOPIFY).price == Money(950, "EUR")


@pytest.mark.parametrize(
    ("variants", "price", "in_stock", "sku"),
    [
        ([("S", "20.00", True), ("M", "18.00", True), ("L", "25", True)], 1800, True, "M"),
        ([("S", "20.00", True), ("M", "18.00", False)], 2000, True, "S"),
        ([("S", "20.00", False), ("M", "18.00", False)], 1800, False, "M"),
        ([("S", "", True), ("M", "18.00", False)], 1800, True, "M"),
        ([("S", "0", True), ("M", "18.00", True)], 0, True, "S"),
    ],
)
def test_of_several_variants_the_cheapest_that_can_be_had_counts(
    readings, shopify, variants, price, in_stock, sku
) -> None:
    made = [Variant(name, cost, available=has, sku=name) for name, cost, has in variants]
    shopify.products["tee"] = Product("Tee", variants=made)

    tee = readings.only(shopify.url, SHOPIFY)

    assert (tee.price, tee.in_stock, tee.sku) == (Money(price, "EUR"), in_stock, sku)


@pytest.mark.parametrize(
    ("currency", "written", "amount"),
    [
        ("JPY", "1980", 1980),
        ("JPY", "1980.00", 1980),
        ("JPY", "1980.50", 1981),
        ("KWD", "1.5", 1500),
        ("EUR", "9.995", 1000),
        ("USD", "0.994", 99),
        ("USD", 12.3, 1230),
        ("USD", 7, 700),
    ],
)
def test_prices_are_exact_in_every_currency(readings, shopify, currency, written, amount) -> None:
    shopify.currency = currency
    shopify.products["mug"] = Product("Mug", written)

    assert readings.only(shopify.url, SHOPIFY).price == Money(amount, currency)


@pytest.mark.parametrize("price", ["-1.00", "free", "", None, "1e400", "9" * 30, True, [], "NaN"])
def test_what_is_no_price_is_none(readings, shopify, price) -> None:
    variant = {"price": price, "available": True}
    shopify.products["mug"] = Product("Mug", odd={"variants": [variant]})

    mug = readings.only(shopify.url, SHOPIFY)

    assert (mug.price, mug.in_stock) == (None, True)


ODD = {
    "no title": {"title": None},
    "an empty title": {"title": " \x00 "},
    "no handle": {"handle": ""},
    "no id": {"id": None},
    "a true id": {"id": True},
    "an id too long": {"id": 10**60},
    "unpublished": {"published_at": None},
    "variants that are none": {"variants": [7]},
    "no list of variants": {"variants": "none"},
    "a handle too long": {"handle": "x" * 3000},
}


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_what_is_no_product_is_passed_over(readings, shopify, odd) -> None:
    shopify.products["odd"] = Product("Odd", odd=odd)
    shopify.products["mug"] = Product("Mug")

    assert readings.only(shopify.url, SHOPIFY).title == "Mug"


def test_odd_details_do_not_cost_a_product(readings, shopify) -> None:
    shopify.products["mug"] = Product(
        "\x00Mug\ud83d \u202e" + "x" * 900,
        odd={
            "vendor": {"a": 1},
            "images": [{"src": "javascript:alert(1)"}],
            "handle": "../a b?c#d",
        },
    )

    mug = readings.only(shopify.url, SHOPIFY)

    assert mug.url == f"{shopify.url}/products/..%2Fa%20b%3Fc%23d"
    assert (mug.brand, mug.image_url) == (None, None)
    assert len(mug.title) == 500
    assert mug.title.isprintable()


def test_a_broken_letter_spoils_only_itself(readings, shopify) -> None:
    entry = b'{"id":1,"handle":"mug","title":"Caf\xe9 mug","variants":[{"price":"9.50"}]}'
    shopify.says("/products.json?limit=250&page=1", b'{"products":[%s]}' % entry)

    assert readings.only(shopify.url, SHOPIFY).title == "Caf\ufffd mug"


def test_a_store_that_has_moved_is_read_where_it_is_now(readings, shopify, store) -> None:
    shopify.fill(300)
    store.redirects["/products.json"] = f"{shopify.url}/products.json?limit=250&page=1"

    sightings = readings.sightings(store.url, SHOPIFY)

    assert {each.url.rpartition("/products/")[0] for each in sightings} == {shopify.url}
    assert len(store.asked("/products.json")) == 1


@pytest.mark.parametrize("path", ["/en", "/collections/all", "/?ref=us#top", "/"])
def test_the_address_of_a_store_may_be_any_of_its_pages(readings, shopify, path) -> None:
    shopify.products["mug"] = Product("Mug")

    assert readings.only(shopify.url + path, SHOPIFY).url == f"{shopify.url}/products/mug"


def test_a_store_that_is_not_on_shopify_says_so(readings, woocommerce) -> None:
    with pytest.raises(StoreUnreadable, match="as Shopify lists them, it answered 404"):
        readings.pages(woocommerce.url, SHOPIFY)


def test_a_list_begins_with_a_mark_here_and_there(readings, shopify) -> None:
    listed = {"products": [{"id": 1, "title": "Mug", "handle": "mug", "variants": []}]}
    shopify.says("/products.json", b"\xef\xbb\xbf" + json.dumps(listed).encode())

    mug = readings.only(shopify.url, SHOPIFY)

    assert (mug.key, mug.price, mug.in_stock) == ("1", None, False)
