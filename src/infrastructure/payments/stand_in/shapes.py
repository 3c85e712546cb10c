"""What the stand-in remembers, in the shapes of Stripe's own objects."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from common.money import Money
from infrastructure.payments.amounts import from_stripe, to_stripe
from infrastructure.payments.stand_in.cards import MESSAGES, Card

type Json = dict[str, Any]
type Parameters = Mapping[str, Any]
"""What Stripe would be sent."""

_OWN_CODES = frozenset({"card_declined", "expired_card", "incorrect_cvc", "processing_error"})
"""Reasons which Stripe tells in ``code``; of others it says ``card_declined`` there."""


def new_name(kind: str) -> str:
    """Make up a name for an object, which nobody can guess."""
    return f"{kind}_test_{secrets.token_hex(16)}"


def intent_of(asked: Parameters, now: datetime) -> Json:
    """Make the intent that is asked for, by us or by a session whose first card is tried."""
    name = new_name("pi")
    return {
        "id": name,
        "object": "payment_intent",
        "amount": asked["amount"],
        "amount_capturable": 0,
        "amount_received": 0,
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": "automatic",
        "client_secret": _secret(name),
        "confirmation_method": "automatic",
        "created": _seconds(now),
        "currency": asked["currency"],
        "customer": None,
        "description": None,
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": False,
        "metadata": asked["metadata"],
        "next_action": None,
        "payment_method": None,
        "payment_method_types": asked.get("allowed_payment_method_types", ["card"]),
        "receipt_email": asked.get("receipt_email"),
        "status": "requires_payment_method",
    }


def intent_of_session(session: Json, now: datetime) -> Json:
    """Make the intent that the money of a session is taken with: on its page, and only there."""
    asked = {
        "amount": session["amount_total"],
        "currency": session["currency"],
        "metadata": session["metadata"],
        "receipt_email": session["customer_email"],
    }
    return intent_of(asked, now) | {"client_secret": None}


def session_of(asked: Parameters, page: str, now: datetime) -> Json:
    name = new_name("cs")
    items = [_item(line) for line in asked["line_items"]]
    total = sum(item["amount_total"] for item in items)
    hosted = asked["ui_mode"] == "hosted_page"
    return {
        "id": name,
        "object": "checkout.session",
        "amount_subtotal": total,
        "amount_total": total,
        "cancel_url": asked.get("cancel_url"),
        "client_reference_id": asked["client_reference_id"],
        "client_secret": _secret(name),
        "created": _seconds(now),
        "currency": items[0]["currency"],
        "customer": None,
        "customer_email": asked.get("customer_email"),
        "expires_at": asked["expires_at"],
        "line_items": {"object": "list", "data": items},
        "livemode": False,
        "metadata": asked["metadata"],
        "mode": "payment",
        "payment_intent": None,
        "payment_method_types": ["card"],
        "payment_status": "unpaid",
        "return_url": asked.get("return_url"),
        "status": "open",
        "success_url": asked.get("success_url"),
        "ui_mode": asked["ui_mode"],
        "url": f"{page}/{name}" if hosted else None,
    }


def _item(line: Parameters) -> Json:
    price = line["price_data"]
    return {
        "id": new_name("li"),
        "object": "item",
        "amount_total": price["unit_amount"] * line["quantity"],
        "currency": price["currency"],
        "description": price["product_data"]["name"],
        "quantity": line["quantity"],
    }


def attempt(intent: Json, card: Card, now: datetime) -> Json | None:
    """Try to have an intent paid with a card; returns the charge, if it is one that pays."""
    if code := card.decline_code:
        intent["last_payment_error"] = {
            "type": "card_error",
            "code": code if code in _OWN_CODES else "card_declined",
            "decline_code": "generic_decline" if code == "card_declined" else code,
            "message": MESSAGES[code],
        }
        return None
    charge = {
        "id": new_name("ch"),
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": intent["amount"],
        "amount_refunded": 0,
        "captured": True,
        "created": _seconds(now),
        "currency": intent["currency"],
        "customer": None,
        "livemode": False,
        "metadata": intent["metadata"],
        "paid": True,
        "payment_intent": intent["id"],
        "payment_method": f"pm_card_{card.brand}",
        "payment_method_details": {
            "type": "card",
            "card": {"brand": card.brand, "last4": card.last_digits},
        },
        "receipt_email": intent["receipt_email"],
        "refunded": False,
        "status": "succeeded",
    }
    intent |= {
        "amount_received": intent["amount"],
        "last_payment_error": None,
        "latest_charge": charge["id"],
        "payment_method": charge["payment_method"],
        "status": "succeeded",
    }
    return charge


def refund_of(charge: str, amount: Money, now: datetime) -> Json:
    """Write down a refund that is still to be made; ``charge`` may name the intent, too."""
    is_intent = charge.startswith("pi_")
    return {
        "id": new_name("re"),
        "object": "refund",
        "amount": to_stripe(amount),
        "charge": None if is_intent else charge,
        "created": _seconds(now),
        "currency": amount.currency.lower(),
        "failure_reason": None,
        "metadata": {},
        "payment_intent": charge if is_intent else None,
        "reason": None,
        "status": "pending",
    }


def event_about(thing: Json, type_: str, now: datetime) -> Json:
    """Write down what became of an object, as it is now."""
    shown = {name: value for name, value in thing.items() if name != "line_items"}
    return {
        "id": new_name("evt"),
        "object": "event",
        "api_version": None,
        "created": _seconds(now),
        "data": {"object": shown},
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": type_,
    }


def money_of(amount: int, currency: str) -> Money:
    """Read an amount as it is written in an object."""
    ours = from_stripe(amount, currency)
    if ours is None:
        raise ValueError(f"{amount} {currency} is no amount of ours")
    return Money(ours, currency.upper())


def _secret(name: str) -> str:
    return f"{name}_secret_{secrets.token_hex(16)}"


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
