"""The payment gateway for real money: Stripe."""

from collections.abc import Awaitable
from http import HTTPStatus
from typing import TYPE_CHECKING, Protocol

from common.logging import log
from common.money import Money
from domain.payment.errors import PaymentRefused
from domain.payment.gateway import Bill, Charge, Opened, PaymentKind, Refunded
from infrastructure.payments import stripe_refunds
from infrastructure.payments.stripe_connection import StripeConnection
from infrastructure.payments.stripe_intents import StripeIntents
from infrastructure.payments.stripe_sessions import StripeSessions

if TYPE_CHECKING:
    from stripe._v1_services import V1Services

TEST_CARD = "pm_card_visa"


class StripeGateway:
    """Meets ``PaymentGateway``. Whoever made the connection closes it."""

    def __init__(self, connection: StripeConnection, publishable_key: str) -> None:
        self._stripe = connection
        self._publishable_key = publishable_key

    @property
    def publishable_key(self) -> str:
        return self._publishable_key

    async def charge(self, bill: Bill, token: str | None) -> Charge:
        """Take the money; with a key that moves none, the card that pays is Stripe's test card."""
        card = token or (TEST_CARD if self._stripe.is_test else None)
        if card is None:
            raise PaymentRefused(reason="paying at once takes a payment_token")
        async with self._stripe.call() as v1:
            return await StripeIntents(v1).charge(bill, card)

    async def open(self, bill: Bill) -> Opened:
        async with self._stripe.call() as v1:
            return await _desk(v1, bill).make(bill)

    async def look_up(self, bill: Bill) -> Charge | None:
        async with self._stripe.call() as v1:
            desk = _desk(v1, bill)
            reference = await _reference(desk, bill)
            return await _known(bill, desk.ended(reference)) if reference else _never_made(bill)

    async def close(self, bill: Bill) -> Charge:
        async with self._stripe.call() as v1:
            desk = _desk(v1, bill)
            reference = await _reference(desk, bill)
            charge = await _known(bill, desk.end(reference)) if reference else _never_made(bill)
            if charge.paid or bill.kind is not PaymentKind.CHARGE:
                return charge
            return await StripeIntents(v1).long_ago(bill) or charge

    async def refund(self, key: str, charge: str, amount: Money) -> Refunded:
        async with self._stripe.call() as v1:
            return await stripe_refunds.refund(v1, key, charge, amount)


class _Desk(Protocol):
    """Where a kind of payment is dealt with."""

    async def make(self, bill: Bill) -> Opened: ...

    async def ended(self, reference: str) -> Charge | None: ...

    async def end(self, reference: str) -> Charge: ...


def _desk(v1: "V1Services", bill: Bill) -> _Desk:
    return StripeSessions(v1) if bill.kind is PaymentKind.SESSION else StripeIntents(v1)


async def _reference(desk: _Desk, bill: Bill) -> str | None:
    """Name what was made for a bill. Where we never heard, making it again returns it.

    Nothing, if it can be made no more: what never was, or ran out before any shopper saw it.
    """
    from stripe import InvalidRequestError

    if bill.reference:
        return bill.reference
    try:
        return (await desk.make(bill)).reference
    except (InvalidRequestError, PaymentRefused):
        return None


async def _known[T](bill: Bill, answer: Awaitable[T]) -> T | Charge:
    """Take a payment as canceled that Stripe does not know: another account's, or a stand-in's."""
    from stripe import InvalidRequestError

    try:
        return await answer
    except InvalidRequestError as error:
        if error.http_status != HTTPStatus.NOT_FOUND or bill.reference is None:
            raise
        log.warning("Stripe does not know {} of payment {}", bill.reference, bill.key)
        return Charge(bill.reference, False, "canceled")


def _never_made(bill: Bill) -> Charge:
    return Charge(bill.key, False, "expired")
