"""What the settings say of prices."""

import pytest
from support.billing import subscribe

from app.container import assemble
from app.settings import Settings
from domain.billing.errors import PlanNotForSale
from domain.billing.service import Wish
from domain.identity.caller import Caller
from domain.identity.plan import PlanTier


def settings_of(**given: str) -> Settings:
    return Settings(_env_file=None, secret_key="s" * 32, **given)


@pytest.fixture
def settings(settings):
    return settings.model_copy(update={"stripe_enterprise_price_id": "price_of_the_shops"})


def test_the_stand_in_takes_the_shops_own_prices_too(shopper) -> None:
    subscription = subscribe(shopper, "enterprise")

    assert subscription["stripe_price_id"] == "price_of_the_shops"
    assert (subscription["plan"], subscription["status"]) == ("enterprise", "trialing")


def test_and_has_one_of_its_own_where_none_is_set(shopper) -> None:
    assert subscribe(shopper, "pro")["stripe_price_id"] == "mock_price_pro"


def test_on_stripe_a_plan_without_a_price_is_not_for_sale(run) -> None:
    shop = assemble(settings_of(stripe_secret_key="sk_test_x", stripe_publishable_key="pk_test_x"))
    wish = Wish(PlanTier.PRO, "https://shop.example/", "https://shop.example/")

    with pytest.raises(PlanNotForSale, match="The pro plan cannot be bought here"):
        run(shop.billing.check_out(Caller("u"), wish))
