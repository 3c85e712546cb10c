"""Subscribing to a plan, and looking after the subscription."""

import hashlib
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from common.clock import Clock
from common.ids import new_id
from domain.billing.errors import AlreadySubscribed, NoCustomer, PlanIsFree, PlanNotForSale
from domain.billing.gateway import (
    OpenedPurchase,
    Purchase,
    SubscriptionFact,
    SubscriptionGateway,
)
from domain.billing.models import Subscription
from domain.billing.plans import PlanTable
from domain.billing.ports import BillingTransaction
from domain.billing.standing import live_of, shown_of
from domain.billing.usage import UsageReport, UsageService
from domain.database import Database
from domain.identity.caller import Caller
from domain.identity.errors import AuthenticationRequired
from domain.identity.plan import PlanTier


class FactKeeper(Protocol):
    """Writes down what the provider says of subscriptions."""

    async def apply(self, fact: SubscriptionFact) -> object: ...


@dataclass(frozen=True, slots=True)
class Wish:
    """The plan somebody wants, and where they go on afterwards."""

    plan: PlanTier
    success_url: str
    cancel_url: str
    key: str | None = None
    """The key of the request, under which a repeat of it brings nothing new."""


class Overview(NamedTuple):
    """How somebody stands: what they pay for, and what they use."""

    subscription: Subscription | None
    usage: UsageReport


class _Account(NamedTuple):
    """Who subscribes, as far as it matters."""

    email: str
    customer: str | None
    subscriptions: list[Subscription]


class BillingService:
    """Sells plans through the payment provider, and shows what came of it."""

    def __init__(
        self,
        database: Database[BillingTransaction],
        gateway: SubscriptionGateway,
        plans: PlanTable,
        keeper: FactKeeper,
        usage: UsageService,
        clock: Clock,
    ) -> None:
        self._database = database
        self._gateway = gateway
        self._plans = plans
        self._keeper = keeper
        self._usage = usage
        self._clock = clock

    async def check_out(self, caller: Caller, wish: Wish) -> OpenedPurchase:
        """Open the way to a plan; the first one somebody subscribes to begins with its trial.

        Of two in one moment each may lead to the provider, which subscribes a customer once.
        """
        limits = self._plans[wish.plan]
        if wish.plan is PlanTier.FREE:
            raise PlanIsFree(plan=wish.plan)
        if not limits.stripe_price_id:
            raise PlanNotForSale(plan=wish.plan)
        account = await self._account(caller.user_id)
        subscribed, had = live_of(account.subscriptions), len(account.subscriptions)
        if subscribed and not (wish.key and account.customer):
            raise AlreadySubscribed  # with a key it may be that very request that brought it
        opened = await self._gateway.subscribe(
            Purchase(
                key=_purchase_key(caller.user_id, wish.key or new_id(), had - bool(subscribed)),
                user_id=caller.user_id,
                customer=account.customer or await self._new_customer(caller.user_id, account),
                price_id=limits.stripe_price_id,
                trial_days=0 if had else limits.trial_days,
                success_url=wish.success_url,
                cancel_url=wish.cancel_url,
            )
        )
        if opened.subscribed:
            await self._keeper.apply(opened.subscribed)
        return opened

    async def portal(self, caller: Caller, return_url: str) -> str:
        """Open the page where a customer changes or cancels a subscription."""
        account = await self._account(caller.user_id)
        if account.customer is None:
            raise NoCustomer
        return await self._gateway.portal(account.customer, return_url)

    async def current(self, caller: Caller) -> Subscription | None:
        """Show the caller's subscription: one that has ended only if there is no other."""
        user_id = caller.user_id
        return shown_of(await self._database.read(lambda tx: tx.subscriptions.of_user(user_id)))

    async def overview(self, caller: Caller) -> Overview:
        """Show what the caller pays for and uses."""
        return Overview(await self.current(caller), await self._usage.report(caller))

    async def _account(self, user_id: str) -> _Account:
        async def unit(tx: BillingTransaction) -> _Account:
            user = await tx.users.get(user_id)
            if user is None:
                raise AuthenticationRequired  # the account is gone since they came in
            subscriptions = await tx.subscriptions.of_user(user_id)
            return _Account(user.email, user.stripe_customer_id, subscriptions)

        return await self._database.read(unit)

    async def _new_customer(self, user_id: str, account: _Account) -> str:
        """Have the provider make a customer, and keep who it is; whoever was faster is right."""
        made = await self._gateway.customer(f"customer:{user_id}", account.email)

        async def unit(tx: BillingTransaction) -> str:
            user = await tx.users.get(user_id, lock=True)
            if user is None:
                raise AuthenticationRequired  # the account is gone since they came in
            if user.stripe_customer_id is None:
                user.stripe_customer_id, user.updated_at = made, self._clock()
            return user.stripe_customer_id

        return await self._database.write(unit)


def _purchase_key(user_id: str, request_key: str, earlier: int) -> str:
    """Name a purchase, the same for a repeated request until a subscription has come of it."""
    told = f"{user_id}:{earlier}:{request_key}"
    return f"subscription:{hashlib.sha256(told.encode()).hexdigest()}"
