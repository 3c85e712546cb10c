"""Reads Stripe's events. The stand-in's have the same shape, and are signed the same way."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from importlib import import_module
from typing import Any

import msgspec

from common.clock import utc_now
from domain.payment.errors import WebhookVerificationFailed
from domain.payment.events import Event, Fact, MoneyReturned, PaymentDeclined, PaymentEnded
from domain.payment.gateway import Charge
from infrastructure.payments.amounts import from_stripe
from infrastructure.payments.declines import decline_code

TOLERANCE = 300
"""How old a signature may be, in seconds: who overhears an event cannot send it again later."""

type Json = Mapping[str, Any]


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
        name, kind = _text(event, "id"), _text(event, "type")
        if name is None or kind is None:
            raise WebhookVerificationFailed
        return Event(id=name, type=kind, created_at=_moment(event), payload=event)

    def fact(self, event: Event) -> Fact | None:
        """Tell what an event means to us. Fields that are missing are not known, and no fault."""
        about = _part(_part(event.payload, "data"), "object")
        read = _READERS.get(event.type)
        return read(about) if read and _text(about, "id") else None


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
        charge=Charge(_name(session, "payment_intent") or session["id"], paid=True),
        amount=_amount(session, "amount_total"),
    )


def _session_ended(code: str) -> Callable[[Json], Fact]:
    def read(session: Json) -> Fact:
        reference = _name(session, "payment_intent") or session["id"]
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
    code = decline_code(_part(intent, "last_payment_error"))
    return PaymentDeclined(intent["id"], _key(intent), code)


def _refunded(charge: Json) -> Fact | None:
    total = _amount(charge, "amount_refunded")
    if total is None:
        return None
    return MoneyReturned(_name(charge, "payment_intent") or charge["id"], total, _key(charge))


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
    return _text(_part(thing, "metadata"), "payment_id")


def _part(thing: Json, name: str) -> Json:
    value = thing.get(name)
    return value if isinstance(value, dict) else {}


def _text(thing: Json, name: str) -> str | None:
    value = thing.get(name)
    return value if isinstance(value, str) and value else None


def _name(thing: Json, name: str) -> str | None:
    """Read a reference to another thing, which may stand there whole."""
    return _text(thing, name) or _text(_part(thing, name), "id")


def _amount(thing: Json, *names: str) -> int | None:
    """Read the first of these amounts that is given, in our smallest unit."""
    for name in names:
        value = thing.get(name)
        if type(value) is int:  # and no truth value
            return from_stripe(value, _text(thing, "currency") or "")
    return None


def _moment(event: Json) -> datetime:
    created = event.get("created")
    try:
        return datetime.fromtimestamp(created, UTC) if type(created) is int else utc_now()
    except (ValueError, OverflowError, OSError):
        return utc_now()
