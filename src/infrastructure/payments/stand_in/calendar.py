"""When subscriptions are paid for again: on the same day of every month."""

import calendar
from datetime import UTC, datetime

from infrastructure.payments.stand_in.shapes import Json

UNDER_WAY = ("trialing", "active", "past_due")
"""How subscriptions stand whose period comes to an end by itself."""


def months_after(anchor: datetime, count: int) -> datetime:
    """Return the same day and time so many months on, or the last day of a month without it."""
    year, month = divmod(anchor.month - 1 + count, 12)
    year, month = anchor.year + year, month + 1
    last = calendar.monthrange(year, month)[1]
    return anchor.replace(year=year, month=month, day=min(anchor.day, last))


def period_at(anchor: datetime, moment: datetime) -> tuple[datetime, datetime]:
    """Find the month, counted from ``anchor``, that a moment is in."""
    count = (moment.year - anchor.year) * 12 + moment.month - anchor.month
    if months_after(anchor, count) > moment:
        count -= 1
    return months_after(anchor, count), months_after(anchor, count + 1)


def due_at(thing: Json) -> datetime | None:
    """Tell when time itself changes an object, if it does: a subscription's period ends."""
    if thing["object"] != "subscription" or thing["status"] not in UNDER_WAY:
        return None
    return datetime.fromtimestamp(thing["items"]["data"][0]["current_period_end"], UTC)
