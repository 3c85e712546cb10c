"""Reads Stripe's events. The stand-in's have the same shape, and are signed the same way."""

import asyncio
from collections.abc import Callable
from importlib import import_module

import msgspec

from common.clock import utc_now
from domain.payment.errors import WebhookVerificationFailed
from domain.payment.events import (
    Event,
    Fact,
    MoneyReturned,
    PaymentDeclined,
    PaymentEnded,
    ToldElsewhere,
)
from domain.payment.gateway import Charge
from infrastructure.payments.amounts import from_stripe
from infrastructure.payments.declines import decline_code
from infrastructure.payments.fields import Json, moment, name_of, part, text
from infrastructure.payments.subscription_events import subscription_fact

TOLERANCE = 300
"""How old a signature may be, in seconds: who overhears an event cannot send it again later."""


class StripeEvents:
    """Understands events that are signed with one of ``secrets``; several while one is replaced."""

    def __init__(self, *secrets: str) -> None:
        self._secrets = secrets

    async def open(self) -> None:
        """Load the SDK now, which takes long, and not in the first webhook."""
        await asyncio.to_thread(import_module, "stripe")

    async def close(self) -> None:
        """Nothing stays open."""

    def read(self, payload: bytes, signature: str | None) -> Event:
        """Check the signature on the raw bytes; raises ``WebhookVerificationFailed``."""
        if not any(_signed(payload, signature, secret) for secret in self._secrets):
            raise WebhookVerificationFailed
        try:
            said = msgspec.json.decode(payload)
        except (ValueError, RecursionError) as error:
            raise WebhookVerificationFailed from error
        event = said if isinstance(said, dict) else {}
        name, kind = text(event, "id"), text(event, "type")
        if name is None or kind is None:
            raise WebhookVerificationFailed
        at = moment(event, "created") or utc_now()
        return Event(id=name, type=kind, created_at=at, payload=event)

    def fact(self, event: Event) -> Fact | None:
        """Tell what an event means to us. Fields that are missing are not known, and no fault."""
        about = part(event.payload, "data", "object")
        if text(about, "id") is None:
            return None
        if about.get("mode") == "subscription" and event.type.startswith("checkout.session."):
            return ToldElsewhere("what becomes of a subscription is told by its own events")
        read = _READERS.get(event.type)
        return read(about) if read else subscription_fact(event.type, about, event.created_at)


def _signed(payload: bytes, signature: str | None, secret: str) -> bool:
    from stripe import SignatureVerificationError, WebhookSignature  # it takes long to load

    try:
        return bool(WebhookSignature.verify_header(payload, signature, secret, TOLERANCE))
    except (SignatureVerificationError, ValueError, TypeError):  # not UTF-8; not ASCII
        return False


def _completed(session: Json) -> Fact | None:
    if session.get("payment_status") in ("paid", "no_payment_required"):
        return _session_paid(session)
    return None  # the money is on its way: another event will tell


def _session_paid(session: Json) -> Fact:
    return PaymentEnded(
        reference=session["id"],
        key=_key(session),
        charge=Charge(name_of(session, "payment_intent") or session["id"], paid=True),
        amount=_amount(session, "amount_total"),
    )


def _session_ended(code: str) -> Callable[[Json], Fact]:
    def read(session: Json) -> Fact:
        reference = name_of(session, "payment_intent") or session["id"]
        return PaymentEnded(session["id"], _key(session), Charge(reference, False, code), None)

    return read


def _intent_paid(intent: Json) -> Fact:
    return PaymentEnded(
        reference=intent["id"],
        key=_key(intent),
        charge=Charge(intent["id"], paid=True),
        amount=_amount(intent, "amount_received", "amount"),
    )


def _intent_canceled(intent: Json) -> Fact:
    charge = Charge(intent["id"], False, "canceled")
    return PaymentEnded(intent["id"], _key(intent), charge, None)


def _declined(intent: Json) -> Fact:
    code = decline_code(part(intent, "last_payment_error"))
    return PaymentDeclined(intent["id"], _key(intent), code)


def _refunded(charge: Json) -> Fact | None:
    total = _amount(charge, "amount_refunded")
    if total is None:
        return None
    return MoneyReturned(name_of(charge, "payment_intent") or charge["id"], total, _key(charge))


_READERS: dict[str, Callable[[Json], Fact | None]] = {
    "checkout.session.completed": _completed,
    "checkout.session.async_payment_succeeded": _session_paid,
    "checkout.session.async_payment_failed": _session_ended("async_payment_failed"),
    "checkout.session.expired": _session_ended("expired"),
    "payment_intent.succeeded": _intent_paid,
    "payment_intent.canceled": _intent_canceled,
    "payment_intent.payment_failed": _declined,
    "charge.refunded": _refunded,
}


def _key(thing: Json) -> str | None:
    return text(part(thing, "metadata"), "payment_id")


def _amount(thing: Json, *names: str) -> int | None:
    """Read the first of these amounts that is given, in our smallest unit."""
    for name in names:
        value = thing.get(name)
        if type(value) is int:  # and no truth value
            return from_stripe(value, text(thing, "currency") or "")
    return None
