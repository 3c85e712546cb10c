"""Events as Stripe sends them: in its shapes, and signed with the shop's secret."""

import json
from typing import Any
from uuid import uuid4

from falcon.testing import Result
from stripe import WebhookSignature

from app.container import Container
from common.clock import utc_now
from domain.payment.gateway import Bill
from infrastructure.payments.amounts import to_stripe
from support.client import Client

type Json = dict[str, Any]

WEBHOOK = "/api/v1/webhooks/stripe"


def event(kind: str, about: Json, **others: Any) -> Json:
    """Write an event about an object, as it is now."""
    return {
        "id": f"evt_{uuid4().hex}",
        "object": "event",
        "type": kind,
        "created": int(utc_now().timestamp()),
        "data": {"object": dict(about)},
    } | others


def session_of(bill: Bill, **others: Any) -> Json:
    """Write down the checkout session of a bill: one that is open, unless it is said otherwise."""
    return {
        "id": f"cs_{bill.key}",
        "object": "checkout.session",
        "amount_total": to_stripe(bill.amount),
        "currency": bill.amount.currency.lower(),
        "metadata": dict(bill.metadata),
        "payment_intent": None,
        "payment_status": "unpaid",
        "status": "open",
    } | others


def paid_session_of(bill: Bill, **others: Any) -> Json:
    paid = {"payment_intent": f"pi_{bill.key}", "payment_status": "paid", "status": "complete"}
    return session_of(bill, **paid) | others


def intent_of(bill: Bill, **others: Any) -> Json:
    """Write down the payment intent of a bill: one that is open, unless it is said otherwise."""
    return {
        "id": f"pi_{bill.key}",
        "object": "payment_intent",
        "amount": to_stripe(bill.amount),
        "amount_received": 0,
        "currency": bill.amount.currency.lower(),
        "last_payment_error": None,
        "metadata": dict(bill.metadata),
        "status": "requires_payment_method",
    } | others


def paid_intent_of(bill: Bill, **others: Any) -> Json:
    return intent_of(bill, amount_received=to_stripe(bill.amount), status="succeeded") | others


def declined_intent_of(bill: Bill, code: str = "card_declined", **others: Any) -> Json:
    error = {"type": "card_error", "code": code, "decline_code": code}
    return intent_of(bill, last_payment_error=error) | others


def charge_of(bill: Bill, refunded: int, **others: Any) -> Json:
    """Write down the charge of a bill, and how much of it went back."""
    return {
        "id": f"ch_{bill.key}",
        "object": "charge",
        "amount": to_stripe(bill.amount),
        "amount_refunded": refunded,
        "currency": bill.amount.currency.lower(),
        "metadata": dict(bill.metadata),
        "payment_intent": f"pi_{bill.key}",
    } | others


def signed(shop: Container, event: Json) -> tuple[bytes, str]:
    """Write an event out, and sign it with the secret that the shop knows."""
    payload = json.dumps(event)
    secret = shop.payments.reader._secrets[0]  # type: ignore[attr-defined]
    return payload.encode(), WebhookSignature.generate_signature_header(payload, secret)


def send(client: Client, event: Json) -> Result:
    """Post an event, as Stripe does."""
    payload, signature = signed(client.shop, event)
    headers = {"Content-Type": "application/json", "Stripe-Signature": signature}
    return client.send("POST", WEBHOOK, headers=headers, body=payload)
