"""Subscriptions and invoices as Stripe writes them: now, and as it did until 2025."""

from typing import Any

from support.stripe_events import event

type Json = dict[str, Any]

START = 1_767_225_600  # the first second of 2026
DAY = 24 * 60 * 60
MONTH = 30 * DAY
PRO_PRICE, ENTERPRISE_PRICE = "price_pro", "price_enterprise"
PRICES = {"stripe_pro_price_id": PRO_PRICE, "stripe_enterprise_price_id": ENTERPRISE_PRICE}
"""Settings of a shop that sells plans at these."""
SUBSCRIPTION = "customer.subscription"


def at(second: int, kind: str, about: Json) -> Json:
    """Write an event down that came so many seconds after the start."""
    return event(kind, about, created=START + second)


def subscription(
    status: str = "active", *, price: str = PRO_PRICE, months: int = 0, **others: Any
) -> Json:
    """Write a subscription down as it is in its first month, or a later one."""
    return _bare_subscription(status) | {"items": _list(_item(price) | _period(months))} | others


def old_subscription(
    status: str = "active", *, price: str = PRO_PRICE, months: int = 0, **others: Any
) -> Json:
    """Write one down as it was: its period at the top, and the plan there too."""
    items, plan = _list(_item(price)), {"id": price, "object": "plan"}
    told = {"items": items, "plan": plan, "quantity": 1} | _period(months)
    return _bare_subscription(status) | told | others


def invoice(
    *, price: str = PRO_PRICE, months: int = 0, user_id: str | None = None, **others: Any
) -> Json:
    """Write down an invoice for a month of a subscription."""
    details = {
        "metadata": {"user_id": user_id} if user_id else {},
        "subscription": "sub_1",
    }
    parent = {
        "type": "subscription_details",
        "quote_details": None,
        "subscription_details": details,
    }
    return _bare_invoice() | {"parent": parent, "lines": _list(line(price, months))} | others


def line(price: str, months: int = 0, *, amount: int = 2900, proration: bool = False) -> Json:
    """Write down what an invoice asks money for."""
    item = {"proration": proration, "subscription": "sub_1", "subscription_item": "si_1"}
    return {
        "id": "il_1",
        "object": "line_item",
        "amount": amount,
        "currency": "usd",
        "metadata": {},
        "parent": {"type": "subscription_item_details", "subscription_item_details": item},
        "period": {"start": START + MONTH * months, "end": START + MONTH * (months + 1)},
        "pricing": {
            "type": "price_details",
            "price_details": {"price": price, "product": "prod_1"},
            "unit_amount_decimal": str(amount),
        },
    }


def old_invoice(
    *, price: str = PRO_PRICE, months: int = 0, user_id: str | None = None, **others: Any
) -> Json:
    """Write one down as it was: the subscription at the top, and lines with whole prices."""
    sold = {
        "id": "il_1",
        "object": "line_item",
        "amount": 2900,
        "period": {"start": START + MONTH * months, "end": START + MONTH * (months + 1)},
        "plan": {"id": price, "object": "plan"},
        "price": {"id": price, "object": "price", "type": "recurring"},
        "proration": False,
        "subscription": "sub_1",
        "type": "subscription",
    }
    told = {"metadata": {"user_id": user_id} if user_id else {}}
    return (
        _bare_invoice()
        | {"subscription": "sub_1", "subscription_details": told, "lines": _list(sold)}
        | others
    )


def _bare_subscription(status: str) -> Json:
    return {
        "id": "sub_1",
        "object": "subscription",
        "billing_cycle_anchor": START,
        "billing_mode": {"type": "flexible"},
        "cancel_at": None,
        "cancel_at_period_end": False,
        "canceled_at": None,
        "collection_method": "charge_automatically",
        "created": START,
        "currency": "usd",
        "customer": "cus_1",
        "ended_at": None,
        "latest_invoice": "in_1",
        "livemode": False,
        "metadata": {},
        "pause_collection": None,
        "start_date": START,
        "status": status,
        "trial_end": None,
        "trial_start": None,
    }


def _bare_invoice() -> Json:
    return {
        "id": "in_1",
        "object": "invoice",
        "amount_due": 2900,
        "amount_paid": 2900,
        "billing_reason": "subscription_cycle",
        "created": START,
        "currency": "usd",
        "customer": "cus_1",
        "customer_email": "ada@shop.example",
        "livemode": False,
        "metadata": {},
        "status": "paid",
    }


def _item(price: str) -> Json:
    whole = {"id": price, "object": "price", "recurring": {"interval": "month"}}
    return {"id": "si_1", "object": "subscription_item", "price": whole, "quantity": 1}


def _period(months: int) -> Json:
    start = START + MONTH * months
    return {"current_period_start": start, "current_period_end": start + MONTH}


def _list(thing: Json) -> Json:
    return {"object": "list", "data": [thing], "has_more": False, "total_count": 1}
