"""What is left of the stand-in when Stripe takes its place."""

from sqlalchemy import bindparam, select, update

from common.clock import Clock
from common.logging import log
from domain.billing.gateway import SubscriptionChanged, SubscriptionState
from domain.billing.models import Subscription, SubscriptionStatus
from domain.billing.sync import SubscriptionSync
from domain.database import Database
from domain.identity.models import User
from infrastructure.databases.transaction import SqlTransaction
from infrastructure.payments.stand_in.subscription_shapes import MARK

_GOING_ON = select(Subscription).where(
    Subscription.stripe_subscription_id.startswith(MARK, autoescape=True),
    Subscription.status != SubscriptionStatus.CANCELED,
)
_FORGET_CUSTOMERS = (
    update(User)
    .where(User.stripe_customer_id.startswith(MARK, autoescape=True))
    .values(stripe_customer_id=None, updated_at=bindparam("now"))
)


class Succession:
    """Ends subscriptions that nobody pays for, and forgets customers whom Stripe does not know.

    It happens at the start, before the first request: the settings have changed then.
    """

    def __init__(
        self, database: Database[SqlTransaction], sync: SubscriptionSync, clock: Clock
    ) -> None:
        self._database = database
        self._sync = sync
        self._clock = clock

    async def open(self) -> None:
        left = await self._database.read(lambda tx: tx.session.find_all(_GOING_ON))
        for subscription in left:
            await self._sync.apply(
                SubscriptionChanged(_state(subscription), self._clock(), ended=True)
            )
        now = self._clock()
        forgotten = await self._database.write(
            lambda tx: tx.session.run(_FORGET_CUSTOMERS, {"now": now})
        )
        if left or forgotten:
            log.warning("Stripe takes over: the stand-in's {} subscriptions have ended", len(left))

    async def close(self) -> None:
        """Nothing stays open."""


def _state(subscription: Subscription) -> SubscriptionState:
    return SubscriptionState(
        reference=subscription.stripe_subscription_id,
        customer="",
        price_id=subscription.stripe_price_id,
        status=SubscriptionStatus.CANCELED,
        current_period_start=subscription.current_period_start,
        current_period_end=subscription.current_period_end,
        cancel_at_period_end=False,
        trial_start=subscription.trial_start,
        trial_end=subscription.trial_end,
        user_id=None,
    )
