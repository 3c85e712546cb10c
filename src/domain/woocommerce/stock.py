"""Whose stock is right, ours or the store's.

Both sides sell. What our orders take, the store learns in two ways: a paid order is placed there
and takes from its stock too, or we set its stock to ours. So we count what our orders have taken
(``ordered``) and how much of that the store's number accounts for (``told``). The difference has
to be taken off the store's number before it becomes ours: otherwise what is sold, or reserved, is
for sale again.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.catalog.models import MAX_STOCK
from domain.woocommerce.errors import StockNotManaged
from domain.woocommerce.store import StoreStock


class Direction(StrEnum):
    TO_STORE = "to_woocommerce"
    FROM_STORE = "from_woocommerce"
    BOTH = "bidirectional"


class Side(StrEnum):
    OURS = "platform"
    STORE = "woocommerce"


@dataclass(frozen=True, slots=True)
class OurStock:
    """A variant's stock, and how it stood when both sides last agreed."""

    variant_id: str
    quantity: int
    changed_at: datetime
    ordered: int
    told: int
    agreed: int | None

    @property
    def untold(self) -> int:
        """What our orders took and the store's number still counts; below zero if it took twice."""
        return self.ordered - self.told

    @property
    def has_moved(self) -> bool:
        """Whether our number has changed by other means than orders."""
        return self.quantity + self.untold != self.agreed


@dataclass(frozen=True, slots=True)
class StockConflict:
    """Both sides have changed since they agreed, and differently."""

    agreed: int | None
    ours: int
    store: int
    ours_changed_at: datetime
    store_changed_at: datetime | None
    winner: Side


@dataclass(frozen=True, slots=True)
class Plan:
    level: int
    """What our stock becomes."""
    push: bool
    """Whether the store's becomes the same."""
    conflict: StockConflict | None = None


def plan(direction: Direction, ours: OurStock, store: StoreStock) -> Plan:
    """Decide what both stocks become; raises ``StockNotManaged``."""
    if store.quantity is None:
        if direction is Direction.FROM_STORE:
            raise StockNotManaged
        return Plan(ours.quantity, push=True)
    theirs = min(max(store.quantity - ours.untold, 0), MAX_STOCK)
    if direction is Direction.FROM_STORE:
        return Plan(theirs, push=False)
    if direction is Direction.TO_STORE:
        return Plan(ours.quantity, push=store.quantity != ours.quantity)
    winner, conflict = _winner(ours, store, theirs)
    level = ours.quantity if winner is Side.OURS else theirs
    return Plan(level, store.quantity != level, conflict)


def _winner(ours: OurStock, store: StoreStock, theirs: int) -> tuple[Side, StockConflict | None]:
    if store.quantity == ours.agreed or theirs == ours.quantity:
        return Side.OURS, None
    if not ours.has_moved:
        return Side.STORE, None
    later = store.changed_at is not None and store.changed_at > ours.changed_at
    winner = Side.STORE if later else Side.OURS
    return winner, StockConflict(
        ours.agreed, ours.quantity, theirs, ours.changed_at, store.changed_at, winner
    )
