from uuid import uuid4

import pytest

SOME_ID = str(uuid4())
MALFORMED_LINES = [
    ({}, "product_id"),
    ({"product_id": "emma"}, "product_id"),
    ({"product_id": 7}, "product_id"),
    ({"product_id": SOME_ID, "variant_id": None}, "variant_id"),
    ({"product_id": SOME_ID, "price_cents": 1}, "price_cents"),
    ([], "body"),
]


def lines(cart) -> list[tuple[str, int]]:
    return [(item["name"], item["quantity"]) for item in cart.json["items"]]


def test_a_cart_nobody_filled_is_empty_and_costs_nothing(shopper) -> None:
    cart = shopper.get("/cart")

    assert cart.status_code == 200
    assert cart.json["items"] == []
    assert cart.json["total_cents"] == 0
    assert cart.json["currency"] == "USD"
    assert cart.json["user_id"] == shopper.user_id


def test_what_is_added_shows_with_its_price_and_total(admin, shopper) -> None:
    book = admin.product(title="The Horse and His Boy", price_cents=1250, metadata={"pages": 224})

    cart = shopper.post("/cart/add", {"product_id": book["id"], "quantity": 3})

    item = cart.json["items"][0]
    assert cart.status_code == 200
    assert (item["name"], item["price"], item["quantity"]) == ("The Horse and His Boy", 12.5, 3)
    assert (item["total"], item["total_cents"]) == (37.5, 3750)
    assert item["metadata"] == {"pages": 224}
    assert (cart.json["subtotal_cents"], cart.json["total_cents"]) == (3750, 3750)
    assert shopper.get("/cart").json == cart.json


def test_adding_again_makes_one_line(admin, shopper) -> None:
    book = admin.product(title="Emma", stock=5)
    shopper.post("/cart/add", {"product_id": book["id"]})

    cart = shopper.post("/cart/add", {"product_id": book["id"], "quantity": 4})

    assert lines(cart) == [("Emma", 5)]


def test_putting_something_in_a_cart_takes_nothing_off_the_shelves(admin, shopper) -> None:
    book = admin.product(stock=3)

    shopper.post("/cart/add", {"product_id": book["id"], "quantity": 3})

    assert shopper.stock_of(book) == 3


def test_more_than_there_is_cannot_be_added(admin, shopper) -> None:
    book = admin.product(title="Emma", stock=2)

    refused = shopper.post("/cart/add", {"product_id": book["id"], "quantity": 3})

    assert refused.status_code == 400
    assert refused.json["error"] == "insufficient_inventory"
    assert refused.json["available_quantity"] == 2
    assert refused.json["requested_quantity"] == 3
    assert shopper.get("/cart").json["items"] == []


def test_stock_limits_what_the_cart_holds_not_what_is_added(admin, shopper) -> None:
    book = admin.product(stock=3)
    shopper.post("/cart/add", {"product_id": book["id"], "quantity": 2})

    refused = shopper.post("/cart/add", {"product_id": book["id"], "quantity": 2})

    assert refused.status_code == 400
    assert (refused.json["available_quantity"], refused.json["requested_quantity"]) == (3, 4)
    assert shopper.get("/cart").json["items"][0]["quantity"] == 2


def test_a_withdrawn_product_cannot_be_added(admin, shopper) -> None:
    book = admin.product()
    admin.delete(f"/products/{book['id']}")

    refused = shopper.post("/cart/add", {"product_id": book["id"]})

    assert refused.status_code == 400
    assert refused.json["error"] == "invalid_product"


def test_an_unknown_product_cannot_be_added(shopper) -> None:
    refused = shopper.post("/cart/add", {"product_id": str(uuid4())})

    assert refused.status_code == 400
    assert refused.json["error"] == "invalid_product"


def test_a_variant_of_another_product_cannot_be_added(admin, shopper) -> None:
    book, other = admin.product(), admin.product()

    refused = shopper.post(
        "/cart/add", {"product_id": book["id"], "variant_id": other["variants"][0]["id"]}
    )

    assert refused.status_code == 400
    assert refused.json["error"] == "invalid_product"


def test_variants_of_a_product_are_lines_of_their_own(admin, shopper) -> None:
    shirt = admin.product(
        title="Shirt",
        price_cents=1000,
        stock=1,
        variants=[{"title": "Large", "price_cents": 1200, "stock": 2}],
    )
    large = shirt["variants"][1]["id"]
    shopper.post("/cart/add", {"product_id": shirt["id"]})

    cart = shopper.post(
        "/cart/add", {"product_id": shirt["id"], "variant_id": large, "quantity": 2}
    )

    assert lines(cart) == [("Shirt", 1), ("Shirt - Large", 2)]
    assert cart.json["total_cents"] == 3400


def test_each_variant_has_a_stock_of_its_own(admin, shopper) -> None:
    shirt = admin.product(stock=9, variants=[{"title": "Large", "stock": 1}])
    large = shirt["variants"][1]["id"]

    refused = shopper.post(
        "/cart/add", {"product_id": shirt["id"], "variant_id": large, "quantity": 2}
    )

    assert refused.status_code == 400
    assert refused.json["available_quantity"] == 1


def test_one_cart_is_in_one_currency(admin, shopper) -> None:
    euros, dollars = admin.product(currency="EUR"), admin.product(currency="USD")
    shopper.post("/cart/add", {"product_id": euros["id"]})

    refused = shopper.post("/cart/add", {"product_id": dollars["id"]})

    assert refused.status_code == 409
    assert refused.json["error"] == "currency_mismatch"
    assert len(shopper.get("/cart").json["items"]) == 1


