import pytest
from support.stores import Product, Variant
from support.stores.product import id_of

from common.money import Money
from domain.competitor.models import Platform
from domain.competitor.reading import Sighting, StoreUnreadable

WOO = Platform.WOOCOMMERCE
API = "/wp-json/wc/store/v1/products"


def test_a_product_is_read_with_all_that_the_store_tells(readings, woocommerce) -> None:
    woocommerce.products["red-mug"] = Product(
        "Red Mug & <i>Spoon</i> “one”",
        "12.50",
        brand="Acme",
        sku="MUG-1",
        image="https://cdn.example/mug.jpg",
        odd={"global_unique_id": "4006381333931"},
    )

    assert readings.sightings(woocommerce.url, WOO) == [
        Sighting(
            platform_id=str(id_of("red-mug")),
            url=f"{woocommerce.url}/product/red-mug/",
            title="Red Mug & Spoon “one”",
            price=Money(1250, "EUR"),
            in_stock=True,
            image_url="https://cdn.example/mug.jpg",
            brand="Acme",
            gtin="4006381333931",
            sku="MUG-1",
        )
    ]
    assert readings.platforms == {WOO}


@pytest.mark.parametrize(("tells_pages", "asked"), [(True, 3), (False, 4)])
def test_all_pages_are_read(readings, woocommerce, tells_pages, asked) -> None:
    woocommerce.tells_pages = tells_pages
    woocommerce.fill(230)

    sightings = readings.sightings(woocommerce.url, WOO)

    assert len({each.key for each in sightings}) == 230
    assert [each.query for each in woocommerce.asked(API)] == [
        f"per_page=100&page={page}" for page in range(1, asked + 1)
    ]
    assert woocommerce.most_at_once == 1


def test_a_store_that_refuses_the_page_after_the_last_has_ended(readings, woocommerce) -> None:
    woocommerce.tells_pages = False
    woocommerce.fill(100)
    refusal = b'{"code": "rest_product_invalid_page_number", "message": "No."}'
    woocommerce.says(f"{API}?per_page=100&page=2", refusal, "application/json", 400)

    assert len(readings.sightings(woocommerce.url, WOO)) == 100


def test_a_store_without_pretty_links_is_read_too(readings, woocommerce) -> None:
    woocommerce.has_pretty_links = False
    woocommerce.fill(101)

    sightings = readings.sightings(woocommerce.url, WOO)

    assert len(sightings) == 101
    assert sightings[0].url == f"{woocommerce.url}/?product=thing-0"
    assert len(woocommerce.asked(API)) == 1


def test_the_price_is_what_people_pay_now(readings, woocommerce) -> None:
    woocommerce.products["mug"] = Product("Mug", "12.00", sale="9.50")

    assert readings.only(woocommerce.url, WOO).price == Money(950, "EUR")


def test_a_variable_product_costs_what_its_cheapest_variation_costs(readings, woocommerce) -> None:
    variants = [Variant("S", "20.00", available=False), Variant("M", "18.00"), Variant("L", "25")]
    woocommerce.products["tee"] = Product("Tee", variants=variants)

    tee = readings.only(woocommerce.url, WOO)

    assert (tee.price, tee.in_stock) == (Money(1800, "EUR"), True)


def test_what_cannot_be_had_is_out_of_stock(readings, woocommerce) -> None:
    woocommerce.products["mug"] = Product("Mug", available=False)

    assert readings.only(woocommerce.url, WOO).in_stock is False


def prices(price: object, unit: object = 2, code: object = "EUR", **more: object) -> object:
    told = {"price": price, "currency_minor_unit": unit, "currency_code": code}
    return {"prices": told | more}


