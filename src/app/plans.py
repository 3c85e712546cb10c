"""What the shop sells plans for: which price of the payment provider's is which plan's."""

from app.settings import Settings
from domain.billing.plans import LIMITS, PlanTable, init_price_ids
from domain.identity.plan import PlanTier


def plans_of(settings: Settings) -> PlanTable:
    """Name the prices; the stand-in has one for every plan, Stripe those that are set."""
    named = {
        PlanTier.PRO: settings.stripe_pro_price_id,
        PlanTier.ENTERPRISE: settings.stripe_enterprise_price_id,
    }
    if not settings.stripe_secret_key.get_secret_value():
        named = {tier: price or f"mock_price_{tier}" for tier, price in named.items()}
    return init_price_ids(LIMITS, named[PlanTier.PRO], named[PlanTier.ENTERPRISE])
