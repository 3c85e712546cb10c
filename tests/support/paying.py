"""Sessions and intents: opened, paid at the bank, and told of."""

from typing import Any

from support.bank import Bank
from support.client import Client
from support.shopping import fill
from support.stripe_events import send

type Json = dict[str, Any]

SESSIONS, INTENTS = "/api/v1/checkout/session", "/api/v1/checkout/payment-intent"
WISH = {"success_url": "https://shop.example/thanks?session={CHECKOUT_SESSION_ID}"}


def open_session(shopper: Client, product: Json | None = None, quantity: int = 1) -> Json:
    """Open a session for what is in the cart, or is put there first."""
    if product:
        fill(shopper, product, quantity)
    opened = shopper.post(SESSIONS, WISH)
    assert opened.status_code == 201, opened.json
    return opened.json


def open_intent(shopper: Client, product: Json | None = None, quantity: int = 1) -> Json:
    """Open a payment intent for what is in the cart, or is put there first."""
    if product:
        fill(shopper, product, quantity)
    opened = shopper.post(INTENTS, {})
    assert opened.status_code == 201, opened.json
    return opened.json


def look(shopper: Client, session: Json) -> Json:
    """Ask how a session stands."""
    shown = shopper.get(f"{SESSIONS}/{session['session_id']}")
    assert shown.status_code == 200, shown.json
    return shown.json


def key_of(opened: Json) -> str:
    """Tell under which key the bank knows what was opened."""
    name: str = opened.get("session_id") or opened["payment_intent_id"]
    return name.partition("_")[2]


def tell(client: Client, bank: Bank, *, backwards: bool = False, times: int = 1) -> None:
    """Deliver all the bank has to tell, each event so many times."""
    for event in bank.events[:: -1 if backwards else 1]:
        for _ in range(times):
            assert send(client, event).status_code == 200
    bank.events.clear()
