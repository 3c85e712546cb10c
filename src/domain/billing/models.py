from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from common.clock import iso, utc_now
from common.ids import new_id
from domain.announcement import Announcing
from domain.entity import ID, Entity
from domain.identity.plan import PlanTier


class SubscriptionStatus(StrEnum):
    """How a subscription stands, in Stripe's words."""

    ACTIVE = "active"
    TRIALING = "trialing"
    PAST_DUE = "past_due"
    """A payment failed and is tried again: what was paid for goes on meanwhile."""
    CANCELED = "canceled"
    UNPAID = "unpaid"
    INCOMPLETE = "incomplete"
    """The first payment has not come."""


_GRANTING = {SubscriptionStatus.ACTIVE, SubscriptionStatus.TRIALING, SubscriptionStatus.PAST_DUE}
ENDED = (SubscriptionStatus.CANCELED, SubscriptionStatus.INCOMPLETE)
"""There is nothing to go on with."""


class Subscription(Announcing, Entity, kw_only=True):
    """A plan that somebody pays for month by month; once canceled it stays so."""

    __tablename__ = "subscriptions"
    __table_args__ = (
        CheckConstraint(
            "status IN ('active', 'trialing', 'past_due', 'canceled', 'unpaid', 'incomplete')",
            name="status",
        ),
        CheckConstraint("plan IN ('free', 'pro', 'enterprise')", name="plan"),
        Index(None, "user_id", "created_at"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True, default_factory=new_id)
    user_id: Mapped[str] = mapped_column(ID, ForeignKey("users.id", ondelete="CASCADE"))
    stripe_subscription_id: Mapped[str] = mapped_column(unique=True)
    stripe_price_id: Mapped[str]
    plan: Mapped[str]
    status: Mapped[str]
    current_period_start: Mapped[datetime]
    current_period_end: Mapped[datetime]
    cancel_at_period_end: Mapped[bool] = mapped_column(default=False)
    trial_start: Mapped[datetime | None] = mapped_column(default=None)
    trial_end: Mapped[datetime | None] = mapped_column(default=None)
    changed_at: Mapped[datetime | None] = mapped_column(default=None)
    """When that was true, by the provider's clock; nothing, if only an invoice has told of it."""
    reported_status: Mapped[str | None] = mapped_column(default=None)
    """Its status at that time: ``status`` has in it what an invoice has told since."""
    invoiced_at: Mapped[datetime | None] = mapped_column(default=None)
    """When the latest invoice that we know of was paid or failed, by the provider's clock."""
    invoice_paid: Mapped[bool | None] = mapped_column(default=None)
    created_at: Mapped[datetime] = mapped_column(default_factory=utc_now)
    updated_at: Mapped[datetime] = mapped_column(default_factory=utc_now)

    @property
    def grants(self) -> PlanTier:
        """Which plan its owner has by it."""
        return PlanTier(self.plan) if self.status in _GRANTING else PlanTier.FREE

    @property
    def is_live(self) -> bool:
        """Whether it is there to be gone on with: nobody subscribes a second time beside it."""
        return self.status not in ENDED

    def told(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "user_id": self.user_id,
            "stripe_subscription_id": self.stripe_subscription_id,
            "stripe_price_id": self.stripe_price_id,
            "plan": self.plan,
            "status": self.status,
            "current_period_start": iso(self.current_period_start),
            "current_period_end": iso(self.current_period_end),
            "cancel_at_period_end": self.cancel_at_period_end,
            "trial_start": self.trial_start and iso(self.trial_start),
            "trial_end": self.trial_end and iso(self.trial_end),
            "created_at": iso(self.created_at),
        }
