"""Keeping our subscriptions, and the plans they pay for, as the provider has them."""

from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from common.clock import Clock
from common.errors import ConcurrentUpdate
from common.ids import canonical_id
from common.logging import log
from domain.billing.gateway import SubscriptionChanged, SubscriptionFact, SubscriptionState
from domain.billing.models import Subscription, SubscriptionStatus
from domain.billing.news import begin, cancels, hear, is_newest
from domain.billing.plans import PlanTable, resolve_plan_from_price_id
from domain.billing.ports import BillingTransaction
from domain.database import Database
from domain.identity.models import User
from domain.identity.plan import PlanTier

SUBSCRIPTION_CREATED = "subscription.created"
SUBSCRIPTION_UPDATED = "subscription.updated"
SUBSCRIPTION_CANCELED = "subscription.canceled"
_UNKNOWN_PRICE = (
    "price {!r} is none of ours: if it is, set STRIPE_PRO_PRICE_ID or STRIPE_ENTERPRISE_PRICE_ID "
    "to it and run this event again"
)


class Outcome(StrEnum):
    PROCESSED = "PROCESSED"
    IGNORED = "IGNORED"
    FAILED = "FAILED"


class Synced(NamedTuple):
    """What came of something the provider said, and why."""

    outcome: Outcome
    note: str


class SubscriptionSync:
    """Takes in what the provider says of subscriptions, in any order and any number of times.

    A subscription and its owner's plan change together. Whoever has no subscription has the plan
    they were given.
    """

    def __init__(
        self, database: Database[BillingTransaction], plans: PlanTable, clock: Clock
    ) -> None:
        self._database = database
        self._plans = plans
        self._clock = clock

    async def apply(self, fact: SubscriptionFact) -> Synced:
        """Act on what the provider says, and tell what came of it."""
        synced = await self._database.write(lambda tx: self._apply(tx, fact))
        if synced.outcome is Outcome.FAILED:
            log.error("A subscription cannot be followed: {}", synced.note)
        return synced

    async def _apply(self, tx: BillingTransaction, fact: SubscriptionFact) -> Synced:
        reference, state, now = _reference(fact), fact.state, self._clock()
        plan = resolve_plan_from_price_id(self._plans, state.price_id) if state else None
        user = await _owner(tx, reference, state)
        if user is None:
            return await _nobodys(tx, reference, state, plan)
        known = await tx.subscriptions.by_reference(reference, lock=True)
        if known and known.user_id != user.id:
            raise ConcurrentUpdate
        if state and plan is None and _takes_price(known, fact):
            return Synced(Outcome.FAILED, _UNKNOWN_PRICE.format(state.price_id))
        if known:
            before, subscription = known.told(), known
        elif state and plan:
            before, subscription = None, begin(user.id, state, plan, fact.at, now)
        else:
            return Synced(Outcome.IGNORED, f"nothing is known of subscription {reference} yet")
        hear(subscription, fact, plan)
        if subscription.told() == before:
            return Synced(Outcome.PROCESSED, f"subscription {reference} is {subscription.status}")
        if known is None:
            tx.subscriptions.add(subscription)
        subscription.updated_at = now
        subscription.announce(_event_type(before, subscription))
        if _pays(before, subscription):
            await _give_plan(tx, user, subscription, now)
        note = f"subscription {reference} is {subscription.status}, its owner's plan {user.plan}"
        return Synced(Outcome.PROCESSED, note)


async def _nobodys(
    tx: BillingTransaction, reference: str, state: SubscriptionState | None, plan: PlanTier | None
) -> Synced:
    """Tell a stranger's subscription from one that somebody pays us for who is gone."""
    ours = state and plan and state.user_id and state.status != SubscriptionStatus.CANCELED
    named = canonical_id(state.user_id) if state and state.user_id and ours else None
    if state and named and await tx.users.get(named) is None:
        note = f"subscription {reference} is paid for by user {state.user_id}, who is gone"
        return Synced(Outcome.FAILED, f"{note}: cancel it at the provider")
    return Synced(Outcome.IGNORED, f"nobody here has subscription {reference}")


async def _owner(
    tx: BillingTransaction, reference: str, state: SubscriptionState | None
) -> User | None:
    """Find whose subscription it is, and keep others from their account until we are done.

    It is theirs for good. A new one belongs to whom the provider's customer is, or else to the
    user who is named with it, unless they are another customer.
    """
    if known := await tx.subscriptions.owner(reference):
        return await tx.users.get(known, lock=True)
    if state is None:
        return None
    if state.customer and (user := await tx.users.by_customer(state.customer, lock=True)):
        return user
    named = await tx.users.get(state.user_id, lock=True) if state.user_id else None
    if named is None or named.stripe_customer_id not in (None, state.customer):
        return None
    named.stripe_customer_id = state.customer or None
    return named


async def _give_plan(
    tx: BillingTransaction, user: User, subscription: Subscription, now: datetime
) -> None:
    """Give the best plan that is paid for."""
    known = await tx.subscriptions.of_user(user.id)
    every = [subscription, *(each for each in known if each is not subscription)]
    if len(live := [each for each in every if each.is_live]) > 1:
        log.warning("user {} has {} subscriptions at once", user.id, len(live))
    best = max((each.grants for each in every), key=lambda plan: plan.rank)
    if user.plan != best:
        user.plan, user.updated_at = best, now


def _pays(before: dict[str, Any] | None, now: Subscription) -> bool:
    """Tell whether a subscription bears on a plan: one whose first payment never came does not."""
    waits = SubscriptionStatus.INCOMPLETE
    return now.status != waits or (before is not None and before["status"] != waits)


def _reference(fact: SubscriptionFact) -> str:
    return fact.state.reference if isinstance(fact, SubscriptionChanged) else fact.reference


def _takes_price(known: Subscription | None, fact: SubscriptionFact) -> bool:
    """Tell whether the plan is to be what the price says; where none is told, it stays."""
    if known is None:
        return True
    if not isinstance(fact, SubscriptionChanged) or cancels(fact):
        return False
    return fact.state.price_id != "" and is_newest(known, fact)


def _event_type(before: dict[str, Any] | None, now: Subscription) -> str:
    was_canceled = before is not None and before["status"] == SubscriptionStatus.CANCELED
    if now.status == SubscriptionStatus.CANCELED and not was_canceled:
        return SUBSCRIPTION_CANCELED
    return SUBSCRIPTION_UPDATED if before else SUBSCRIPTION_CREATED
