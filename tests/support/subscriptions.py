"""What the provider says of subscriptions, in the words of the domain."""

from datetime import UTC, datetime, timedelta
from typing import Any

from domain.billing.gateway import SubscriptionChanged, SubscriptionInvoiced, SubscriptionState
from domain.billing.models import SubscriptionStatus
from domain.billing.plans import LIMITS, init_price_ids

PRO_PRICE, ENTERPRISE_PRICE = "price_pro", "price_enterprise"
PLANS = init_price_ids(LIMITS, PRO_PRICE, ENTERPRISE_PRICE)
START = datetime(2026, 1, 1, tzinfo=UTC)
MONTH = timedelta(days=30)


def at(second: int) -> datetime:
    return START + timedelta(seconds=second)


def state(status: str = "active", *, months: int = 0, **others: Any) -> SubscriptionState:
    """Describe a subscription in its first month, or in a later one."""
    told = {
        "reference": "sub_1",
        "customer": "cus_1",
        "price_id": PRO_PRICE,
        "current_period_start": START + MONTH * months,
        "current_period_end": START + MONTH * (months + 1),
        "cancel_at_period_end": False,
        "trial_start": None,
        "trial_end": None,
        "user_id": None,
    } | others
    return SubscriptionState(status=SubscriptionStatus(status), **told)


def changed(second: int, status: str = "active", **others: Any) -> SubscriptionChanged:
    """Say how a subscription stands since a second."""
    return SubscriptionChanged(state(status, **others), at(second))


def created(second: int, status: str = "active", **others: Any) -> SubscriptionChanged:
    return SubscriptionChanged(state(status, **others), at(second), begun=True)


def deleted(second: int, **others: Any) -> SubscriptionChanged:
    return SubscriptionChanged(state("canceled", **others), at(second), ended=True)


def invoiced(second: int, *, paid: bool, guess: str = "", **others: Any) -> SubscriptionInvoiced:
    """Say that an invoice was paid, or failed, in a second."""
    known = state(guess or ("active" if paid else "past_due"), **others)
    return SubscriptionInvoiced(known.reference, paid, at(second), known)


def paid(second: int, **others: Any) -> SubscriptionInvoiced:
    return invoiced(second, paid=True, **others)


def failed(second: int, **others: Any) -> SubscriptionInvoiced:
    return invoiced(second, paid=False, **others)
