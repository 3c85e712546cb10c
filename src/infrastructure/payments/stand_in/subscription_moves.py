"""All that can become of a subscription, each with the events that Stripe would send of it.

No two moves of one subscription bear the same second, however quickly they follow each other:
by it the shop tells the older news from the newer, in whatever order they arrive.
"""

from datetime import datetime, timedelta

from infrastructure.payments.stand_in.calendar import due_at, period_at
from infrastructure.payments.stand_in.ledger import Ledger
from infrastructure.payments.stand_in.shapes import Json
from infrastructure.payments.stand_in.subscription_shapes import invoice_of, item_of, moment_of

OVER = "canceled"


async def pass_time(books: Ledger, subscription: Json, amount: int) -> None:
    """Go on to the running period, if the last one is over, or come to the end."""
    due = due_at(subscription)
    if due is None or books.now < due:
        return
    if subscription["cancel_at_period_end"]:
        await end(books, subscription)
    elif subscription["status"] == "past_due":
        subscription["status"] = "unpaid"
        await _tell(books, subscription)
    else:
        _run_period(subscription, books.now)
        await _bill(books, subscription, amount, paid=True)


async def cancel_at_end(books: Ledger, subscription: Json, *, wanted: bool) -> None:
    """Have a subscription end with its period, or go on after all."""
    item = item_of(subscription)
    subscription |= {
        "cancel_at_period_end": wanted,
        "cancel_at": item["current_period_end"] if wanted else None,
        "canceled_at": int(books.now.timestamp()) if wanted else None,
    }
    await _tell(books, subscription)


async def end(books: Ledger, subscription: Json) -> None:
    """End a subscription for good."""
    seconds = int(books.now.timestamp())
    subscription |= {"status": OVER, "canceled_at": seconds, "ended_at": seconds}
    await _tell(books, subscription, "customer.subscription.deleted")


async def switch(books: Ledger, subscription: Json, price_id: str) -> None:
    """Go on with another plan; the period stays as it is."""
    item_of(subscription)["price"]["id"] = price_id
    await _tell(books, subscription)


async def fail_payment(books: Ledger, subscription: Json, amount: int) -> None:
    """Have a payment fail; a trial ends with it."""
    _end_trial(subscription, books.now)
    await _bill(books, subscription, amount, paid=False)


async def pay(books: Ledger, subscription: Json, amount: int) -> None:
    """Have what is due paid; a trial ends with it, and a period that is long over begins anew."""
    _end_trial(subscription, books.now)
    if books.now >= moment_of(item_of(subscription)["current_period_end"]):
        _begin_anew(subscription, books.now)
    await _bill(books, subscription, amount, paid=True)


def _end_trial(subscription: Json, now: datetime) -> None:
    if subscription["status"] == "trialing":
        subscription["trial_end"] = int(now.timestamp())
        _begin_anew(subscription, now)


def _begin_anew(subscription: Json, now: datetime) -> None:
    subscription["billing_cycle_anchor"] = int(now.timestamp())
    _run_period(subscription, now)


def _run_period(subscription: Json, now: datetime) -> None:
    start, end_ = period_at(moment_of(subscription["billing_cycle_anchor"]), now)
    item_of(subscription).update(
        current_period_start=int(start.timestamp()), current_period_end=int(end_.timestamp())
    )


async def _bill(books: Ledger, subscription: Json, amount: int, *, paid: bool) -> None:
    subscription["status"] = "active" if paid else "past_due"
    at = await _tell(books, subscription)
    invoice = invoice_of(subscription, amount, at, paid=paid)
    await books.add(invoice)
    await books.tell("invoice.paid" if paid else "invoice.payment_failed", invoice, at)


async def _tell(
    books: Ledger, subscription: Json, type_: str = "customer.subscription.updated"
) -> datetime:
    """Keep a subscription as it is now, and tell of it."""
    at = max(books.now, moment_of(subscription["told_at"]) + timedelta(seconds=1))
    subscription["told_at"] = int(at.timestamp())
    await books.change(subscription)
    await books.tell(type_, subscription, at)
    return at