@pytest.mark.parametrize(
    ("odd", "price"),
    [
        (prices("1980", 0, "JPY"), Money(1980, "JPY")),
        (prices("198000", 2, "JPY"), Money(1980, "JPY")),
        (prices("198050", 2, "JPY"), Money(1981, "JPY")),
        (prices("20", 0), Money(2000, "EUR")),
        (prices("199950", 4), Money(2000, "EUR")),
        (prices("1500", 3, "KWD"), Money(1500, "KWD")),
        (prices(1250), Money(1250, "EUR")),
        (prices("0"), Money(0, "EUR")),
        (prices("0") | {"is_purchasable": False}, None),
        (prices("500", price_range={"min_amount": "400", "max_amount": "900"}), Money(400, "EUR")),
        (prices("500", price_range=[]), Money(500, "EUR")),
        (prices(""), None),
        (prices(None), None),
        (prices("-5"), None),
        (prices("9" * 40), None),
        (prices("1250", -3), None),
        (prices("1250", 10**9), None),
        (prices("1250", True), None),
        (prices("1250", 2, "XXX"), None),
        (prices("1250", 2, 7), None),
        ({"prices": []}, None),
        ({"prices": None}, None),
    ],
)
def test_prices_are_exact_in_every_currency(readings, woocommerce, odd, price) -> None:
    woocommerce.products["mug"] = Product("Mug", odd=odd)

    mug = readings.only(woocommerce.url, WOO)

    assert (mug.title, mug.price) == ("Mug", price)


@pytest.mark.parametrize(
    ("odd", "brand"),
    [
        ({"brands": [{"name": "A &amp; B"}]}, "A & B"),
        ({"attributes": [{"taxonomy": "pa_brand", "terms": [{"name": "Acme"}]}]}, "Acme"),
        ({"attributes": [7, {"name": "Brand", "terms": [{"name": "Acme"}]}]}, "Acme"),
        ({"attributes": [{"name": "Size", "terms": [{"name": "S"}]}]}, None),
        ({"attributes": [{"name": "Brand", "terms": None}]}, None),
        ({"attributes": "none", "brands": 5}, None),
    ],
)
def test_the_brand_may_be_an_attribute(readings, woocommerce, odd, brand) -> None:
    woocommerce.products["mug"] = Product("Mug", odd=odd)

    assert readings.only(woocommerce.url, WOO).brand == brand


ODD = {
    "no name": {"name": ""},
    "no id": {"id": None},
    "a script": {"permalink": "javascript:alert(1)"},
    "another host": {"permalink": "https://elsewhere.example/product/odd/"},
    "another port": {"permalink": "http://127.0.0.1:9/product/odd/"},
    "no address": {"permalink": None},
    "a variation": {"type": "variation"},
}


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_what_is_no_product_of_the_store_is_passed_over(readings, woocommerce, odd) -> None:
    woocommerce.products["odd"] = Product("Odd", odd=odd)
    woocommerce.products["mug"] = Product("Mug")

    assert readings.only(woocommerce.url, WOO).title == "Mug"


def test_an_address_is_kept_without_what_tracks_visitors(readings, woocommerce) -> None:
    link = f"{woocommerce.url}/product/mug/?attribute_size=l&utm_source=api&fbclid=1#reviews"
    woocommerce.products["mug"] = Product("Mug", odd={"permalink": link})

    assert readings.only(woocommerce.url, WOO).url == (
        f"{woocommerce.url}/product/mug/?attribute_size=l"
    )


def test_unchanged_pages_are_not_read_again(readings, woocommerce) -> None:
    woocommerce.fill(230)
    readings.pages(woocommerce.url, WOO)
    woocommerce.products["thing-100"].available = False

    pages = readings.pages(woocommerce.url, WOO)

    assert [page.unchanged for page in pages] == [True, False, True]


def test_a_number_of_pages_that_is_none_is_not_believed(readings, woocommerce) -> None:
    woocommerce.tells_pages = False
    woocommerce.fill(101)
    woocommerce.headers = {"X-WP-TotalPages": "²"}

    assert len(readings.sightings(woocommerce.url, WOO)) == 101


def test_an_empty_store_has_a_page_and_no_products(readings, woocommerce) -> None:
    (page,) = readings.pages(woocommerce.url, WOO)

    assert page.sightings == ()


@pytest.mark.parametrize("body", [b"", b"<br>Warning: []", b'{"code": "x"}', b"7", b"[" * 9999])
def test_a_page_that_is_no_list_says_so(readings, woocommerce, body) -> None:
    woocommerce.fill(101)
    woocommerce.says(f"{API}?per_page=100&page=2", body, "application/json")

    with pytest.raises(StoreUnreadable, match="page 2 of its products, it answered with something"):
        readings.pages(woocommerce.url, WOO)


def test_a_store_that_is_not_on_woocommerce_says_so(readings, shopify) -> None:
    with pytest.raises(StoreUnreadable, match="as WooCommerce lists them, it answered 404"):
        readings.pages(shopify.url, WOO)
