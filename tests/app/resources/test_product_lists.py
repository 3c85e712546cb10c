"""Lists of products: filters, sorts and pages."""

from typing import Any
from urllib.parse import urlencode

import pytest
from support.client import Client

SHELF: list[dict[str, Any]] = [
    {"title": "b1", "author": "Ada", "series": "HP", "price_cents": 500, "stock": 3},
    {"title": "a2", "author": "Ada", "series": "NARNIA", "price_cents": 1500, "stock": 0},
    {"title": "C3", "author": "Bo", "series": "HP", "price_cents": 1000, "stock": 0},
    {"title": "d4", "author": "Bo", "price_cents": 2000, "stock": 1},
    {"title": "e5", "price_cents": 700, "currency": "EUR", "stock": 1},
    {"title": "f6", "price_cents": 900, "currency": "JPY", "stock": 1},
]


@pytest.fixture
def shelf(client: Client, admin: Client) -> Client:
    """A guest in front of six products, put there one after the other."""
    for each in SHELF:
        admin.product(**each)
    return client


def page(client: Client, **query: object) -> dict[str, Any]:
    result = client.get("/products?" + urlencode(query))
    assert result.status_code == 200, result.json
    return result.json


def numbers(client: Client, **query: object) -> str:
    """Tell which products a page has, by the numbers in their titles."""
    return "".join(item["title"][1] for item in page(client, **query)["items"])


def test_an_empty_shop_has_an_empty_list(client) -> None:
    assert page(client) == {"items": [], "total": 0, "page": 1, "per_page": 20}


def test_a_list_shows_whole_products(admin, client) -> None:
    product = admin.product(variants=[{"title": "v"}, {"title": "w"}])

    assert page(client)["items"] == [product]


@pytest.mark.parametrize(
    ("query", "meant"),
    [
        ({}, "123456"),
        ({"series": "HP"}, "13"),
        ({"series": "hp"}, "13"),
        ({"series": "H"}, ""),
        ({"series": "%"}, ""),
        ({"author": "Ada"}, "12"),
        ({"author": "ada", "series": "NARNIA"}, "2"),
        ({"in_stock": "true"}, "1456"),
        ({"in_stock": "false"}, "23"),
        ({"in_stock": "true", "series": "HP"}, "1"),
        ({"currency": "EUR"}, "5"),
        ({"currency": "USD"}, "1234"),
        ({"min_price": 10}, "234"),
        ({"max_price": 10}, "13"),
        ({"min_price": "9.99", "max_price": "15.00"}, "23"),
        ({"min_price": "9.995", "max_price": "14.999"}, "3"),
        ({"min_price": 20, "max_price": 10}, ""),
        ({"min_price": 0, "currency": "JPY"}, "6"),
        ({"max_price": 899, "currency": "JPY"}, ""),
        ({"max_price": 7, "currency": "EUR"}, "5"),
        ({"max_price": "6.99", "currency": "EUR"}, ""),
        ({"author": "Bo", "in_stock": "false", "max_price": 10, "series": "HP"}, "3"),
        ({"author": "Ada", "in_stock": "false", "min_price": 20}, ""),
    ],
)
def test_filters_narrow_a_list_together(shelf, query, meant) -> None:
    assert numbers(shelf, sort="created_at", **query) == meant
    assert page(shelf, per_page=1, **query)["total"] == len(meant)


def test_a_product_is_in_stock_when_any_variant_is(admin, client) -> None:
    admin.product(title="v1", stock=0, variants=[{"title": "v", "stock": 1}])

    assert numbers(client, in_stock="true") == "1"
    assert numbers(client, in_stock="false") == ""


@pytest.mark.parametrize(
    ("sort", "meant"),
    [
        ("created_at", "123456"),
        ("-created_at", "654321"),
        ("price", "156324"),
        ("-price", "423651"),
        ("title", "213456"),
        ("-title", "654312"),
    ],
)
def test_a_list_can_be_sorted(shelf, sort, meant) -> None:
    assert numbers(shelf, sort=sort) == meant


def test_the_newest_comes_first(shelf) -> None:
    assert numbers(shelf) == "654321"


def test_sorts_and_filters_combine(shelf) -> None:
    assert numbers(shelf, sort="-price", currency="USD") == "4231"
    assert numbers(shelf, sort="title", in_stock="false") == "23"
    assert numbers(shelf, sort="price", series="HP", min_price=6) == "3"


@pytest.mark.parametrize("sort", ["created_at", "-created_at", "price", "-price", "title"])
def test_pages_follow_each_other_without_gap_or_overlap(shelf, sort) -> None:
    whole = numbers(shelf, sort=sort)

    pages = [numbers(shelf, sort=sort, per_page=4, page=number) for number in (1, 2, 3)]

    assert pages == [whole[:4], whole[4:], ""]


def test_equals_keep_their_place_from_page_to_page(admin, client) -> None:
    for _ in range(9):
        admin.product(title="Same", price_cents=100)

    for sort in ("price", "-price", "title", "-title"):
        shown = [page(client, sort=sort, per_page=2, page=n)["items"] for n in range(1, 6)]

        assert len({item["id"] for items in shown for item in items}) == 9


def test_a_page_tells_where_it_is(shelf) -> None:
    assert page(shelf, per_page=4, page=2) | {"items": []} == {
        "items": [],
        "total": 6,
        "page": 2,
        "per_page": 4,
    }
    assert page(shelf, page=1_000_000, per_page=100)["items"] == []
    assert page(shelf, page=1_000_000, per_page=100)["total"] == 6


def test_a_page_holds_a_hundred_and_no_more(admin, client) -> None:
    for _ in range(101):
        admin.product()

    assert len(page(client)["items"]) == 20
    assert len(page(client, per_page=100)["items"]) == 100
    assert client.get("/products?per_page=101").status_code == 422


def test_a_list_is_refused_what_it_does_not_understand(client) -> None:
    senseless = {
        "page": ["0", "-1", "1.5", "x", "", "1000001", "9223372036854775808", "1e400"],
        "per_page": ["0", "-1", "101", "x", "9223372036854775808"],
        "sort": ["relevance", "id", "", "price,title", "PRICE", "--price"],
        "series": ["", "x" * 256, "%00"],
        "author": ["", "x" * 256, "a%00b"],
        "min_price": ["-1", "cheap", "", "NaN", "Infinity", "1e400", "100000000001"],
        "max_price": ["-0.01", "1,5", "sNaN", "1e99999999999999999999"],
        "currency": ["usd", "XXX", ""],
        "in_stock": ["", "perhaps", "2"],
        "colour": ["red", ""],
        "q": ["narnia"],
    }

    for name, values in senseless.items():
        for value in values:
            refused = client.get(f"/products?{name}={value}")
            assert refused.status_code == 422, (name, value)
            assert list(refused.json["details"]) == [name]


def test_a_filter_given_twice_is_refused(client) -> None:
    for query in ("page=1&page=2", "series=a&series=a", "in_stock=true&in_stock=false"):
        refused = client.get(f"/products?{query}")

        assert refused.status_code == 422
        assert list(refused.json["details"]) == [query.partition("=")[0]]
