import pytest

from common.ids import new_id
from domain.billing.models import Subscription, SubscriptionStatus
from domain.billing.service import Wish
from domain.billing.standing import live_of, shown_of
from domain.identity.caller import Caller
from domain.identity.errors import AuthenticationRequired
from domain.identity.plan import PlanTier

WISH = Wish(PlanTier.PRO, "https://shop.example/", "https://shop.example/")


def a_subscription(clock, status: str, plan: PlanTier = PlanTier.PRO) -> Subscription:
    return Subscription(
        user_id="u",
        stripe_subscription_id=new_id(),
        stripe_price_id="price",
        plan=plan,
        status=status,
        current_period_start=clock(),
        current_period_end=clock(),
    )


def test_an_account_that_was_deleted_a_moment_ago_buys_nothing(run, client) -> None:
    gone = Caller(new_id())

    with pytest.raises(AuthenticationRequired):
        run(client.shop.billing.check_out(gone, WISH))
    with pytest.raises(AuthenticationRequired):
        run(client.shop.billing.portal(gone, "https://shop.example/"))


@pytest.mark.parametrize("status", list(SubscriptionStatus))
def test_only_what_is_gone_on_with_is_in_the_way_of_another(clock, status) -> None:
    one = a_subscription(clock, status)

    over = status in (SubscriptionStatus.CANCELED, SubscriptionStatus.INCOMPLETE)
    assert (live_of([one]) is None) == over
    assert shown_of([one]) is one


def test_of_several_the_one_that_grants_most_counts(clock) -> None:
    unpaid = a_subscription(clock, "unpaid", PlanTier.ENTERPRISE)
    pro = a_subscription(clock, "active")
    largest = a_subscription(clock, "past_due", PlanTier.ENTERPRISE)
    ended = a_subscription(clock, "canceled", PlanTier.ENTERPRISE)

    assert live_of([ended, unpaid, pro]) is pro
    assert live_of([unpaid, pro, largest]) is largest
    assert shown_of([ended, pro]) is pro
    assert shown_of([]) is None
