"""What Stripe's documentation says of selling plans, and its types do not tell."""

from typing import Any

from support.stripe_ledger import Refused, StripeLedger

type Json = dict[str, Any]

LONGEST_TRIAL = 730  # days
_PAGES = "https://checkout.stripe.com/c/pay"
_PORTAL = "https://billing.stripe.com/p/session"


def sell_plan(ledger: StripeLedger, asked: Json) -> Json:
    """Make a page that subscribes a customer."""
    customer = ledger.find(asked["customer"])
    terms = asked.get("subscription_data", {})
    if not 1 <= int(terms.get("trial_period_days", 1)) <= LONGEST_TRIAL:
        raise Refused("Trials have 1 to 730 days", param="subscription_data[trial_period_days]")
    for line in asked["line_items"].values():
        if not line["price"].startswith("price_"):
            raise Refused(f"No such price: '{line['price']}'", code="resource_missing")
    session = ledger.make(
        "checkout.session",
        "cs_test",
        mode="subscription",
        customer=customer["id"],
        client_reference_id=asked["client_reference_id"],
        metadata=asked["metadata"],
        created=len(ledger.things),  # each in a second of its own
        payment_status="unpaid",
        status="open",
    )
    session["url"] = f"{_PAGES}/{session['id']}"
    return session


def subscribe(ledger: StripeLedger, customer: str, status: str = "active") -> Json:
    """Subscribe a customer, as the page does once it is filled in."""
    name = f"sub_{len(ledger.things) + 1}"
    ledger.things[name] = {
        "id": name,
        "object": "subscription",
        "customer": customer,
        "status": status,
    }
    return ledger.things[name]


def subscriptions_of(ledger: StripeLedger, asked: Json) -> list[Json]:
    """List what a customer is subscribed to; what is canceled only if it is asked for."""
    return [
        thing
        for thing in _of(ledger, "subscription", asked)
        if thing["status"] != "canceled" or "status" in asked
    ]


def pages_of(ledger: StripeLedger, asked: Json) -> list[Json]:
    """List the pages of a customer that stand so, the latest first."""
    pages = _of(ledger, "checkout.session", asked)
    return [page for page in reversed(pages) if page["status"] == asked["status"]]


def _of(ledger: StripeLedger, kind: str, asked: Json) -> list[Json]:
    customer = ledger.find(asked["customer"])["id"]
    return [
        thing
        for thing in ledger.things.values()
        if thing["object"] == kind and thing["customer"] == customer
    ]


def open_portal(ledger: StripeLedger, asked: Json) -> Json:
    """Let a customer into the portal, once."""
    customer = ledger.find(asked["customer"])
    session = ledger.make("billing_portal.session", "bps", customer=customer["id"])
    return session | {"return_url": asked["return_url"], "url": f"{_PORTAL}/{session['id']}"}
