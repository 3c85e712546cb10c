"""What guests do, who hold a cart by its session."""

from typing import Any

from support.client import PASSWORD, Client

type Json = dict[str, Any]

CART = "/api/v1/cart"
ITEMS = f"{CART}/items"


def gather(guest: Client, product: Json, quantity: int = 1, **more: Any) -> Json:
    """Put something in a cart as a guest does; answer with the cart."""
    wish = {"product_id": product["id"], "quantity": quantity} | more
    added = guest.post(ITEMS, wish)
    assert added.status_code == 200, added.json
    return added.json["cart"]


def held(cart: Json) -> dict[str, int]:
    """Tell how many of what is in a cart."""
    return {item["name"]: item["quantity"] for item in cart["items"]}


def log_in(client: Client, shopper: Client, **more: Any) -> Json:
    """Log in, by address and password; answer with the tokens."""
    login = {"email": shopper.email, "password": PASSWORD} | more
    logged_in = client.post("/auth/login", login)
    assert logged_in.status_code == 200, logged_in.json
    return logged_in.json
