from itertools import pairwise

import pytest

from domain.billing.plans import (
    LIMITS,
    PLANS,
    UNLIMITED,
    PlanLimits,
    create_default_plan_limits,
    init_price_ids,
    resolve_plan_from_price_id,
)
from domain.identity.plan import PlanTier

FREE, PRO, ENTERPRISE = PlanTier


def test_another_service_gets_limits_of_its_own() -> None:
    plans = create_default_plan_limits(free_items=1, pro_items=7, pro_price_cents=500)

    assert plans[FREE] == PlanLimits(max_items=1, max_secondary=25)
    assert plans[PRO] == PlanLimits(7, 500, 500, trial_days=14, api_access=True)
    assert plans[ENTERPRISE] == PlanLimits(
        UNLIMITED, UNLIMITED, 9900, trial_days=14, api_access=True
    )


def test_prices_get_their_ids_and_the_plans_they_came_from_stay_as_they_are() -> None:
    priced = init_price_ids(LIMITS, "price_p", "price_e")

    assert [priced[tier].stripe_price_id for tier in PlanTier] == ["", "price_p", "price_e"]
    assert [LIMITS[tier].stripe_price_id for tier in PlanTier] == ["", "", ""]
    assert priced[PRO].max_items == LIMITS[PRO].max_items


@pytest.mark.parametrize(
    ("price_id", "tier"),
    [("price_p", PRO), ("price_e", ENTERPRISE), ("price_x", None), ("", None)],
)
def test_a_price_tells_its_plan(price_id, tier) -> None:
    priced = init_price_ids(LIMITS, "price_p", "price_e")

    assert resolve_plan_from_price_id(priced, price_id) is tier


def test_no_price_is_nobodys_plan_while_none_is_set() -> None:
    assert resolve_plan_from_price_id(LIMITS, "") is None


def test_every_tier_is_described_and_a_larger_one_includes_no_less() -> None:
    described = [(PLANS[tier], LIMITS[tier]) for tier in PlanTier]

    assert set(PLANS) == set(LIMITS) == set(PlanTier)
    for (smaller, less), (larger, more) in pairwise(described):
        assert more.price_monthly_cents > less.price_monthly_cents
        assert more.max_items == UNLIMITED or more.max_items > less.max_items
        assert more.api_access >= less.api_access
        assert larger.alerts >= smaller.alerts
