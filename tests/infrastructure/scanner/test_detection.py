import pytest
from support.stores import Product

from domain.competitor.models import Platform
from domain.competitor.reading import StoreUnreadable

API = "/wp-json/wc/store/v1/products"


def test_a_store_on_shopify_is_known_by_its_list(readings, shopify, site) -> None:
    shopify.fill(251)

    assert len(readings.sightings(shopify.url)) == 251
    assert readings.platforms == {Platform.SHOPIFY}
    assert site.urls == []


def test_a_store_on_woocommerce_is_known_by_its_list(readings, woocommerce, site) -> None:
    woocommerce.fill(101)

    assert len(readings.sightings(woocommerce.url)) == 101
    assert readings.platforms == {Platform.WOOCOMMERCE}
    assert site.urls == []


def test_any_other_store_is_read_page_by_page(readings, store, site) -> None:
    readings.pages(f"{store.url}/shop")

    assert readings.platforms == {Platform.CUSTOM}
    assert site.urls == [f"{store.url}/shop"]


def test_an_empty_list_is_believed_of_a_store_that_bears_the_signs(readings, shopify, site) -> None:
    readings.pages(shopify.url)

    assert (readings.platforms, site.urls) == ({Platform.SHOPIFY}, [])


def test_an_empty_list_of_another_store_is_none(readings, store, site) -> None:
    store.bodies = {"/": b"Welcome.", "/products.json": b'{"products": []}', API: b"[]"}

    readings.pages(store.url)

    assert (readings.platforms, site.urls) == ({Platform.CUSTOM}, [store.url])


@pytest.mark.parametrize("status", [403, 429, 500, 503])
def test_a_store_that_is_out_of_order_is_not_taken_for_another(
    readings, shopify, site, status
) -> None:
    shopify.products["mug"] = Product("Mug")
    shopify.fails("/products.json", status)

    with pytest.raises(StoreUnreadable, match=f"it answered {status}"):
        readings.pages(shopify.url)

    assert site.urls == []


def test_nor_is_one_that_is_out_of_order_everywhere(readings, woocommerce, site) -> None:
    woocommerce.fails(API, 403)
    woocommerce.fails("/", 403)

    with pytest.raises(StoreUnreadable, match="it answered 403"):
        readings.pages(woocommerce.url)

    assert site.urls == []


def test_a_store_that_breaks_over_what_it_has_not_is_read_page_by_page(
    readings, store, site
) -> None:
    store.bodies["/"] = b"Welcome."
    store.fails("/products.json", 500)
    store.fails(API, 403)

    readings.pages(store.url)

    assert site.urls == [store.url]


def test_a_list_that_robots_may_not_read_is_not_read_by_another_way(
    readings, woocommerce, site
) -> None:
    woocommerce.products["mug"] = Product("Mug")
    woocommerce.robots = "User-agent: *\nDisallow: /wp-json/"

    readings.pages(woocommerce.url)

    assert [asked.path for asked in woocommerce.requests] == ["/robots.txt", "/products.json"]
    assert site.urls == [woocommerce.url]


def test_a_list_whose_owner_forbids_it_to_everybody_is_none(readings, woocommerce, site) -> None:
    refusal = b'{"code": "rest_forbidden", "message": "No.", "data": {"status": 403}}'
    woocommerce.says(API, refusal, "application/json", 403)
    woocommerce.says("/?rest_route", refusal, "application/json", 401)

    readings.pages(woocommerce.url)

    assert site.urls == [woocommerce.url]


def test_a_store_goes_on_as_what_it_began_as(readings, shopify, woocommerce) -> None:
    woocommerce.fill(3)
    cursor = {"kind": "woocommerce", "base": woocommerce.url + API, "size": 100, "page": 1}

    pages = readings.pages(shopify.url, Platform.SHOPIFY, cursor)

    assert [len(page.sightings) for page in pages] == [3]
    assert shopify.requests == []


@pytest.mark.parametrize("platform", list(Platform))
@pytest.mark.parametrize("url", ["javascript:alert(1)", "file:///etc/passwd", "", "http://%"])
def test_what_is_no_store_on_the_web_is_not_read(readings, site, url, platform) -> None:
    with pytest.raises(StoreUnreadable):
        readings.pages(url, platform)

    assert site.urls == []


@pytest.mark.parametrize("platform", list(Platform))
def test_a_store_at_a_private_address_is_not_read(readings, trap, site, platform) -> None:
    with pytest.raises(StoreUnreadable, match="an address that may not be called"):
        readings.pages(trap.url, platform)

    assert (trap.requests, site.urls) == ([], [])
