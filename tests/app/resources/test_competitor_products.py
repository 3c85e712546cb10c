from datetime import timedelta

import pytest
from support.competing import (
    LONG_AGO,
    PRODUCTS,
    URL,
    at,
    listed,
    put_on_sale,
    sold,
    watched,
)

UNKNOWN = "550e8400-e29b-41d4-a716-446655440000"


@pytest.fixture
def competitor(shopper):
    return watched(shopper)


def test_a_product_is_shown_as_it_was_seen_last(client, shopper, competitor) -> None:
    product = sold(competitor, "Wireless Earbuds", 5999, 4999, brand="Acme", gtin="4006381333931")
    (product_id,) = put_on_sale(client, [product])

    shown = shopper.get(f"{PRODUCTS}/{product_id}")

    assert shown.status_code == 200
    assert shown.json == {
        "id": product_id,
        "competitor_id": competitor["id"],
        "competitor_name": "Rival Gadgets",
        "title": "Wireless Earbuds",
        "url": product["url"],
        "image_url": None,
        "price": 49.99,
        "price_cents": 4999,
        "currency": "USD",
        "in_stock": True,
        "brand": "Acme",
        "gtin": "4006381333931",
        "sku": None,
        "status": "active",
        "first_seen": "2026-01-01T00:00:00Z",
        "last_seen": "2026-01-01T00:00:00Z",
        "price_history": [
            {
                "date": "2026-01-01T00:00:00Z",
                "price": 59.99,
                "price_cents": 5999,
                "currency": "USD",
            },
            {
                "date": "2026-01-02T00:00:00Z",
                "price": 49.99,
                "price_cents": 4999,
                "currency": "USD",
            },
        ],
        "created_at": "2026-01-01T00:00:00Z",
        "updated_at": "2026-01-01T00:00:00Z",
    }
    assert shopper.get(PRODUCTS).json["items"] == [shown.json]
    assert shopper.get(f"{at(competitor)}/products").json["items"] == [shown.json]


def test_money_without_cents_is_shown_whole(client, shopper, competitor) -> None:
    (product_id,) = put_on_sale(client, [sold(competitor, "Udon", 1200, currency="JPY")])

    shown = shopper.get(f"{PRODUCTS}/{product_id}").json

    assert (shown["price"], shown["price_cents"], shown["currency"]) == (1200, 1200, "JPY")


def test_what_has_no_price_has_none(client, shopper, competitor) -> None:
    (product_id,) = put_on_sale(client, [sold(competitor, "Priceless")])

    shown = shopper.get(f"{PRODUCTS}/{product_id}").json

    names = ("price", "price_cents", "currency", "price_history")
    assert [shown[name] for name in names] == [None, None, None, []]


def test_lists_show_the_latest_of_a_long_history_and_the_product_all(
    client, shopper, competitor
) -> None:
    prices = range(1000, 1150)
    put_on_sale(client, [sold(competitor, "Old", *prices), sold(competitor, "New", *prices[:100])])

    items = shopper.get(f"{PRODUCTS}?sort_by=title").json["items"]
    (new, old) = (item["price_history"] for item in items)
    whole = shopper.get(f"{PRODUCTS}/{items[1]['id']}").json["price_history"]

    assert [point["price_cents"] for point in whole] == list(prices)
    assert old == whole[-100:]
    assert [point["price_cents"] for point in new] == list(prices[:100])


def test_products_are_sorted_as_asked(client, shopper, competitor) -> None:
    days = [LONG_AGO + timedelta(days=each) for each in range(4)]
    put_on_sale(
        client,
        [
            sold(competitor, "banana", 300, first_seen=days[0], last_seen=days[3]),
            sold(competitor, "Cherry", first_seen=days[3], last_seen=days[0]),
            sold(competitor, "Apple", 200, first_seen=days[2], last_seen=days[1]),
            sold(competitor, "Éclair", 900, currency="JPY", first_seen=days[1], last_seen=days[2]),
        ],
    )

    by_title = ["Apple", "banana", "Cherry", "Éclair"]
    assert listed(shopper, "sort_by=title") == by_title
    assert listed(shopper, "sort_by=price") == ["Apple", "banana", "Éclair", "Cherry"]
    assert listed(shopper, "sort_by=first_seen") == ["Cherry", "Apple", "Éclair", "banana"]
    assert listed(shopper, "sort_by=last_seen") == ["banana", "Éclair", "Apple", "Cherry"]
    assert listed(shopper) == listed(shopper, "sort_by=last_seen")
    assert listed(shopper, "sort_by=title", f"{at(competitor)}/products") == by_title


