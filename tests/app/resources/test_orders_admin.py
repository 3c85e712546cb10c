"""What happens to an order after it was placed."""

from uuid import uuid4

import pytest
from support.shopping import DECLINED, buy, fill, order_in, place, statuses

SETTLED = ["PAID", "FULFILLED"]
ENDED = [*SETTLED, "FAILED", "CANCELED"]
MALFORMED_CHANGES = [
    ({}, "body"),
    ({"total_cents": -1}, "total_cents"),
    ({"total_cents": 2**63}, "total_cents"),
    ({"total_cents": None}, "total_cents"),
    ({"total": 9.999}, "total"),
    ({"total": "9.50"}, "total"),
    ({"total": 9.5, "total_cents": 951}, "total"),
    ({"status": "PENDING"}, "status"),
    ({"status": "REFUNDED"}, "status"),
    ({"status": "paid"}, "status"),
    ({"user_id": "5f0c1f4e-0000-4000-8000-000000000000"}, "user_id"),
]


def test_a_canceled_order_gives_its_stock_back(admin, shopper) -> None:
    book = admin.product(stock=5)
    order = place(shopper, book, 3).json
    held = admin.stock_of(book)

    canceled = admin.patch(f"/orders/{order['id']}", {"status": "CANCELED"})

    assert canceled.status_code == 200
    assert canceled.json["status"] == "CANCELED"
    assert (held, admin.stock_of(book)) == (2, 5)


def test_a_deleted_order_gives_its_stock_back(admin, shopper) -> None:
    book = admin.product(stock=5)
    order = place(shopper, book, 3).json

    deleted = admin.delete(f"/orders/{order['id']}")

    assert deleted.status_code == 204
    assert admin.stock_of(book) == 5
    assert shopper.get(f"/orders/{order['id']}").status_code == 404


@pytest.mark.parametrize("status", ["FAILED", "CANCELED"])
def test_deleting_what_has_ended_gives_nothing_back_twice(admin, shopper, status) -> None:
    book = admin.product(stock=5)
    order = order_in(status, admin, shopper, book)

    assert admin.delete(f"/orders/{order['id']}").status_code == 204
    assert admin.stock_of(book) == 5


@pytest.mark.parametrize("status", SETTLED)
def test_a_paid_order_cannot_be_deleted(admin, shopper, status) -> None:
    order = order_in(status, admin, shopper, admin.product())

    refused = admin.delete(f"/orders/{order['id']}")

    assert refused.status_code == 409
    assert refused.json["error"] == "order_settled"
    assert shopper.get(f"/orders/{order['id']}").json == order


@pytest.mark.parametrize("status", ENDED)
def test_only_a_pending_order_can_be_repriced(admin, shopper, status) -> None:
    order = order_in(status, admin, shopper, admin.product())

    refused = admin.patch(f"/orders/{order['id']}", {"total_cents": 1})

    assert refused.status_code == 409
    assert refused.json["error"] == "order_settled"
    assert shopper.get(f"/orders/{order['id']}").json == order


@pytest.mark.parametrize("total", [{"total": 9.5}, {"total_cents": 950}])
def test_a_repriced_order_costs_its_new_total(admin, shopper, total) -> None:
    order = place(shopper, admin.product(price_cents=1000)).json

    repriced = admin.patch(f"/orders/{order['id']}", total)
    paid = shopper.post(f"/orders/{order['id']}/pay", {})

    assert repriced.status_code == 200
    assert (repriced.json["total_cents"], repriced.json["subtotal_cents"]) == (950, 1000)
    assert (paid.json["status"], paid.json["total_cents"]) == ("PAID", 950)


def test_an_order_repriced_to_nothing_needs_no_card(admin, shopper) -> None:
    order = place(shopper, admin.product()).json
    admin.patch(f"/orders/{order['id']}", {"total_cents": 0})

    paid = shopper.post(f"/orders/{order['id']}/pay", {"payment_token": DECLINED})

    assert paid.json["status"] == "PAID"


def test_an_order_can_be_repriced_and_paid_in_one_go(admin, shopper) -> None:
    order = place(shopper, admin.product()).json

    paid = admin.patch(f"/orders/{order['id']}", {"total_cents": 500, "status": "PAID"})

    assert (paid.json["status"], paid.json["total_cents"]) == ("PAID", 500)
    assert paid.json["paid_at"] is not None


def test_a_malformed_change_changes_nothing(admin, shopper) -> None:
    order = place(shopper, admin.product()).json

    for body, field in MALFORMED_CHANGES:
        refused = admin.patch(f"/orders/{order['id']}", body)
        assert refused.status_code == 422
        assert list(refused.json["details"]) == [field]
    assert shopper.get(f"/orders/{order['id']}").json == order


