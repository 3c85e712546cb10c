"""The payment gateway that ships: it moves no money, and otherwise behaves like Stripe."""

from datetime import UTC, datetime

from common.clock import Clock, utc_now
from common.money import Money
from domain.database import Database
from domain.payment.errors import PaymentRefused
from domain.payment.gateway import Bill, Charge, Opened, PaymentKind, Refunded, RefundStatus
from infrastructure.databases.transaction import SqlTransaction
from infrastructure.payments.declines import decline_code
from infrastructure.payments.stand_in import moves, shapes
from infrastructure.payments.stand_in.cards import card_of
from infrastructure.payments.stand_in.ledger import Ledger
from infrastructure.payments.stand_in.shapes import Json, Parameters
from infrastructure.payments.stand_in.terms import check, check_session
from infrastructure.payments.stripe_parameters import intent_parameters, session_parameters

_PAGE = "/stand-in/checkout"
_STATUS = {"succeeded": RefundStatus.SUCCEEDED, "failed": RefundStatus.FAILED}


class StandInGateway:
    """Takes and returns money that is not there, out of books in the shop's own database.

    It is asked in the very words that Stripe would be asked in, and opens its payment pages
    where the shop itself is found.
    """

    publishable_key = "pk_test_stand_in"

    def __init__(self, database: Database[SqlTransaction], clock: Clock = utc_now) -> None:
        self._database = database
        self._clock = clock

    async def charge(self, bill: Bill, token: str | None) -> Charge:
        asked = _parameters(bill)
        check(asked)

        async def unit(tx: SqlTransaction) -> Charge:
            books = Ledger(tx, self._clock())
            intent = shapes.intent_of(asked, books.now)
            charge = shapes.attempt(intent, card_of(token), books.now)
            known = await books.once(bill.key, asked, intent)
            if known is intent and charge:
                await books.add(charge)  # without an event: this very answer tells the shop
            return _charge_of(known)

        return await self._database.write(unit)

    async def open(self, bill: Bill) -> Opened:
        asked = _parameters(bill)

        async def unit(tx: SqlTransaction) -> Json:
            books = Ledger(tx, self._clock())
            if known := await books.asked_for(bill.key, asked):
                return known
            check(asked)
            if bill.session:
                check_session(asked, books.now.timestamp())
            return await _made(books, bill, asked)

        return _opened(await self._database.write(unit))

    async def look_up(self, bill: Bill) -> Charge | None:
        async def unit(tx: SqlTransaction) -> Charge | None:
            books = Ledger(tx, self._clock())
            known = await _found(books, bill)
            if known and known["object"] == "checkout.session":
                await moves.notice_expiry(books, known)
            return _charge_of(known) if known and _is_over(known, bill.kind) else None

        return await self._database.write(unit)

    async def close(self, bill: Bill) -> Charge:
        """End a payment; one that never came to be is made first, so that its key is used up."""

        async def unit(tx: SqlTransaction) -> Charge:
            books = Ledger(tx, self._clock())
            known = await _found(books, bill) or await _made(books, bill, _parameters(bill))
            await moves.end(books, known)
            return _charge_of(known)

        try:
            return await self._database.write(unit)
        except PaymentRefused:  # it cannot come to be
            return Charge(bill.key, paid=False, decline_code="canceled")

    async def refund(self, key: str, charge: str, amount: Money) -> Refunded:
        async def unit(tx: SqlTransaction) -> Refunded:
            books = Ledger(tx, self._clock())
            refund = shapes.refund_of(charge, amount, books.now)
            words = {"charge": charge, "amount": amount.amount, "currency": amount.currency}
            known = await books.once(key, words, refund)
            if known is refund:
                await moves.give_back(books, refund)
            return Refunded(known["id"], _STATUS[known["status"]], known["failure_reason"])

        return await self._database.write(unit)


async def _found(books: Ledger, bill: Bill) -> Json | None:
    if bill.reference and (known := await books.find(bill.reference)):
        return known
    return await books.asked_for(bill.key)


async def _made(books: Ledger, bill: Bill, asked: Parameters) -> Json:
    if bill.session:
        made = shapes.session_of(asked, f"{bill.session.origin}{_PAGE}", books.now)
    else:
        made = shapes.intent_of(asked, books.now)
    return await books.once(bill.key, asked, made)


def _parameters(bill: Bill) -> Parameters:
    """Say what Stripe would be asked for."""
    if bill.kind is PaymentKind.SESSION:
        return session_parameters(bill)
    return intent_parameters(bill)


def _is_over(thing: Json, kind: PaymentKind) -> bool:
    """Tell whether no card can be tried any more; a charge tries one and no other."""
    if thing["status"] not in moves.OPEN:
        return True
    return kind is PaymentKind.CHARGE and thing["last_payment_error"] is not None


def _charge_of(thing: Json) -> Charge:
    """Read what was taken, if anything was."""
    if thing["object"] == "checkout.session":
        if thing["status"] == "complete":
            return Charge(thing["payment_intent"], paid=True)
        return Charge(thing["id"], paid=False, decline_code="expired")
    if thing["status"] == "succeeded":
        return Charge(thing["id"], paid=True)
    error = thing["last_payment_error"]
    return Charge(thing["id"], False, decline_code(error) if error else "canceled")


def _opened(thing: Json) -> Opened:
    if thing["object"] != "checkout.session":
        return Opened(thing["id"], thing["client_secret"])
    return Opened(
        thing["id"],
        None if thing["url"] else thing["client_secret"],
        thing["url"],
        datetime.fromtimestamp(thing["expires_at"], UTC),
    )
