from typing import Any

import pytest
from support.shopping import buy, fill, order_in, place
from support.woo_shelves import value_of

ORDERS = "/api/v1/woocommerce/orders"
CUSTOMER = {
    "email": "customer@example.com",
    "first_name": "Jane",
    "last_name": "Doe",
    "phone": "+1234567890",
}
ADDRESS = {
    "address_1": "123 Main St",
    "city": "Los Angeles",
    "state": "CA",
    "postcode": "90001",
    "country": "US",
}


@pytest.fixture
def settings(settings, woo):
    return woo.told(settings)


@pytest.fixture
def rose(admin):
    """A product that is in the store as well."""
    rose = admin.product(title="Rose", price_cents=14950, stock=10, sku="ROSE")
    synced = admin.post("/api/v1/woocommerce/products/sync", {"product_id": rose["id"]})
    return rose | {"woo_id": synced.json["woocommerce_product_id"]}


def create(admin, order, **more: Any):
    return admin.post(ORDERS, {"order_id": order["id"]} | more)


def test_a_paid_order_is_placed_in_the_store(admin, shopper, woo, rose) -> None:
    order = buy(shopper, rose, 2)

    created = create(admin, order, customer=CUSTOMER, shipping=ADDRESS)

    assert created.status_code == 201, created.json
    (there,) = woo.till.orders.values()
    assert created.json == {
        "success": True,
        "order_id": order["id"],
        "order_number": order["order_number"],
        "woocommerce_order_id": there["id"],
        "woocommerce_order_number": there["number"],
        "status": "processing",
        "total": "299.00",
        "currency": "USD",
        "order_url": f"{woo.url}/wp-admin/post.php?post={there['id']}&action=edit",
        "created_at": there["date_created_gmt"] + "Z",
    }
    assert there["billing"] == CUSTOMER | ADDRESS
    assert there["shipping"] == ADDRESS | {
        name: CUSTOMER[name] for name in ("first_name", "last_name", "phone")
    }
    (line,) = there["line_items"]
    assert (line["product_id"], line["name"], line["quantity"]) == (rose["woo_id"], "Rose", 2)
    assert (line["subtotal"], line["total"]) == ("299.00", "299.00")
    assert value_of(there, "peregrine_order_id") == order["id"]
    assert there["transaction_id"]


def test_a_repeat_is_the_same_order(admin, shopper, woo, rose) -> None:
    order = buy(shopper, rose)

    first, second = create(admin, order), create(admin, order, customer=CUSTOMER)

    assert first.json == second.json
    assert len(woo.till.orders) == 1


def test_customer_and_address_are_the_orders_own_if_none_are_given(
    admin, shopper, woo, rose
) -> None:
    fill(shopper, rose)
    address = {"name": "Ada King Lovelace", "city": "London", "phone": "+44"}
    order = shopper.post("/checkout", {"shipping": address}).json

    create(admin, order)

    (there,) = woo.till.orders.values()
    person = {"first_name": "Ada King", "last_name": "Lovelace", "phone": "+44"}
    assert there["billing"] == {"city": "London", "email": shopper.email} | person
    assert there["shipping"] == {"city": "London"} | person


@pytest.mark.parametrize("status", ["PENDING", "FAILED", "CANCELED"])
def test_an_order_that_is_not_paid_stays_here(admin, shopper, woo, status) -> None:
    order = order_in(status, admin, shopper, admin.product())

    refused = create(admin, order)

    assert (refused.status_code, refused.json["error"]) == (409, "order_not_paid")
    assert woo.till.orders == {}


def test_an_order_paid_by_other_means_has_no_transaction(admin, shopper, woo) -> None:
    order = order_in("FULFILLED", admin, shopper, admin.product())

    assert create(admin, order).status_code == 201
    (there,) = woo.till.orders.values()
    assert (there["payment_method"], there["transaction_id"]) == ("other", "")


def test_an_order_is_found_by_its_payment_or_its_cart(run, shop, admin, shopper, rose) -> None:
    fill(shopper, rose)
    cart_id = shopper.get("/cart").json["cart_id"]
    order = shopper.post("/checkout", {}).json
    payment = run(shop.database.read(lambda tx: tx.payments.paid_of(order["id"])))

    for name in (
        {"cart_id": cart_id},
        {"stripe_session_id": payment.reference},
        {"cart_id": cart_id, "stripe_session_id": payment.reference, "order_id": order["id"]},
    ):
        created = admin.post(ORDERS, name)
        assert created.status_code == 201, created.json
        assert created.json["order_id"] == order["id"]