@pytest.mark.parametrize("order", ["last_seen", "first_seen", "price", "title"])
@pytest.mark.parametrize("whose", ["mine", "one competitor's"])
def test_pages_leave_nothing_out_and_show_nothing_twice(
    client, shopper, competitor, order, whose
) -> None:
    ids = put_on_sale(client, [sold(competitor, "Same", 100) for _ in range(25)])
    path = PRODUCTS if whose == "mine" else f"{at(competitor)}/products"

    pages = [
        shopper.get(f"{path}?sort_by={order}&per_page=10&page={page}").json for page in (1, 2, 3, 4)
    ]

    shown = [item["id"] for page in pages for item in page["items"]]
    assert [len(page["items"]) for page in pages] == [10, 10, 5, 0]
    assert {page["total"] for page in pages} == {25}
    assert sorted(shown) == sorted(ids)
    assert shown in (sorted(ids), sorted(ids, reverse=True))


def test_products_are_filtered_by_status_and_competitor(client, shopper, competitor) -> None:
    other = watched(shopper, name="Other")
    put_on_sale(
        client,
        [
            sold(competitor, "A"),
            sold(competitor, "B", status="removed"),
            sold(other, "C", status="removed"),
        ],
    )

    def titles(query: str) -> list[str]:
        return listed(shopper, f"sort_by=title&{query}")

    assert titles("") == ["A", "B", "C"]
    assert titles("status=active") == ["A"]
    assert titles("status=removed") == ["B", "C"]
    assert titles(f"competitor_id={other['id']}") == ["C"]
    assert titles(f"competitor_id={other['id']}&status=active") == []
    assert titles(f"competitor_id={UNKNOWN}") == []
    assert listed(shopper, "status=removed", f"{at(competitor)}/products") == ["B"]
    assert shopper.get(f"{PRODUCTS}?status=removed&per_page=1").json["total"] == 2


@pytest.mark.parametrize(
    "query",
    ["status=gone", "sort_by=-price", "competitor_id=7", "per_page=101", "page=0", "search=a"],
)
def test_what_lists_do_not_know_is_refused(shopper, query) -> None:
    assert shopper.get(f"{PRODUCTS}?{query}").status_code == 422


def test_others_products_are_as_good_as_not_there(client, admin, shopper, competitor) -> None:
    (product_id,) = put_on_sale(client, [sold(competitor, "Mine", 100)])

    for other in (client.as_shopper(), admin):
        answer = other.get(f"{PRODUCTS}/{product_id}")
        assert (answer.status_code, answer.json["error"]) == (404, "competitor_product_not_found")
        assert listed(other) == []
        assert listed(other, f"competitor_id={competitor['id']}") == []


def test_products_have_ids_and_guests_see_none(client, shopper) -> None:
    assert shopper.get(f"{PRODUCTS}/{UNKNOWN}").status_code == 404
    assert shopper.get(f"{PRODUCTS}/7").status_code == 400
    assert client.get(PRODUCTS).status_code == 401
    assert client.get(f"{PRODUCTS}/{UNKNOWN}").status_code == 401


def test_the_shops_own_products_stay_where_they_are(client, admin, shopper, competitor) -> None:
    ours = admin.product(title="Ours")
    (theirs,) = put_on_sale(client, [sold(competitor, "Theirs", 100)])

    assert client.get(f"/products/{ours['id']}").json["title"] == "Ours"
    assert client.get(f"/products/{theirs}").status_code == 404
    assert shopper.get(f"{PRODUCTS}/{ours['id']}").status_code == 404
    assert listed(shopper, path="/api/products") == ["Theirs"]
    assert URL in shopper.get(f"/api/products/{theirs}").json["url"]
