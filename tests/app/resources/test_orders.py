from uuid import uuid4

import pytest
from support.shopping import DECLINED, buy, order_in, place

CROCKFORD = set("0123456789ABCDEFGHJKMNPQRSTVWXYZ")


def test_lines_stay_as_they_were_bought(admin, shopper) -> None:
    book = admin.product(title="Emma", price_cents=1000, image_url="https://example.com/emma.png")
    before = buy(shopper, book, 2)

    admin.patch(f"/admin/products/{book['id']}", {"title": "Clueless", "price_cents": 1})
    admin.patch(f"/admin/products/{book['id']}", {"image_url": None})
    admin.delete(f"/products/{book['id']}")

    assert shopper.get(f"/orders/{before['id']}").json == before
    assert before["items"][0]["title_snapshot"] == "Emma"
    assert before["items"][0]["price_snapshot"] == 1000


def test_an_order_is_seen_by_its_owner_and_by_administrators_only(admin, client, shopper) -> None:
    order = buy(shopper, admin.product())
    path = f"/orders/{order['id']}"

    assert shopper.get(path).json == admin.get(path).json == order
    assert client.as_shopper().get(path).json["error"] == "order_not_found"
    assert client.as_shopper().get(path).status_code == 404
    assert client.get(path).status_code == 401


def test_an_order_of_somebody_else_looks_like_one_that_is_not_there(admin, client, shopper) -> None:
    order, stranger = buy(shopper, admin.product()), client.as_shopper()

    for order_id in (order["id"], str(uuid4())):
        answers = [
            stranger.get(f"/orders/{order_id}"),
            stranger.post(f"/orders/{order_id}/pay", {}),
        ]
        for answer in answers:
            assert answer.status_code == 404
            assert answer.json["detail"] == f"There is no order '{order_id}'."


@pytest.mark.parametrize("verb", ["GET", "PATCH", "DELETE"])
def test_a_malformed_order_id_is_refused(admin, verb) -> None:
    refused = admin.send(verb, "/orders/7", json={} if verb == "PATCH" else None)

    assert refused.status_code == 400
    assert refused.json["error"] == "malformed_id"


def test_order_numbers_are_unique_and_easy_to_read_out(admin, shopper) -> None:
    book = admin.product(stock=50)

    numbers = [place(shopper, book).json["order_number"] for _ in range(20)]

    assert len(set(numbers)) == 20
    for number in numbers:
        prefix, *groups = number.split("-")
        assert prefix == "PG"
        assert [len(group) for group in groups] == [5, 5]
        assert set("".join(groups)) <= CROCKFORD


def test_a_shopper_places_an_order_that_holds_its_stock(admin, shopper) -> None:
    book, pen = admin.product(price_cents=700, stock=5), admin.product(price_cents=100, stock=5)
    items = [
        {"product_id": book["id"], "quantity": 2},
        {"product_id": pen["id"]},
        {"product_id": book["id"]},
    ]

    placed = shopper.post("/orders", {"items": items})

    assert placed.status_code == 201
    assert (placed.json["status"], placed.json["paid_at"]) == ("PENDING", None)
    assert [line["quantity"] for line in placed.json["items"]] == [2, 1, 1]
    assert placed.json["total_cents"] == 2200
    assert (shopper.stock_of(book), shopper.stock_of(pen)) == (2, 4)


def test_an_administrator_places_an_order_for_anybody(admin, shopper) -> None:
    placed = place(admin, admin.product(), user_id=shopper.user_id)

    assert placed.status_code == 201
    assert placed.json["user_id"] == shopper.user_id
    assert shopper.get(f"/orders/{placed.json['id']}").json == placed.json


def test_a_shopper_places_no_order_for_somebody_else(admin, client, shopper) -> None:
    book = admin.product(stock=4)

    refused = place(shopper, book, user_id=client.as_shopper().user_id)

    assert refused.status_code == 403
    assert admin.stock_of(book) == 4


def test_nobody_can_have_an_order_for_a_user_that_is_not_there(admin) -> None:
    book = admin.product(stock=4)

    refused = place(admin, book, user_id=str(uuid4()))

    assert refused.status_code == 404
    assert refused.json["error"] == "user_not_found"
    assert admin.stock_of(book) == 4