def test_an_order_that_is_being_paid_is_found_too_and_stays_here(admin, shopper, woo, rose) -> None:
    fill(shopper, rose)
    cart_id = shopper.get("/cart").json["cart_id"]
    session = shopper.post("/api/v1/checkout/session", {"success_url": "https://shop.example/"})

    for name in ({"cart_id": cart_id}, {"stripe_session_id": session.json["session_id"]}):
        refused = admin.post(ORDERS, name | {"cart_id": cart_id})
        assert (refused.status_code, refused.json["error"]) == (409, "order_not_paid")
    assert woo.till.orders == {}


def test_names_of_different_orders_name_none(admin, shopper, woo, rose) -> None:
    fill(shopper, rose)
    cart_id = shopper.get("/cart").json["cart_id"]
    shopper.post("/checkout", {})
    another = buy(shopper, rose)

    for body in (
        {"cart_id": cart_id, "order_id": another["id"]},
        {"stripe_session_id": "cs_test_unknown"},
        {"stripe_session_id": "cs_test_unknown", "order_id": another["id"]},
        {"order_id": rose["id"]},
    ):
        refused = admin.post(ORDERS, body)
        assert (refused.status_code, refused.json["error"]) == (404, "order_not_found")
    assert woo.till.orders == {}


def test_what_the_store_does_not_have_is_a_line_all_the_same(admin, shopper, woo, rose) -> None:
    unlinked = admin.product(title="Thorn", price_cents=100, sku="THORN")
    by_hand = woo.shelves.create({"name": "Thorn", "sku": "THORN"})
    nameless = admin.product(title="Leaf", price_cents=50)
    for product in (rose, unlinked, nameless):
        fill(shopper, product)
    woo.shelves.delete(rose["woo_id"], force=True)
    order = shopper.post("/checkout", {}).json

    created = create(admin, order)

    assert created.json["total"] == "151.00"
    (there,) = woo.till.orders.values()
    lines = {line["name"]: line for line in there["line_items"]}
    assert {name: line["product_id"] for name, line in lines.items()} == {
        "Rose": 0,
        "Thorn": by_hand["id"],
        "Leaf": 0,
    }
    assert lines["Leaf"]["total"] == "0.50"


def test_a_variant_is_ordered_as_its_variation(admin, shopper, woo) -> None:
    tee = admin.product(title="Tee", variants=[{"title": "L", "stock": 3}])
    synced = admin.post("/api/v1/woocommerce/products/sync", {"product_id": tee["id"]}).json
    large = synced["variations"][1]
    shopper.post("/cart/add", {"product_id": tee["id"], "variant_id": large["variant_id"]})
    order = shopper.post("/checkout", {}).json

    create(admin, order)

    (there,) = woo.till.orders.values()
    (line,) = there["line_items"]
    assert line["product_id"] == synced["woocommerce_product_id"]
    assert line["variation_id"] == large["woocommerce_variation_id"]


def test_a_total_that_was_agreed_on_is_the_stores_total_too(admin, shopper, woo, rose) -> None:
    order = place(shopper, rose).json
    admin.patch(f"/orders/{order['id']}", {"total_cents": 10000})
    admin.patch(f"/orders/{order['id']}", {"status": "PAID"})

    created = create(admin, order)

    assert created.json["total"] == "100.00"


def test_taxes_the_store_adds_of_its_own_accord_are_made_up_for(admin, shopper, woo, rose) -> None:
    woo.till.tax_percent = 19
    order = buy(shopper, rose, 2)

    created = create(admin, order)

    assert created.json["total"] == "299.00"
    (there,) = woo.till.orders.values()
    assert [fee["total"] for fee in there["fee_lines"]] == ["-56.81"]


MALFORMED = [
    ({}, "order_id"),
    ({"order_id": "7"}, "order_id"),
    ({"stripe_session_id": "../etc"}, "stripe_session_id"),
    ({"cart_id": None}, "cart_id"),
    ({"customer": {}}, "customer.email"),
    ({"customer": {"email": "nobody"}}, "customer.email"),
    ({"shipping": {"country": "Mars"}}, "shipping.country"),
    ({"total": "1.00"}, "total"),
]


def test_a_malformed_request_places_nothing_and_names_its_fault(admin, shopper, woo, rose) -> None:
    order = buy(shopper, rose)

    for body, field in MALFORMED:
        refused = admin.post(ORDERS, ({"order_id": order["id"]} if body else {}) | body)
        assert refused.status_code == 422, body
        assert list(refused.json["details"]) == [field]
    assert woo.till.orders == {}
