"""What a scan has found to be different."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from common.money import Money
from domain.competitor.models import Competitor, Scan


class ChangeKind(StrEnum):
    NEW = "new"
    PRICE = "price"
    GONE = "gone"
    """It was removed from the store, or can be had no more."""
    BACK = "back"
    """It has re-appeared, or can be had again."""


@dataclass(frozen=True, slots=True)
class Change:
    """One difference of one product; a product may have a ``PRICE`` and a ``BACK`` at once."""

    kind: ChangeKind
    product_id: str
    title: str
    url: str
    before: Money | None = None
    after: Money | None = None


class ChangeListener[Transaction](Protocol):
    """Hears of changes in the transaction that writes them down: of each exactly once."""

    async def hear(
        self, tx: Transaction, competitor: Competitor, scan: Scan, changes: list[Change]
    ) -> None: ...
