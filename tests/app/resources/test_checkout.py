import pytest
from support.shopping import DECLINED, fill, statuses

from infrastructure.payments.stand_in import DECLINING_CARDS, PAYING_CARDS

ADDRESS = {
    "first_name": "Ada",
    "last_name": "Lovelace",
    "address_1": "12 St James's Square",
    "city": "London",
    "postcode": "SW1Y 4JH",
    "country": "GB",
}
MALFORMED_CHECKOUTS = [
    ({"payment_token": ""}, "payment_token"),
    ({"payment_token": "tok\nvisa"}, "payment_token"),
    ({"payment_token": "x" * 256}, "payment_token"),
    ({"payment_token": 4242424242424242}, "payment_token"),
    ({"payment_token": None}, "payment_token"),
    ({"shipping": "London"}, "shipping"),
    ({"shipping": {"country": "England"}}, "shipping.country"),
    ({"shipping": {"city": "a\0b"}}, "shipping.city"),
    ({"shipping": {"planet": "Earth"}}, "shipping.planet"),
    ({"total_cents": 1}, "total_cents"),
]


def test_a_shopper_buys_a_cart(admin, shopper) -> None:
    book = admin.product(title="Prince Caspian", price_cents=899, stock=5)
    shopper.post("/cart/add", {"product_id": book["id"], "quantity": 2})

    bought = shopper.post("/checkout", {})

    assert bought.status_code == 201
    assert bought.json["status"] == "PAID"
    assert bought.json["total_cents"] == 1798
    assert bought.json["total"] == 17.98
    assert [line["title"] for line in bought.json["items"]] == ["Prince Caspian"]
    assert shopper.stock_of(book) == 3
    assert shopper.get("/cart").json["items"] == []
    assert shopper.get(f"/orders/{bought.json['id']}").json == bought.json


def test_an_order_knows_its_lines_its_buyer_and_where_it_goes(admin, shopper) -> None:
    shirt = admin.product(title="Shirt", variants=[{"title": "Large", "stock": 4}])
    line = {"product_id": shirt["id"], "variant_id": shirt["variants"][1]["id"], "quantity": 3}
    shopper.post("/cart/add", line)

    bought = shopper.post("/checkout", {"payment_token": "tok_visa", "shipping": ADDRESS}).json

    assert bought["user_id"] == shopper.user_id
    assert bought["shipping_address"] == ADDRESS
    assert bought["paid_at"] is not None
    assert {key: bought["items"][0][key] for key in line} == line
    assert bought["items"][0]["title_snapshot"] == "Shirt - Large"
    assert shopper.get(f"/products/{shirt['id']}").json["variants"][1]["stock"] == 1


@pytest.mark.parametrize("emptied", [False, True])
def test_an_empty_cart_cannot_be_bought(admin, shopper, emptied) -> None:
    if emptied:
        book = admin.product()
        fill(shopper, book)
        shopper.post("/cart/remove", {"product_id": book["id"]})

    refused = shopper.post("/checkout", {})

    assert refused.status_code == 400
    assert refused.json["error"] == "cart_empty"


def test_a_guest_cannot_check_out(client) -> None:
    assert client.post("/checkout", {}).status_code == 401


def test_a_body_may_be_left_out(admin, shopper) -> None:
    fill(shopper, admin.product())

    assert shopper.post("/checkout").status_code == 201


def test_good_cards_pay(admin, shopper) -> None:
    book = admin.product(stock=99)

    for card in (*PAYING_CARDS, "4242 4242 4242 4242", "4242-4242-4242-4242"):
        fill(shopper, book)
        assert shopper.post("/checkout", {"payment_token": card}).json["status"] == "PAID"


def test_bad_cards_are_declined_and_the_reason_is_told(admin, shopper) -> None:
    fill(shopper, admin.product())

    for card, reason in {**DECLINING_CARDS, "1234123412341234": "invalid_card"}.items():
        refused = shopper.post("/checkout", {"payment_token": card})
        assert refused.status_code == 402
        assert refused.json["error"] == "payment_failed"
        assert refused.json["details"]["reason"] == reason


def test_a_declined_card_keeps_the_cart_and_gives_the_stock_back(admin, shopper) -> None:
    book = admin.product(stock=2)
    fill(shopper, book, 2)
    cart = shopper.get("/cart").json

    shopper.post("/checkout", {"payment_token": DECLINED})

    assert shopper.get("/cart").json == cart
    assert shopper.stock_of(book) == 2
    assert statuses(shopper) == ["FAILED"]


def test_after_a_declined_card_another_one_pays(admin, shopper) -> None:
    book = admin.product(stock=1)
    fill(shopper, book)
    shopper.post("/checkout", {"payment_token": DECLINED})

    bought = shopper.post("/checkout", {"payment_token": "tok_visa"})

    assert bought.status_code == 201
    assert shopper.stock_of(book) == 0
    assert statuses(shopper) == ["FAILED", "PAID"]


