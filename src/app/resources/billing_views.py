"""Plans, subscriptions and usage, as callers see them."""

from typing import Annotated, Any, Self

import msgspec

from app.schema import Major, Minor, Moment, View
from common.money import Money
from domain.billing.models import Subscription, SubscriptionStatus
from domain.billing.plans import CURRENCY, PLANS, UNLIMITED, Plan, PlanLimits
from domain.billing.service import Overview
from domain.billing.usage import Reading, Span, UsageReport
from domain.identity.plan import PlanTier

COMPETITORS, PRODUCTS = "competitors", "products"
"""The metrics that usage shows by names of their own, too."""
Included = Annotated[int, msgspec.Meta(description="-1 knows no end.")]


class PlanView(View, frozen=True, kw_only=True):
    tier: PlanTier
    name: str
    price_monthly: Major
    price_monthly_cents: Minor
    currency: str
    max_competitors: Included
    max_products: Included
    scan_frequency: str
    features: list[str]
    trial_days: Annotated[int, msgspec.Meta(description="For one's first subscription.")]
    api_access: bool
    alerts: bool
    source_finding: bool
    bulk_source_finding: bool

    @classmethod
    def of(cls, plan: Plan, limits: PlanLimits) -> Self:
        return cls(
            tier=plan.tier,
            name=plan.name,
            price_monthly=Money(limits.price_monthly_cents, CURRENCY).major,
            price_monthly_cents=limits.price_monthly_cents,
            currency=CURRENCY,
            max_competitors=limits.max_items,
            max_products=limits.max_secondary,
            scan_frequency=plan.scan_frequency,
            features=list(plan.features),
            trial_days=limits.trial_days,
            api_access=limits.api_access,
            alerts=plan.alerts,
            source_finding=plan.source_finding,
            bulk_source_finding=plan.bulk_source_finding,
        )


class BillingCheckoutView(View, frozen=True, kw_only=True):
    """Send the user to the ``checkout_url``."""

    session_id: str
    checkout_url: str


class PortalView(View, frozen=True, kw_only=True):
    """Send the user to the ``portal_url``, now: it does not last."""

    portal_url: str


class SubscriptionView(View, frozen=True, kw_only=True):
    id: str
    user_id: str
    stripe_subscription_id: str
    stripe_price_id: str
    plan: PlanTier
    status: SubscriptionStatus
    current_period_start: Moment
    current_period_end: Moment
    cancel_at_period_end: bool
    trial_start: Moment | None
    trial_end: Moment | None
    created_at: Moment
    updated_at: Moment

    @classmethod
    def of(cls, subscription: Subscription) -> Self:
        return cls(
            id=subscription.id,
            user_id=subscription.user_id,
            stripe_subscription_id=subscription.stripe_subscription_id,
            stripe_price_id=subscription.stripe_price_id,
            plan=PlanTier(subscription.plan),
            status=SubscriptionStatus(subscription.status),
            current_period_start=subscription.current_period_start,
            current_period_end=subscription.current_period_end,
            cancel_at_period_end=subscription.cancel_at_period_end,
            trial_start=subscription.trial_start,
            trial_end=subscription.trial_end,
            created_at=subscription.created_at,
            updated_at=subscription.updated_at,
        )


class MetricView(View, frozen=True, kw_only=True):
    """How much of a thing is used: of all there is, or in this period."""

    name: str
    used: int
    limit: Annotated[int | None, msgspec.Meta(description="null knows no end.")]
    period: Span

    @classmethod
    def of(cls, reading: Reading) -> Self:
        return cls(
            name=reading.name,
            used=reading.used,
            limit=None if reading.limit == UNLIMITED else reading.limit,
            period=reading.span,
        )


class PeriodUsageView(View, frozen=True, kw_only=True):
    """What is used of a plan in the billing period, or else in the calendar month (UTC)."""

    plan: PlanTier
    period_start: Moment
    period_end: Moment
    metrics: list[MetricView]

    @classmethod
    def of(cls, report: UsageReport) -> Self:
        return cls(**_period_usage(report))


class UsageView(PeriodUsageView, frozen=True, kw_only=True):
    competitors_used: int
    competitors_limit: Included
    products_tracked: int
    products_limit: Included

    @classmethod
    def of(cls, report: UsageReport) -> Self:
        limits = report.limits
        return cls(
            **_period_usage(report),
            competitors_used=report.used(COMPETITORS),
            competitors_limit=limits.max_items,
            products_tracked=report.used(PRODUCTS),
            products_limit=limits.max_secondary,
        )


class BillingOverviewView(View, frozen=True, kw_only=True):
    current_plan: PlanTier
    plan_name: str
    subscription: SubscriptionView | None
    usage: PeriodUsageView

    @classmethod
    def of(cls, overview: Overview) -> Self:
        subscription, usage = overview
        return cls(
            current_plan=usage.plan,
            plan_name=PLANS[usage.plan].name,
            subscription=SubscriptionView.of(subscription) if subscription else None,
            usage=PeriodUsageView.of(usage),
        )


def _period_usage(report: UsageReport) -> dict[str, Any]:
    return {
        "plan": report.plan,
        "period_start": report.period.start,
        "period_end": report.period.end,
        "metrics": [MetricView.of(reading) for reading in report.readings],
    }
