"""What shoppers and administrators do all day, in one call each."""

from typing import Any

from falcon.testing import Result

from support.client import Client

type Json = dict[str, Any]

DECLINED = "tok_chargeDeclined"


def fill(shopper: Client, product: Json, quantity: int = 1) -> None:
    """Put something in the cart."""
    added = shopper.post("/cart/add", {"product_id": product["id"], "quantity": quantity})
    assert added.status_code == 200, added.json


def buy(shopper: Client, product: Json, quantity: int = 1) -> Json:
    """Buy something by way of the cart."""
    fill(shopper, product, quantity)
    bought = shopper.post("/checkout", {})
    assert bought.status_code == 201, bought.json
    return bought.json


def place(client: Client, product: Json, quantity: int = 1, **more: Any) -> Result:
    """Ask for an order that is still to be paid."""
    line = {"product_id": product["id"], "quantity": quantity}
    return client.post("/orders", {"items": [line]} | more)


def order_in(status: str, admin: Client, shopper: Client, product: Json) -> Json:
    """Bring an order of one thing into a status, by the doors that lead there."""
    order: Json = place(shopper, product).json
    for step in {"FULFILLED": ["PAID", "FULFILLED"], "PENDING": []}.get(status, [status]):
        if step == "FAILED":
            shopper.post(f"/orders/{order['id']}/pay", {"payment_token": DECLINED})
        else:
            admin.patch(f"/orders/{order['id']}", {"status": step})
    order = admin.get(f"/orders/{order['id']}").json
    assert order["status"] == status
    return order


def statuses(shopper: Client) -> list[str]:
    """Tell how somebody's orders stand, in alphabetical order."""
    return sorted(order["status"] for order in shopper.get("/orders/me").json["items"])
