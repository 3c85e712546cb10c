"""What a scan has set off, summed up for a letter."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import NamedTuple

from common.money import Money
from domain.alert.models import AlertType
from domain.workflow import Job

ALERT_DIGEST = "alert_digest"
"""The workflow that mails it, once the scan is over."""
MOST_SHOWN = 50


def digest_job(scan_id: str) -> Job:
    """Have what a scan has set off mailed; to be enqueued in the transaction that ends it."""
    return Job(ALERT_DIGEST, f"alert-digest:{scan_id}", (scan_id,))


class DigestedChange(NamedTuple):
    """A change as it is told to the owner, however many of their alerts it has set off."""

    title: str
    url: str
    old_price: Money | None
    new_price: Money | None
    percent: Decimal | None


@dataclass(frozen=True, slots=True)
class DigestedType:
    """The changes that alerts of one type are about: how many there are, and some of them."""

    alert_type: AlertType
    count: int
    changes: tuple[DigestedChange, ...]

    @property
    def left_out(self) -> int:
        return self.count - len(self.changes)


@dataclass(frozen=True, slots=True)
class Digest:
    """All that the owner of a competitor is told of one scan."""

    user_id: str
    competitor_name: str
    store_url: str
    types: tuple[DigestedType, ...]

    def shortened(self, most: int = MOST_SHOWN) -> "Digest":
        """Keep so many changes in all; each type gets an equal share of what others leave."""
        shares = _shares(self.types, most)
        order = list(AlertType)
        return replace(
            self,
            types=tuple(
                replace(each, changes=each.changes[: shares[each.alert_type]])
                for each in sorted(self.types, key=lambda each: order.index(each.alert_type))
            ),
        )


def _shares(types: Sequence[DigestedType], most: int) -> dict[AlertType, int]:
    shares, left = {}, most
    for done, each in enumerate(sorted(types, key=lambda each: each.count)):
        share = min(each.count, left // (len(types) - done))
        shares[each.alert_type] = share
        left -= share
    return shares
