"""Reads Stripe's events about subscriptions, as its API writes them now and as it used to."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from domain.billing.gateway import (
    SubscriptionChanged,
    SubscriptionFact,
    SubscriptionInvoiced,
    SubscriptionState,
)
from domain.billing.models import SubscriptionStatus
from infrastructure.payments.fields import Json, moment, name_of, part, parts, text

_CHANGES = frozenset(
    f"customer.subscription.{change}"
    for change in ("created", "updated", "deleted", "paused", "resumed", "trial_will_end")
)
_INVOICES = {"invoice.paid": True, "invoice.payment_failed": False}
_STATUSES: Mapping[str | None, SubscriptionStatus] = {
    **{status.value: status for status in SubscriptionStatus},
    "incomplete_expired": SubscriptionStatus.CANCELED,
    "paused": SubscriptionStatus.UNPAID,
}
_GOING_ON = frozenset({"subscription_cycle", "subscription_threshold", "subscription_update"})
"""Why there is an invoice: a subscription that begins with one that fails grants nothing."""


def subscription_fact(kind: str, about: Json, at: datetime) -> SubscriptionFact | None:
    """Tell what an event means; nothing, if it is about no subscription."""
    if kind in _CHANGES:
        return _changed(kind.rpartition(".")[2], about, at)
    if kind in _INVOICES:
        return _invoiced(about, at, paid=_INVOICES[kind])
    return None


def _changed(change: str, about: Json, at: datetime) -> SubscriptionChanged | None:
    ended = change == "deleted"
    status = SubscriptionStatus.CANCELED if ended else _STATUSES.get(text(about, "status"))
    reference = text(about, "id")
    if status is None or reference is None:
        return None
    item = next((each for each in parts(about, "items") if _price(each)), {})
    start, end = _period(item, about)
    state = SubscriptionState(
        reference=reference,
        customer=name_of(about, "customer") or "",
        price_id=_price(item) or _price(about) or "",
        status=status,
        current_period_start=start,
        current_period_end=end,
        cancel_at_period_end=_ends_with_period(about, end),
        trial_start=moment(about, "trial_start"),
        trial_end=moment(about, "trial_end"),
        user_id=text(part(about, "metadata"), "user_id"),
    )
    return SubscriptionChanged(state, at, ended=ended, begun=change == "created")


def _invoiced(about: Json, at: datetime, *, paid: bool) -> SubscriptionInvoiced | None:
    lines = parts(about, "lines")
    reference = next(_references(about, lines), None)
    if reference is None or text(about, "billing_reason") == "manual":
        return None
    return SubscriptionInvoiced(reference, paid, at, _begun(reference, about, lines, paid=paid))


def _references(invoice: Json, lines: list[Json]) -> Iterator[str]:
    """Look in every place for what an invoice is for."""
    places = [part(invoice, "parent", "subscription_details"), invoice]
    places += [part(line, "parent", "subscription_item_details") for line in lines] + lines
    for place in places:
        if reference := name_of(place, "subscription"):
            yield reference


def _begun(
    reference: str, invoice: Json, lines: list[Json], *, paid: bool
) -> SubscriptionState | None:
    """Tell of a subscription as much as its invoice does."""
    line = max((each for each in lines if _price(each)), key=_weight, default=None)
    if line is None:
        return None
    status = SubscriptionStatus.ACTIVE if paid else SubscriptionStatus.INCOMPLETE
    if not paid and text(invoice, "billing_reason") in _GOING_ON:
        status = SubscriptionStatus.PAST_DUE
    start, end = _span(part(line, "period"), "start", "end")
    told = (part(invoice, "parent", "subscription_details"), part(invoice, "subscription_details"))
    names = (text(part(place, "metadata"), "user_id") for place in (*told, line))
    return SubscriptionState(
        reference=reference,
        customer=name_of(invoice, "customer") or "",
        price_id=_price(line) or "",
        status=status,
        current_period_start=start,
        current_period_end=end,
        cancel_at_period_end=False,
        trial_start=None,
        trial_end=None,
        user_id=next(filter(None, names), None),
    )


def _weight(line: Json) -> tuple[bool, float, int]:
    """Tell which line is for what goes on: no correction of what was, and the longest."""
    item = part(line, "parent", "subscription_item_details")
    end, amount = moment(part(line, "period"), "end"), line.get("amount")
    return (
        item.get("proration") is not True and line.get("proration") is not True,
        end.timestamp() if end else 0,
        amount if type(amount) is int else 0,
    )


def _price(thing: Json) -> str | None:
    """Read the price of an item or a line; subscriptions had a plan of their own once."""
    priced = name_of(part(thing, "pricing", "price_details"), "price")
    return priced or name_of(thing, "price") or name_of(thing, "plan")


def _period(item: Json, subscription: Json) -> tuple[datetime, datetime] | tuple[None, None]:
    names = "current_period_start", "current_period_end"
    start, end = _span(item, *names)
    return (start, end) if start and end else _span(subscription, *names)


def _span(thing: Json, first: str, last: str) -> tuple[datetime, datetime] | tuple[None, None]:
    start, end = moment(thing, first), moment(thing, last)
    return (start, end) if start and end and start <= end else (None, None)


def _ends_with_period(subscription: Json, period_end: datetime | None) -> bool:
    """Tell whether it ends with its period: Stripe's portal may say no more than when it ends."""
    at = moment(subscription, "cancel_at")
    dated = at is not None and (period_end is None or at <= period_end)
    return subscription.get("cancel_at_period_end") is True or dated