def test_an_emptied_cart_takes_another_currency(admin, shopper) -> None:
    euros, yen = admin.product(currency="EUR"), admin.product(currency="JPY", price_cents=700)
    shopper.post("/cart/add", {"product_id": euros["id"]})
    shopper.post("/cart/remove", {"product_id": euros["id"]})

    cart = shopper.post("/cart/add", {"product_id": yen["id"], "quantity": 2})

    assert cart.status_code == 200
    assert (cart.json["currency"], cart.json["total"]) == ("JPY", 1400)


def test_some_of_a_line_can_be_removed(admin, shopper) -> None:
    book = admin.product(title="Emma")
    shopper.post("/cart/add", {"product_id": book["id"], "quantity": 5})

    cart = shopper.post("/cart/remove", {"product_id": book["id"], "quantity": 2})

    assert cart.status_code == 200
    assert lines(cart) == [("Emma", 3)]


@pytest.mark.parametrize("quantity", [{}, {"quantity": 2}, {"quantity": 9}])
def test_the_whole_line_goes_without_a_quantity_or_with_enough(admin, shopper, quantity) -> None:
    book, other = admin.product(title="Emma"), admin.product(title="Persuasion")
    shopper.post("/cart/add", {"product_id": book["id"], "quantity": 2})
    shopper.post("/cart/add", {"product_id": other["id"]})

    cart = shopper.post("/cart/remove", {"product_id": book["id"]} | quantity)

    assert lines(cart) == [("Persuasion", 1)]


def test_only_what_is_in_the_cart_can_be_removed(admin, shopper) -> None:
    book, other = admin.product(), admin.product()
    shopper.post("/cart/add", {"product_id": book["id"]})

    for product_id in (other["id"], str(uuid4())):
        refused = shopper.post("/cart/remove", {"product_id": product_id})
        assert refused.status_code == 400
        assert refused.json["error"] == "item_not_in_cart"
    assert len(shopper.get("/cart").json["items"]) == 1


def test_a_withdrawn_product_can_still_be_removed(admin, shopper) -> None:
    book = admin.product()
    shopper.post("/cart/add", {"product_id": book["id"]})
    admin.delete(f"/products/{book['id']}")

    shown = shopper.get("/cart").json["items"][0]
    cart = shopper.post("/cart/remove", {"product_id": book["id"]})

    assert shown["is_active"] is False
    assert cart.json["items"] == []


def test_a_cart_shows_todays_price_and_that_it_changed(admin, shopper) -> None:
    book = admin.product(price_cents=1000)
    shopper.post("/cart/add", {"product_id": book["id"]})
    admin.patch(f"/admin/products/{book['id']}", {"price_cents": 1100})

    cart = shopper.get("/cart").json

    assert cart["items"][0]["price_changed"] is True
    assert cart["items"][0]["price_cents"] == 1100
    assert cart["total_cents"] == 1100


def test_everybody_has_a_cart_of_their_own(admin, client) -> None:
    ada, eve = client.as_shopper(), client.as_shopper()
    book = admin.product()

    ada.post("/cart/add", {"product_id": book["id"]})

    assert len(ada.get("/cart").json["items"]) == 1
    assert eve.get("/cart").json["items"] == []


def test_a_cart_holds_only_so_many_different_things(admin, shopper) -> None:
    box = admin.product(variants=[{"title": f"{n}", "stock": 1} for n in range(100)])
    variants = [variant["id"] for variant in box["variants"]]
    for variant in variants[:100]:
        shopper.post("/cart/add", {"product_id": box["id"], "variant_id": variant})

    refused = shopper.post("/cart/add", {"product_id": box["id"], "variant_id": variants[100]})

    assert refused.status_code == 400
    assert refused.json["error"] == "cart_full"
    assert len(shopper.get("/cart").json["items"]) == 100


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/cart"), ("POST", "/cart/add"), ("POST", "/cart/remove")]
)
def test_a_guest_has_no_cart(client, method, path) -> None:
    refused = client.send(method, path)

    assert refused.status_code == 401
    assert refused.headers["www-authenticate"].startswith("Bearer")


def test_a_quantity_is_a_whole_number_within_reason(admin, shopper) -> None:
    book = admin.product()

    for quantity in (0, -1, 1.5, 10_000, 2**63, "2", True, None):
        for path in ("/cart/add", "/cart/remove"):
            refused = shopper.post(path, {"product_id": book["id"], "quantity": quantity})
            assert refused.status_code == 422
            assert list(refused.json["details"]) == ["quantity"]
    assert shopper.get("/cart").json["items"] == []


def test_a_malformed_line_names_its_fault(shopper) -> None:
    for body, field in MALFORMED_LINES:
        refused = shopper.post("/cart/add", body)
        assert refused.status_code == 422
        assert list(refused.json["details"]) == [field]


def test_a_body_that_is_not_json_is_malformed(shopper) -> None:
    refused = shopper.send("POST", "/cart/add", body='{"product_id"')

    assert refused.status_code == 400
    assert refused.json["error"] == "malformed_json"


def test_ids_are_the_same_in_capitals(admin, shopper) -> None:
    book = admin.product(title="Emma")
    shopper.post("/cart/add", {"product_id": book["id"].upper()})

    cart = shopper.post("/cart/add", {"product_id": book["id"]})

    assert lines(cart) == [("Emma", 2)]
