"""Which of somebody's subscriptions counts."""

from collections.abc import Sequence

from domain.billing.models import Subscription


def live_of(subscriptions: Sequence[Subscription]) -> Subscription | None:
    """Find the one that is gone on with: of several, that which grants the largest plan."""
    live = (each for each in subscriptions if each.is_live)
    return max(live, key=lambda each: each.grants.rank, default=None)


def shown_of(subscriptions: Sequence[Subscription]) -> Subscription | None:
    """Find the one that tells how somebody stands: the live one, or else the first in the list."""
    return live_of(subscriptions) or next(iter(subscriptions), None)
