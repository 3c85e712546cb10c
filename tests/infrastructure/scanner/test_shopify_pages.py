from contextlib import nullcontext

import pytest
from support.stores import Product, ShopifyStore

from common.money import Money
from domain.competitor.models import Platform
from domain.competitor.reading import Cursor, Freshness, StoreUnreadable
from infrastructure.scanner.place import MOST_PRODUCTS

SHOPIFY = Platform.SHOPIFY


def at(store: ShopifyStore, page: int) -> Cursor:
    """Go on at a page of a store."""
    return {"kind": "shopify", "base": f"{store.url}/products.json", "size": 250, "page": page}


def test_all_pages_are_read_until_one_is_empty(readings, shopify) -> None:
    shopify.fill(620)

    pages = readings.pages(shopify.url, SHOPIFY)

    assert [len(page.sightings) for page in pages] == [250, 250, 120, 0]
    assert len({each.key for page in pages for each in page.sightings}) == 620
    assert [asked.query for asked in shopify.asked("/products.json")] == [
        f"limit=250&page={page}" for page in (1, 2, 3, 4)
    ]
    assert len(shopify.asked("/meta.json")) == 1
    assert shopify.most_at_once == 1


def test_an_empty_store_has_a_page_and_no_products(readings, shopify) -> None:
    (page,) = readings.pages(shopify.url, SHOPIFY)

    assert (page.sightings, page.unchanged, page.freshness) == ((), False, Freshness())


def test_a_product_that_is_on_a_page_twice_counts_once(readings, shopify) -> None:
    shopify.products["mug"] = Product("Mug", odd={"id": 1})
    shopify.products["again"] = Product("Again", odd={"id": 1})

    assert readings.only(shopify.url, SHOPIFY).title == "Mug"


def test_a_store_that_shows_one_page_forever_is_read_once(readings, shopify) -> None:
    shopify.heeds_pages = False
    shopify.fill(3)

    pages = readings.pages(shopify.url, SHOPIFY)

    assert [len(page.sightings) for page in pages] == [3, 0]


def test_a_store_that_shows_one_page_forever_does_not_grow_from_scan_to_scan(
    readings, shopify
) -> None:
    shopify.heeds_pages = False
    shopify.fill(3)

    scans = [readings.pages(shopify.url, SHOPIFY) for _ in range(4)]

    assert [[page.unchanged for page in pages] for pages in scans[1:]] == [[True, False]] * 3
    assert [len(pages[1].sightings) for pages in scans] == [0] * 4


def test_a_list_that_has_grown_by_a_page_is_read_on(readings, shopify) -> None:
    shopify.fill(250)
    readings.pages(shopify.url, SHOPIFY)
    shopify.fill(251)

    pages = readings.pages(shopify.url, SHOPIFY)

    assert [(page.unchanged, len(page.sightings)) for page in pages] == [
        (True, 0),
        (False, 1),
        (False, 0),
    ]


def test_a_catalogue_without_end_is_read_up_to_a_bound(readings, shopify) -> None:
    shopify.heeds_pages = False
    shopify.fill(250)
    last = MOST_PRODUCTS // 250

    pages = readings.pages(shopify.url, SHOPIFY, at(shopify, last))

    assert [page.url.partition("?")[2] for page in pages] == [f"limit=250&page={last}"]


def test_unchanged_pages_are_not_read_again(readings, shopify) -> None:
    shopify.fill(600)
    readings.pages(shopify.url, SHOPIFY)
    shopify.products["thing-300"].price = "7.00"

    pages = readings.pages(shopify.url, SHOPIFY)

    assert [page.unchanged for page in pages] == [True, False, True, False]
    assert [each.title for each in pages[1].sightings if each.price == Money(700, "EUR")] == [
        "Thing 300"
    ]


def test_a_page_that_is_too_large_is_read_in_smaller_ones(readings, shopify) -> None:
    shopify.fill(260)
    shopify.products["thing-3"].odd = {"body_html": "x" * 5_000_000}
    shopify.products["thing-60"].odd = {"body_html": "x" * 5_000_000}

    pages = readings.pages(shopify.url, SHOPIFY)

    assert [len(page.sightings) for page in pages] == [50, 50, 50, 50, 50, 10, 0]


def test_a_page_that_is_too_large_whatever_is_asked_for_cannot_be_read(readings, shopify) -> None:
    shopify.products["mug"] = Product("Mug", odd={"body_html": "x" * 9_000_000})

    with pytest.raises(StoreUnreadable, match="a page of its list of products is too large"):
        readings.pages(shopify.url, SHOPIFY)


@pytest.mark.parametrize("body", [b'{"products":[%s0]}', b'{"products":[{"variants":[%s0]}]}'])
def test_nor_can_a_page_of_countless_trifles(readings, shopify, body) -> None:
    shopify.says("/products.json", body % (b"{}," * 600_000))

    with pytest.raises(StoreUnreadable, match="a page of its list of products is too large"):
        readings.pages(shopify.url, SHOPIFY)


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"products": 3}', b"[" * 100_000])
def test_a_page_that_is_no_list_says_so(readings, shopify, body) -> None:
    shopify.fill(300)
    shopify.says("/products.json?limit=250&page=2", body)

    with pytest.raises(StoreUnreadable, match="page 2 of its products, it answered with something"):
        readings.pages(shopify.url, SHOPIFY)


def test_a_broken_half_of_a_store_is_no_end_of_it(readings, shopify) -> None:
    shopify.fill(300)
    shopify.fails("/products.json?limit=250&page=2", 404)

    with pytest.raises(StoreUnreadable, match="page 2 of its products, it answered 404"):
        readings.pages(shopify.url, SHOPIFY)


@pytest.mark.parametrize(("page", "is_end"), [(100, False), (101, True)])
def test_deeper_than_shopify_shows_there_is_nothing(readings, shopify, page, is_end) -> None:
    shopify.fails("/products.json", 400)

    with nullcontext() if is_end else pytest.raises(StoreUnreadable):
        assert len(readings.pages(shopify.url, SHOPIFY, at(shopify, page))) == 1