def test_one_line_that_cannot_be_had_stops_the_whole_order(admin, shopper) -> None:
    plenty, scarce = admin.product(stock=9), admin.product(stock=1)
    items = [
        {"product_id": plenty["id"], "quantity": 9},
        {"product_id": scarce["id"]},
        {"product_id": scarce["id"]},
    ]

    refused = shopper.post("/orders", {"items": items})

    assert refused.status_code == 409
    assert refused.json["error"] == "insufficient_inventory"
    assert (refused.json["available_quantity"], refused.json["requested_quantity"]) == (1, 2)
    assert (shopper.stock_of(plenty), shopper.stock_of(scarce)) == (9, 1)
    assert shopper.get("/orders/me").json["total"] == 0


def test_what_is_not_sold_cannot_be_ordered(admin, shopper) -> None:
    gone = admin.product()
    admin.delete(f"/products/{gone['id']}")

    for product in (gone, {"id": str(uuid4())}):
        refused = place(shopper, product)
        assert refused.status_code == 400
        assert refused.json["error"] == "invalid_product"


def test_one_order_is_in_one_currency(admin, shopper) -> None:
    euros, dollars = admin.product(currency="EUR"), admin.product(currency="USD", stock=2)

    refused = shopper.post(
        "/orders", {"items": [{"product_id": each["id"]} for each in (euros, dollars)]}
    )

    assert refused.status_code == 409
    assert refused.json["error"] == "currency_mismatch"
    assert shopper.stock_of(dollars) == 2


@pytest.mark.parametrize(
    "body", [{}, {"items": []}, {"items": [{}] * 101}, {"items": [{"quantity": 1}]}, {"items": {}}]
)
def test_an_order_needs_lines(shopper, body) -> None:
    assert shopper.post("/orders", body).status_code == 422


def test_a_shopper_pays_for_a_placed_order(admin, shopper) -> None:
    book = admin.product(stock=3)
    order = place(shopper, book).json

    paid = shopper.post(f"/orders/{order['id']}/pay", {"payment_token": "tok_visa"})

    assert paid.status_code == 200
    assert paid.json["status"] == "PAID"
    assert shopper.stock_of(book) == 2


def test_paying_leaves_the_cart_alone(admin, shopper) -> None:
    book = admin.product()
    order = place(shopper, book).json
    shopper.post("/cart/add", {"product_id": book["id"]})

    shopper.post(f"/orders/{order['id']}/pay", {})

    assert len(shopper.get("/cart").json["items"]) == 1


def test_paying_again_changes_nothing(admin, shopper) -> None:
    order = place(shopper, admin.product()).json
    paid = shopper.post(f"/orders/{order['id']}/pay", {})

    again = shopper.post(f"/orders/{order['id']}/pay", {"payment_token": DECLINED})

    assert again.status_code == 200
    assert again.json == paid.json


def test_an_order_that_is_not_paid_for_gives_its_stock_back(admin, shopper) -> None:
    book = admin.product(stock=3)
    order = place(shopper, book).json

    refused = shopper.post(f"/orders/{order['id']}/pay", {"payment_token": DECLINED})

    assert refused.status_code == 402
    assert shopper.get(f"/orders/{order['id']}").json["status"] == "FAILED"
    assert shopper.stock_of(book) == 3


@pytest.mark.parametrize("status", ["FAILED", "CANCELED"])
def test_what_has_ended_cannot_be_paid_for(admin, shopper, status) -> None:
    book = admin.product(stock=3)
    order = order_in(status, admin, shopper, book)

    refused = shopper.post(f"/orders/{order['id']}/pay", {})

    assert refused.status_code == 409
    assert refused.json["error"] == "wrong_order_status"
    assert shopper.stock_of(book) == 3


def test_a_free_order_is_paid_without_a_card(admin, shopper) -> None:
    order = place(shopper, admin.product(price_cents=0)).json

    paid = shopper.post(f"/orders/{order['id']}/pay", {"payment_token": DECLINED})

    assert paid.json["status"] == "PAID"


def test_a_shopper_sees_their_own_orders_newest_first(admin, client, shopper, later) -> None:
    book = admin.product()
    placed = []
    for _ in range(3):
        placed.append(place(shopper, book).json)
        later(seconds=1)
    place(client.as_shopper(), book)

    first = shopper.get("/orders/me?per_page=2").json
    second = shopper.get("/orders/me?per_page=2&page=2").json

    assert first == {"items": placed[:0:-1], "total": 3, "page": 1, "per_page": 2}
    assert second["items"] == placed[:1]