def test_a_card_number_is_written_down_nowhere(admin, shopper) -> None:
    fill(shopper, admin.product())

    refused = shopper.post("/checkout", {"payment_token": "4000000000000002"})

    order = shopper.get(f"/orders/{refused.json['details']['order_id']}")
    assert "4000000000000002" not in refused.text + order.text


def test_a_new_price_is_shown_before_it_is_charged(admin, shopper) -> None:
    book = admin.product(price_cents=1000)
    fill(shopper, book, 2)
    admin.patch(f"/admin/products/{book['id']}", {"price_cents": 1100})

    warned = shopper.post("/checkout", {})
    shown = shopper.get("/cart").json
    bought = shopper.post("/checkout", {})

    assert warned.status_code == 409
    assert warned.json["error"] == "price_changed"
    assert (shown["total_cents"], shown["items"][0]["price_changed"]) == (2200, False)
    assert bought.status_code == 201
    assert bought.json["total_cents"] == 2200


def test_a_price_that_changed_and_changed_back_bothers_nobody(admin, shopper) -> None:
    book = admin.product(price_cents=1000)
    fill(shopper, book)
    for price in (1100, 1000):
        admin.patch(f"/admin/products/{book['id']}", {"price_cents": price})

    assert shopper.post("/checkout", {}).status_code == 201


def test_a_warning_about_prices_leaves_the_key_free(admin, shopper) -> None:
    book = admin.product(price_cents=1000)
    fill(shopper, book)
    admin.patch(f"/admin/products/{book['id']}", {"price_cents": 900})

    warned = shopper.post("/checkout", {}, Idempotency_Key="one")
    bought = shopper.post("/checkout", {}, Idempotency_Key="one")

    assert (warned.status_code, bought.status_code) == (409, 201)


def test_a_product_withdrawn_meanwhile_cannot_be_bought(admin, shopper) -> None:
    gone, kept = admin.product(), admin.product(stock=7)
    fill(shopper, gone)
    fill(shopper, kept)
    admin.delete(f"/products/{gone['id']}")

    refused = shopper.post("/checkout", {})

    assert refused.status_code == 409
    assert refused.json["error"] == "invalid_product"
    assert refused.json["details"]["product_id"] == gone["id"]
    assert shopper.stock_of(kept) == 7
    assert shopper.get("/orders/me").json["items"] == []


def test_what_sold_out_meanwhile_cannot_be_bought(admin, shopper) -> None:
    plenty, scarce = admin.product(stock=7), admin.product(title="Emma", stock=3)
    fill(shopper, plenty)
    fill(shopper, scarce, 3)
    admin.patch(f"/admin/products/{scarce['id']}/stock", {"delta": -1})

    refused = shopper.post("/checkout", {})

    assert refused.status_code == 409
    assert refused.json["error"] == "insufficient_inventory"
    assert (refused.json["available_quantity"], refused.json["requested_quantity"]) == (2, 3)
    assert (shopper.stock_of(plenty), shopper.stock_of(scarce)) == (7, 2)
    assert len(shopper.get("/cart").json["items"]) == 2
    assert shopper.get("/orders/me").json["items"] == []


def test_what_costs_nothing_needs_no_card(admin, shopper) -> None:
    sample = admin.product(price_cents=0, stock=3)
    fill(shopper, sample)

    bought = shopper.post("/checkout", {"payment_token": DECLINED})

    assert bought.status_code == 201
    assert (bought.json["status"], bought.json["total_cents"]) == ("PAID", 0)
    assert shopper.stock_of(sample) == 2
    assert shopper.get("/cart").json["items"] == []


def test_money_without_decimals_is_charged_exactly(admin, shopper) -> None:
    fill(shopper, admin.product(currency="JPY", price_cents=1999), 3)

    bought = shopper.post("/checkout", {}).json

    assert (bought["currency"], bought["total"], bought["total_cents"]) == ("JPY", 5997, 5997)


def test_the_dearest_order_there_can_be_is_still_exact(admin, shopper) -> None:
    dearest = admin.product(price_cents=100_000_000_000, stock=9_999)
    fill(shopper, dearest, 9_999)

    bought = shopper.post("/checkout", {}).json

    assert bought["total_cents"] == 999_900_000_000_000


def test_a_deactivated_shopper_cannot_check_out(admin, shopper) -> None:
    book = admin.product(stock=4)
    fill(shopper, book)
    admin.patch(f"/users/{shopper.user_id}", {"is_active": False})

    assert shopper.post("/checkout", {}).status_code == 401
    assert admin.stock_of(book) == 4


def test_a_malformed_checkout_buys_nothing_and_names_its_fault(admin, shopper) -> None:
    fill(shopper, admin.product())

    for body, field in MALFORMED_CHECKOUTS:
        refused = shopper.post("/checkout", body)
        assert refused.status_code == 422
        assert list(refused.json["details"]) == [field]
    assert shopper.get("/orders/me").json["items"] == []
