"""A payment gateway whose books a test can open, and whose wire a test can cut."""

from collections import Counter
from datetime import timedelta
from enum import StrEnum

from common.clock import Clock, utc_now
from common.ids import new_id
from common.money import Money
from domain.payment.errors import PaymentRefused, PaymentsUnavailable
from domain.payment.gateway import Bill, Charge, Opened, PaymentKind, Refunded, RefundStatus
from support import stripe_events as told
from support.stripe_events import Json

_LEAST_TIME = timedelta(minutes=30)
"""What a shopper must have to pay in, as at Stripe's."""


class PowerCut(BaseException):
    """The process ends here: no ``except Exception`` sees it, and nothing after it is done."""


class Cut(StrEnum):
    BEFORE = "before"
    """The gateway is asked, and the request never arrives."""
    AFTER = "after"
    """The gateway does what we ask, and we never hear of it."""


class Bank:
    """Keeps its books in memory: they outlive the shop's process, as a real bank's do."""

    publishable_key = "pk_of_the_bank"

    def __init__(self) -> None:
        self._outcomes: dict[str, Charge] = {}
        self._refunds: dict[str, Refunded] = {}
        self._opened: dict[str, Opened] = {}
        self.taken: dict[str, Money] = {}
        """What was really taken, by the shop's key."""
        self.returned: dict[str, Money] = {}
        """What was really given back, by the shop's key of the refund."""
        self.returned_of: Counter[str] = Counter()
        """What was really given back of a payment, in minor units, by the shop's key of that."""
        self.bills: dict[str, Bill] = {}
        """What was asked for, by the shop's key."""
        self.events: list[Json] = []
        """What there is to tell the shop. Nothing is, unless the test does it."""
        self.cut: Cut | None = None
        self.unreachable_for: set[str] = set()
        """Keys under which every call fails."""
        self.is_away = False
        """Whether every call fails."""
        self.refuses = False
        """Whether it will not have any bill."""
        self.refunds_fail = False
        """Whether it gives nothing back."""
        self.clock: Clock = utc_now
        self.asked: list[str] = []
        """The key of every call, in order."""

    async def charge(self, bill: Bill, token: str | None) -> Charge:
        self._reach(bill.key)
        if self.refuses:
            raise PaymentRefused(reason="the bank has its reasons")
        if bill.key not in self._outcomes:
            code = None if token != "tok_chargeDeclined" else "card_declined"
            if code:
                self._tell("payment_intent.payment_failed", told.declined_intent_of(bill, code))
            self._end(bill, code)
        self._lose_the_answer()
        return self._outcomes[bill.key]

    async def open(self, bill: Bill) -> Opened:
        self._reach(bill.key)
        if bill.key not in self._opened and self._is_hopeless(bill):
            raise PaymentRefused(reason="the bank has its reasons")
        self.bills[bill.key] = bill
        name = f"{'cs' if bill.session else 'pi'}_{bill.key}"
        opened = Opened(name, f"{name}_secret", f"https://bank/{bill.key}")
        known = self._opened.setdefault(bill.key, opened)
        self._lose_the_answer()
        return known

    async def look_up(self, bill: Bill) -> Charge | None:
        self._reach(bill.key)
        return self._outcomes.get(bill.key)

    async def close(self, bill: Bill) -> Charge:
        self._reach(bill.key)
        if bill.key not in self._outcomes:
            self._end(bill, "abandoned" if bill.session is None else "expired")
        self._lose_the_answer()
        return self._outcomes[bill.key]

    async def refund(self, key: str, charge: str, amount: Money) -> Refunded:
        self._reach(key)
        if key not in self._refunds:
            self._refunds[key] = self._give_back(charge.removeprefix("pi_"), key, amount)
        self._lose_the_answer()
        return self._refunds[key]

    def pay(self, key: str) -> Charge:
        """Let the shopper pay what was opened; too late once it has ended."""
        if key not in self._outcomes:
            self._end(self.bills[key], None)
        return self._outcomes[key]

    def pay_late(self, key: str) -> None:
        """Take the money although the shop was told that it would not come."""
        self._end(self.bills[key], None)

    def decline(self, key: str, code: str = "card_declined") -> None:
        """Decline a card that the shopper tries; another one may still pay."""
        if key not in self._outcomes:
            intent = told.declined_intent_of(self.bills[key], code)
            self._tell("payment_intent.payment_failed", intent)

    def give_back(self, key: str, amount: int) -> Refunded:
        """Give money of a payment back because somebody at the bank's own counter says so."""
        return self._give_back(key, new_id(), Money(amount, self.bills[key].amount.currency))

    def _give_back(self, paid: str, key: str, amount: Money) -> Refunded:
        left = self.taken[paid].amount - self.returned_of[paid] if paid in self.taken else 0
        if self.refunds_fail or not 0 < amount.amount <= left:
            return Refunded(new_id(), RefundStatus.FAILED, f"{left} of the charge is left")
        self.returned[key] = amount
        self.returned_of[paid] += amount.amount
        total = self.returned_of[paid]
        self._tell("charge.refunded", told.charge_of(self.bills[paid], total))
        return Refunded(new_id(), RefundStatus.SUCCEEDED)

    def _end(self, bill: Bill, decline_code: str | None) -> None:
        self.bills[bill.key] = bill
        if decline_code is None:
            self.taken[bill.key] = bill.amount
            self._tell("payment_intent.succeeded", told.paid_intent_of(bill))
        elif bill.kind is not PaymentKind.SESSION:
            self._tell("payment_intent.canceled", told.intent_of(bill, status="canceled"))
        if bill.kind is PaymentKind.SESSION:
            how, ended = (
                ("completed", told.paid_session_of(bill))
                if decline_code is None
                else ("expired", told.session_of(bill, status="expired"))
            )
            self._tell(f"checkout.session.{how}", ended)
        self._outcomes[bill.key] = Charge(f"pi_{bill.key}", decline_code is None, decline_code)

    def _is_hopeless(self, bill: Bill) -> bool:
        soon = self.clock() + _LEAST_TIME
        return self.refuses or (bill.session is not None and bill.session.expires_at < soon)

    def _tell(self, kind: str, about: Json) -> None:
        self.events.append(told.event(kind, about))

    def _reach(self, key: str) -> None:
        self.asked.append(key)
        if self.is_away or key in self.unreachable_for:
            raise PaymentsUnavailable(retry_after=1)
        if self.cut is Cut.BEFORE:
            raise PowerCut

    def _lose_the_answer(self) -> None:
        if self.cut is Cut.AFTER:
            raise PowerCut
