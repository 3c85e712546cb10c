"""A payment gateway whose books a test can open, and whose wire a test can cut."""

from enum import StrEnum

from common.ids import new_id
from common.money import Money
from domain.payment.gateway import Charge


class PowerCut(BaseException):
    """The process ends here: no ``except Exception`` sees it, and nothing after it is done."""


class Outage(Exception):
    """The gateway cannot be reached."""


class Cut(StrEnum):
    BEFORE = "before"
    """The money is asked for, and the request never arrives."""
    AFTER = "after"
    """The money is taken, and we never hear of it."""


class Bank:
    """Keeps its books in memory: they outlive the shop's process, as a real bank's do."""

    def __init__(self) -> None:
        self._outcomes: dict[str, Charge] = {}
        self.taken: dict[str, Money] = {}
        """What was really taken, by the shop's key."""
        self.cut: Cut | None = None
        self.unreachable_for: set[str] = set()
        """Keys under which every call fails."""
        self.asked: list[str] = []
        """The key of every call, in order."""

    async def charge(self, key: str, amount: Money, token: str | None) -> Charge:
        self._reach(key)
        if self.cut is Cut.BEFORE:
            raise PowerCut
        if key not in self._outcomes:
            paid = token != "tok_chargeDeclined"
            if paid:
                self.taken[key] = amount
            self._outcomes[key] = Charge(new_id(), paid, None if paid else "card_declined")
        if self.cut is Cut.AFTER:
            raise PowerCut
        return self._outcomes[key]

    async def abandon(self, key: str) -> Charge:
        self._reach(key)
        return self._outcomes.setdefault(key, Charge(new_id(), False, "abandoned"))

    def _reach(self, key: str) -> None:
        self.asked.append(key)
        if key in self.unreachable_for:
            raise Outage
