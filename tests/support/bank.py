"""A payment gateway whose books a test can open, and whose wire a test can cut."""

from enum import StrEnum

from common.ids import new_id
from common.money import Money
from domain.payment.errors import PaymentsUnavailable
from domain.payment.gateway import Bill, Charge, Opened, Refunded, RefundStatus


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
        self.bills: dict[str, Bill] = {}
        """What was asked for, by the shop's key."""
        self.cut: Cut | None = None
        self.unreachable_for: set[str] = set()
        """Keys under which every call fails."""
        self.asked: list[str] = []
        """The key of every call, in order."""

    async def charge(self, bill: Bill, token: str | None) -> Charge:
        self._reach(bill.key)
        if bill.key not in self._outcomes:
            self._end(bill, None if token != "tok_chargeDeclined" else "card_declined")
        self._lose_the_answer()
        return self._outcomes[bill.key]

    async def open(self, bill: Bill) -> Opened:
        self._reach(bill.key)
        self.bills[bill.key] = bill
        opened = Opened(f"cs_{bill.key}", f"cs_{bill.key}_secret", f"https://bank/{bill.key}")
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
            self.returned[key] = amount
            self._refunds[key] = Refunded(new_id(), RefundStatus.SUCCEEDED)
        self._lose_the_answer()
        return self._refunds[key]

    async def customer(self, key: str, email: str) -> str:
        return f"cus_{key}"

    def pay(self, key: str) -> Charge:
        """Let the shopper pay what was opened; too late once it has ended."""
        if key not in self._outcomes:
            self._end(self.bills[key], None)
        return self._outcomes[key]

    def _end(self, bill: Bill, decline_code: str | None) -> None:
        if decline_code is None:
            self.taken[bill.key] = bill.amount
        self._outcomes[bill.key] = Charge(f"ch_{bill.key}", decline_code is None, decline_code)

    def _reach(self, key: str) -> None:
        self.asked.append(key)
        if key in self.unreachable_for:
            raise PaymentsUnavailable(retry_after=1)
        if self.cut is Cut.BEFORE:
            raise PowerCut

    def _lose_the_answer(self) -> None:
        if self.cut is Cut.AFTER:
            raise PowerCut
