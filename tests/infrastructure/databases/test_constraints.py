"""What the database itself refuses, whatever the code above it gets wrong."""

import pytest
from sqlalchemy import text
from support.shopping import buy, fill, place

from common.errors import ConcurrentUpdate

REFUSED = {
    "two users with one address": "UPDATE users SET email = 'same@example.com'",
    "a role that does not exist": "UPDATE users SET role = 'KING'",
    "less than no stock": "UPDATE variants SET stock = -1",
    "a price below nothing": "UPDATE variants SET price_amount = -1",
    "two products with one SKU": "UPDATE variants SET sku = 'same'",
    "an empty line in a cart": "UPDATE cart_items SET quantity = 0",
    "two lines for one variant": (
        "INSERT INTO cart_items (id, cart_id, product_id, variant_id, quantity, price_amount,"
        " added_at) SELECT 'another', cart_id, product_id, variant_id, 1, 1, added_at"
        " FROM cart_items"
    ),
    "two carts for one user": (
        "INSERT INTO carts (id, user_id, created_at, updated_at)"
        " SELECT 'another', user_id, created_at, updated_at FROM carts"
    ),
    "an empty line in an order": "UPDATE order_items SET quantity = 0",
    "a total below nothing": "UPDATE orders SET total_amount = -1",
    "a status that does not exist": "UPDATE orders SET status = 'LOST'",
    "two orders with one number": "UPDATE orders SET order_number = 'PG-1'",
    "two orders for one checkout": "UPDATE orders SET checkout_key = 'same'",
    "a user forgotten while orders exist": "DELETE FROM users",
    "an order for nobody": "UPDATE orders SET user_id = 'nobody'",
    "a payment for nothing": "UPDATE payments SET order_id = 'nothing'",
    "a line for nothing": "UPDATE order_items SET product_id = 'nothing'",
}


def execute(run, client, statement: str) -> int:
    """Change rows behind the back of everything."""
    return run(client.shop.database.write(lambda tx: tx._session.run(text(statement))))


@pytest.fixture
def busy(admin, shopper) -> None:
    """A shop in which there is some of everything, and two of what must differ."""
    book, pen = admin.product(), admin.product()
    for product in (book, pen):
        buy(shopper, product)
    fill(shopper, book)


@pytest.mark.usefixtures("busy")
def test_what_must_never_be_is_refused(run, client) -> None:
    for what, statement in REFUSED.items():
        try:
            execute(run, client, statement)
        except ConcurrentUpdate:
            continue
        pytest.fail(f"the database accepted {what}")


def test_an_order_survives_its_product(run, admin, shopper) -> None:
    book = admin.product(title="Emma", price_cents=999)
    order = buy(shopper, book)

    execute(run, admin, "DELETE FROM products")

    line = shopper.get(f"/orders/{order['id']}").json["items"][0]
    assert (line["title"], line["price_cents"], line["quantity"]) == ("Emma", 999, 1)
    assert (line["product_id"], line["variant_id"]) == (None, None)


def test_a_pending_order_whose_product_is_gone_can_still_be_canceled(run, admin, shopper) -> None:
    order = place(shopper, admin.product()).json
    execute(run, admin, "DELETE FROM products")

    canceled = admin.patch(f"/orders/{order['id']}", {"status": "CANCELED"})

    assert canceled.json["status"] == "CANCELED"


def test_a_cart_loses_what_is_no_longer_known(run, admin, shopper) -> None:
    book = admin.product()
    fill(shopper, book)

    execute(run, admin, "DELETE FROM products")

    assert shopper.get("/cart").json["items"] == []
    assert shopper.post("/checkout", {}).json["error"] == "cart_empty"


def test_a_deleted_order_takes_its_lines_and_payments_along(run, admin, shopper) -> None:
    order = place(shopper, admin.product()).json
    shopper.post(f"/orders/{order['id']}/pay", {"payment_token": "tok_chargeDeclined"})

    assert admin.delete(f"/orders/{order['id']}").status_code == 204

    for every_row in ("UPDATE order_items SET id = id", "UPDATE payments SET id = id"):
        assert execute(run, admin, every_row) == 0
