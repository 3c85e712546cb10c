"""What the provider says of a subscription, put together in whatever order it comes.

Of what it says the latest holds, by its own clock, which ticks in seconds. The latest invoice, if
it is later still, bears on the status that was said; what is canceled no invoice revives.
"""

from datetime import datetime

from domain.billing.gateway import (
    SubscriptionChanged,
    SubscriptionFact,
    SubscriptionInvoiced,
    SubscriptionState,
)
from domain.billing.models import Subscription
from domain.billing.models import SubscriptionStatus as Status
from domain.identity.plan import PlanTier

_BY_A_PAYMENT = dict.fromkeys((Status.PAST_DUE, Status.UNPAID, Status.INCOMPLETE), Status.ACTIVE)
_BY_A_FAILURE = dict.fromkeys((Status.ACTIVE, Status.TRIALING), Status.PAST_DUE)
_STAGE = {Status.INCOMPLETE: 0, Status.CANCELED: 2}
"""A subscription begins with the one and ends with the other; all else is in between."""


def cancels(fact: SubscriptionFact) -> bool:
    """Tell whether a subscription is over, by this."""
    return isinstance(fact, SubscriptionChanged) and _status(fact) is Status.CANCELED


def is_newest(known: Subscription, changed: SubscriptionChanged) -> bool:
    """Tell whether nothing later was said; in the same second, nothing that is further on."""
    at = _second(changed.at)
    if known.changed_at is None or at != known.changed_at:
        return known.changed_at is None or at > known.changed_at
    return not changed.begun and _stage(_status(changed)) >= _stage(known.reported_status)


def begin(
    user_id: str, state: SubscriptionState, plan: PlanTier, at: datetime, now: datetime
) -> Subscription:
    """Write a subscription down that was not known; what was said of it is heard next."""
    start, end = _period(state) or (_second(at), _second(at))
    return Subscription(
        user_id=user_id,
        stripe_subscription_id=state.reference,
        stripe_price_id=state.price_id,
        plan=plan,
        status=state.status,
        current_period_start=start,
        current_period_end=end,
        created_at=now,
        updated_at=now,
    )


def hear(known: Subscription, fact: SubscriptionFact, plan: PlanTier | None) -> None:
    """Take in what is said; ``plan`` is what its price is for, as far as that is known."""
    if isinstance(fact, SubscriptionChanged):
        _hear_change(known, fact, plan)
    else:
        _hear_invoice(known, fact)


def _hear_change(known: Subscription, changed: SubscriptionChanged, plan: PlanTier | None) -> None:
    if not is_newest(known, changed):
        return
    state, known.changed_at = changed.state, _second(changed.at)
    if plan is not None:
        known.plan, known.stripe_price_id = plan, state.price_id
    known.cancel_at_period_end = state.cancel_at_period_end
    known.trial_start, known.trial_end = state.trial_start, state.trial_end
    _take_period(known, state, only_later=_invoiced_since(known))
    known.reported_status = _status(changed)
    known.status = _standing(known, known.status)


def _hear_invoice(known: Subscription, invoiced: SubscriptionInvoiced) -> None:
    at, paid = _second(invoiced.at), invoiced.paid
    if known.changed_at is not None and at < known.changed_at:
        return
    if invoiced.state:
        _take_period(known, invoiced.state, only_later=True)
    if known.invoiced_at is not None and at <= known.invoiced_at:
        if at < known.invoiced_at:
            return
        paid = paid or bool(known.invoice_paid)  # it fails before it is paid
    known.invoiced_at, known.invoice_paid = at, paid
    unpaid = invoiced.state.status if invoiced.state else Status.PAST_DUE
    known.status = _standing(known, Status.ACTIVE if paid else unpaid)


def _standing(known: Subscription, guess: str) -> str:
    """Tell how a subscription stands: as was said, and as the latest invoice has left it."""
    said = known.reported_status
    if said is None:
        return guess
    if said == Status.CANCELED or not _invoiced_since(known):
        return said
    effect = _BY_A_PAYMENT if known.invoice_paid else _BY_A_FAILURE
    return effect.get(Status(said), Status(said))


def _invoiced_since(known: Subscription) -> bool:
    """Tell whether an invoice has something to say that is not in what else was said."""
    if known.invoiced_at is None:
        return False
    return known.changed_at is None or known.invoiced_at >= known.changed_at


def _take_period(known: Subscription, state: SubscriptionState, *, only_later: bool) -> None:
    period = _period(state)
    if period and (not only_later or period[1] > known.current_period_end):
        known.current_period_start, known.current_period_end = period


def _period(state: SubscriptionState) -> tuple[datetime, datetime] | None:
    start, end = state.current_period_start, state.current_period_end
    return (start, end) if start and end else None


def _status(changed: SubscriptionChanged) -> Status:
    return Status.CANCELED if changed.ended else changed.state.status


def _stage(status: str | None) -> int:
    return _STAGE.get(Status(status), 1) if status else 0


def _second(moment: datetime) -> datetime:
    """Tell a moment as precisely as the provider's clock does."""
    return moment.replace(microsecond=0)
