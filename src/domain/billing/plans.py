"""What each plan includes, and what it costs."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from domain.identity.plan import PlanTier

UNLIMITED = -1
CURRENCY = "USD"
"""What plans are priced in."""
_TRIAL = 14  # days


@dataclass(frozen=True, slots=True)
class PlanLimits:
    """What a service sells in one tier: how much of two kinds of things, and on what terms."""

    max_items: int
    """How many of the main thing; ``UNLIMITED`` knows no end."""
    max_secondary: int
    """How many of what belongs to it."""
    price_monthly_cents: int = 0
    stripe_price_id: str = ""
    trial_days: int = 0
    api_access: bool = False
    """Whether API keys open more than one's own account and usage."""


type PlanTable = Mapping[PlanTier, PlanLimits]


def create_default_plan_limits(
    free_items: int = 10,
    free_secondary: int = 25,
    pro_items: int = 100,
    pro_secondary: int = 500,
    pro_price_cents: int = 2900,
    enterprise_price_cents: int = 9900,
) -> dict[PlanTier, PlanLimits]:
    """Describe three tiers, of which the last knows no limits, and the paid ones a trial."""
    return {
        PlanTier.FREE: PlanLimits(free_items, free_secondary),
        PlanTier.PRO: PlanLimits(
            pro_items, pro_secondary, pro_price_cents, trial_days=_TRIAL, api_access=True
        ),
        PlanTier.ENTERPRISE: PlanLimits(
            UNLIMITED, UNLIMITED, enterprise_price_cents, trial_days=_TRIAL, api_access=True
        ),
    }


def init_price_ids(
    plan_limits: PlanTable, pro_price_id: str, enterprise_price_id: str
) -> dict[PlanTier, PlanLimits]:
    """Return the same plans, with what the payment provider calls their prices."""
    named = {PlanTier.PRO: pro_price_id, PlanTier.ENTERPRISE: enterprise_price_id}
    return {
        tier: replace(limits, stripe_price_id=named.get(tier, limits.stripe_price_id))
        for tier, limits in plan_limits.items()
    }


def resolve_plan_from_price_id(plan_limits: PlanTable, price_id: str) -> PlanTier | None:
    """Tell which plan a price is for; nothing, for a price that is none of ours."""
    for tier, limits in plan_limits.items():
        if limits.stripe_price_id and limits.stripe_price_id == price_id:
            return tier
    return None


@dataclass(frozen=True, slots=True)
class Plan:
    """A tier as Peregrine sells it: competitors to watch, and products of theirs."""

    tier: PlanTier
    name: str
    scan_frequency: str
    features: tuple[str, ...]
    alerts: bool = False
    source_finding: bool = False
    bulk_source_finding: bool = False


PLANS = {
    plan.tier: plan
    for plan in (
        Plan(
            PlanTier.FREE,
            "Free",
            "weekly",
            ("Basic tracking", "No alerts", "No source finding"),
        ),
        Plan(
            PlanTier.PRO,
            "Pro",
            "daily",
            ("Price alerts", "Source finding", "API access"),
            alerts=True,
            source_finding=True,
        ),
        Plan(
            PlanTier.ENTERPRISE,
            "Enterprise",
            "hourly",
            ("All alerts + API", "Bulk source finding", "Priority support"),
            alerts=True,
            source_finding=True,
            bulk_source_finding=True,
        ),
    )
}
LIMITS = create_default_plan_limits(
    free_items=3, free_secondary=50, pro_items=25, pro_secondary=2500
)
"""How many competitors, and products of theirs. Prices get their ids from the settings."""