@pytest.mark.parametrize(
    ("status", "unreachable"),
    [
        ("PENDING", ["FULFILLED"]),
        ("PAID", ["PAID", "CANCELED"]),
        ("FULFILLED", ["PAID", "FULFILLED", "CANCELED"]),
        ("FAILED", ["PAID", "FULFILLED", "CANCELED"]),
        ("CANCELED", ["PAID", "FULFILLED", "CANCELED"]),
    ],
)
def test_an_order_only_goes_where_it_can_go(admin, shopper, status, unreachable) -> None:
    book = admin.product(stock=5)
    order = order_in(status, admin, shopper, book)
    left = admin.stock_of(book)

    for wanted in unreachable:
        refused = admin.patch(f"/orders/{order['id']}", {"status": wanted})
        assert (refused.status_code, refused.json["error"]) == (409, "wrong_order_status")
    assert admin.get(f"/orders/{order['id']}").json == order
    assert admin.stock_of(book) == left


def test_a_change_that_half_fits_changes_nothing(admin, shopper) -> None:
    order = place(shopper, admin.product()).json

    refused = admin.patch(f"/orders/{order['id']}", {"total_cents": 1, "status": "FULFILLED"})

    assert refused.status_code == 409
    assert admin.get(f"/orders/{order['id']}").json == order


@pytest.mark.parametrize("verb", ["PATCH", "DELETE"])
def test_an_order_that_is_not_there_cannot_be_changed(admin, verb) -> None:
    body = {"status": "PAID"} if verb == "PATCH" else None

    refused = admin.send(verb, f"/orders/{uuid4()}", json=body)

    assert refused.status_code == 404
    assert refused.json["error"] == "order_not_found"


@pytest.mark.parametrize(
    ("verb", "path"),
    [
        ("GET", "/orders"),
        ("GET", "/admin/orders"),
        ("PATCH", "/orders/{}"),
        ("DELETE", "/orders/{}"),
    ],
)
def test_the_counter_is_for_administrators(admin, client, shopper, verb, path) -> None:
    order = place(shopper, admin.product()).json
    path = path.format(order["id"])

    assert shopper.send(verb, path).status_code == 403
    assert client.send(verb, path).status_code == 401
    assert shopper.get(f"/orders/{order['id']}").json == order


@pytest.mark.parametrize("path", ["/orders", "/admin/orders"])
def test_administrators_find_orders_by_buyer_and_status(admin, client, path) -> None:
    ada, eve, book = client.as_shopper(), client.as_shopper(), admin.product()
    paid, pending = buy(ada, book), place(ada, book).json
    others = buy(eve, book)

    def found(query: str) -> set[str]:
        return {order["id"] for order in admin.get(f"{path}?{query}").json["items"]}

    assert found("") == {paid["id"], pending["id"], others["id"]}
    assert found(f"user_id={ada.user_id}") == {paid["id"], pending["id"]}
    assert found("status=PAID") == {paid["id"], others["id"]}
    assert found(f"status=PAID&user_id={ada.user_id}") == {paid["id"]}
    assert found(f"user_id={uuid4()}") == set()


def test_administrators_page_through_orders_newest_first(admin, shopper, later) -> None:
    book, placed = admin.product(), []
    for _ in range(3):
        placed.append(place(shopper, book).json)
        later(seconds=1)

    first = admin.get("/orders?per_page=2").json
    last = admin.get("/orders?per_page=2&page=2").json
    beyond = admin.get("/orders?per_page=2&page=3").json

    assert first == {"items": placed[:0:-1], "total": 3, "page": 1, "per_page": 2}
    assert (last["items"], last["total"]) == (placed[:1], 3)
    assert (beyond["items"], beyond["total"]) == ([], 3)


@pytest.mark.parametrize(
    "query",
    ["page=0", "page=x", "per_page=0", "per_page=101", "status=LOST", "user_id=7", "color=red"],
)
def test_a_malformed_search_for_orders_is_refused(admin, query) -> None:
    refused = admin.get(f"/orders?{query}")

    assert refused.status_code == 422
    assert list(refused.json["details"]) == [query.partition("=")[0]]


def test_a_placed_order_that_nobody_pays_expires_after_half_an_hour(
    admin, shopper, run, later
) -> None:
    book = admin.product(stock=2)
    order = place(shopper, book, 2).json

    later(minutes=29)
    run(admin.shop.checkout.sweep())
    early = shopper.get(f"/orders/{order['id']}").json["status"]
    later(minutes=1)
    run(admin.shop.checkout.sweep())

    assert early == "PENDING"
    assert shopper.get(f"/orders/{order['id']}").json["status"] == "CANCELED"
    assert admin.stock_of(book) == 2


def test_an_order_an_administrator_placed_never_expires(admin, shopper, run, later) -> None:
    book = admin.product(stock=2)
    place(admin, book, 2, user_id=shopper.user_id)

    later(hours=3)
    run(admin.shop.checkout.sweep())

    assert statuses(shopper) == ["PENDING"]
    assert admin.stock_of(book) == 0


def test_a_sweep_leaves_what_is_settled_alone(admin, shopper, run, later) -> None:
    book = admin.product(stock=9)
    buy(shopper, book)
    order_in("CANCELED", admin, shopper, book)
    fill(shopper, book)
    shopper.post("/checkout", {"payment_token": DECLINED})

    later(hours=1)
    swept = run(admin.shop.checkout.sweep())

    assert swept == 0
    assert statuses(shopper) == ["CANCELED", "FAILED", "PAID"]
    assert admin.stock_of(book) == 8
