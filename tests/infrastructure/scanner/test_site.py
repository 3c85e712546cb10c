import pytest
from support.stores import Product, SiteStore, Trap, Variant

from common.money import Money
from domain.competitor.models import Platform
from domain.competitor.reading import PageRead, Sighting, StoreUnreadable

FULL = Product(
    "Kaffee & Kuchen",
    "12.50",
    brand="Acme",
    sku="K-1",
    barcode="4006381333931",
    image="https://cdn.example/k.jpg",
)


def test_a_product_is_read_with_all_that_its_page_tells(site_readings, shop) -> None:
    shop.products["kaffee"] = FULL

    assert site_readings.sightings(shop.url) == [
        Sighting(
            platform_id=None,
            url=f"{shop.url}/products/kaffee",
            title="Kaffee & Kuchen",
            price=Money(1250, "EUR"),
            in_stock=True,
            image_url="https://cdn.example/k.jpg",
            brand="Acme",
            gtin="4006381333931",
            sku="K-1",
        )
    ]
    assert site_readings.platforms == {Platform.CUSTOM}


@pytest.mark.parametrize("shape", SiteStore.SHAPES)
def test_a_sale_price_and_the_stock_are_read_in_every_shape(site_readings, shop, shape) -> None:
    shop.products["mug"] = Product("Mug", "20.00", sale="15.99", available=False)
    shop.shapes["mug"] = shape

    sighting = site_readings.only(shop.url)

    assert (sighting.title, sighting.price, sighting.in_stock) == ("Mug", Money(1599, "EUR"), False)


@pytest.mark.parametrize(("currency", "amount"), [("JPY", 1200), ("KWD", 1200000), ("USD", 120000)])
def test_prices_are_kept_in_the_smallest_unit_of_their_currency(
    site_readings, shop, currency, amount
) -> None:
    shop.currency = currency
    shop.products["mug"] = Product("Mug", "1200")

    assert site_readings.only(shop.url).price == Money(amount, currency)


def test_of_variants_the_cheapest_that_can_be_had_counts(site_readings, shop) -> None:
    shop.products["tee"] = Product(
        "Tee", variants=[Variant("S", "10.00", available=False), Variant("M", "12.00")]
    )

    sighting = site_readings.only(shop.url)

    assert (sighting.title, sighting.price, sighting.in_stock) == ("Tee", Money(1200, "EUR"), True)


def test_what_has_not_changed_is_not_read_again(site_readings, shop) -> None:
    shop.fill(3)
    site_readings.pages(shop.url)
    shop.products["thing-1"].price = "5.00"

    pages = site_readings.pages(shop.url)

    assert [page.unchanged for page in pages] == [True, False, True]
    assert pages[1].sightings[0].price == Money(500, "EUR")


def test_a_page_that_is_gone_has_nothing_on_it(site_readings, shop) -> None:
    shop.fill(3)
    site_readings.pages(shop.url)
    shop.fails("/products/thing-1", 404)

    pages = site_readings.pages(shop.url)

    assert pages[1] == PageRead(shop.at("thing-1"))


def test_a_page_that_fails_counts_as_unchanged(site_readings, shop) -> None:
    shop.fill(8)
    first = site_readings.pages(shop.url)
    shop.fails("/products/thing-1", 500)

    page = site_readings.pages(shop.url)[1]

    assert page == PageRead(shop.at("thing-1"), freshness=first[1].freshness, unchanged=True)


def test_a_page_that_robots_may_not_see_any_more_counts_as_unchanged(
    site_readings, run, fetching, shop
) -> None:
    shop.fill(3)
    shop.robots = "User-agent: *\nDisallow: /products/thing-1"

    pages = site_readings.pages(shop.url)

    assert [page.unchanged for page in pages] == [False, True, False]
    assert not shop.asked("/products/thing-1")


@pytest.mark.parametrize("status", [403, 500])
def test_a_store_whose_pages_all_fail_is_unreadable(site_readings, shop, status) -> None:
    shop.fill(30)
    for handle in shop.products:
        shop.fails(f"/products/{handle}", status)

    with pytest.raises(StoreUnreadable, match=rf"5 of 5 pages failed.*answered {status}"):
        site_readings.pages(shop.url)


def test_a_store_of_which_a_third_fails_is_unreadable(site_readings, shop) -> None:
    shop.fill(30)
    for number in range(0, 30, 3):
        shop.fails(f"/products/thing-{number}", 404 if number == 0 else 500)

    with pytest.raises(StoreUnreadable, match="6 of"):
        site_readings.pages(shop.url)


def test_a_product_that_redirects_is_known_by_where_it_leads(site_readings, shop) -> None:
    shop.products["mug"] = Product("Mug")
    shop.bodies["/new/mug"] = shop.shown("mug").replace('rel="canonical"', "").encode()
    shop.redirects["/products/mug"] = f"{shop.url}/new/mug?utm_campaign=x"

    (page,) = site_readings.pages(shop.url)

    assert (page.url, page.sightings[0].url) == (shop.at("mug"), f"{shop.url}/new/mug")


def test_what_redirects_to_another_site_is_no_product_of_this_one(site_readings, shop) -> None:
    shop.fill(2)
    with SiteStore() as other:
        other.products["mug"] = Product("Mug")
        shop.redirects["/products/thing-0"] = other.at("mug")

        assert [each.title for each in site_readings.sightings(shop.url)] == ["Thing 1"]


def test_a_page_that_leads_to_a_forbidden_address_is_not_followed(site_readings, shop) -> None:
    shop.fill(2)
    with Trap() as trap:
        shop.redirects["/products/thing-0"] = f"{trap.url}/products/thing-0"

        pages = site_readings.pages(shop.url)

        assert [page.unchanged for page in pages] == [True, False]
        assert not trap.requests
