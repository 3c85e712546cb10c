import asyncio
from dataclasses import replace

import pytest
from support.clock import MovableClock
from support.stand_in import books, told

from domain.billing.errors import AlreadySubscribed
from domain.billing.gateway import Purchase
from domain.billing.models import SubscriptionStatus
from domain.billing.plans import LIMITS, init_price_ids
from domain.payment.errors import PaymentRefused
from infrastructure.payments.stand_in.portal import Lever, PortalDesk
from infrastructure.payments.stand_in.subscriptions import StandInSubscriptions

PLANS = init_price_ids(LIMITS, "price_pro", "price_enterprise")
BACK = "https://shop.example/account"
CREATED, UPDATED = "customer.subscription.created", "customer.subscription.updated"
DELETED = "customer.subscription.deleted"


@pytest.fixture
def provider(database, clock) -> StandInSubscriptions:
    return StandInSubscriptions(database, PLANS, clock)


@pytest.fixture
def desk(run, database, provider, clock):
    """Pull a lever as the customer would."""
    portals = PortalDesk(database, PLANS, clock)

    def pull(customer: str, lever: Lever, price_id: str = "") -> None:
        name = run(provider.portal(customer, BACK)).rpartition("/")[2]
        token = run(portals.look(name)).form_token
        run(portals.pull(name, token, lever, price_id))

    return pull


@pytest.fixture
def customer(run, provider) -> str:
    return run(provider.customer("customer:u", "ada@example.com"))


@pytest.fixture
def purchase(customer) -> Purchase:
    return Purchase(
        key="k1",
        user_id="u",
        customer=customer,
        price_id="price_pro",
        trial_days=0,
        success_url=f"{BACK}?session={{CHECKOUT_SESSION_ID}}",
        cancel_url=BACK,
    )


def test_a_customer_is_made_once(run, provider, customer) -> None:
    again = run(provider.customer("customer:u", "ada@example.com"))
    other = run(provider.customer("customer:v", "ada@example.com"))

    assert again == customer != other


def test_a_purchase_is_made_once(run, database, provider, purchase) -> None:
    first, again = (run(provider.subscribe(purchase)) for _ in range(2))

    assert again == first
    assert first.checkout_url == f"{BACK}?session={first.session_id}"
    assert told(run, database) == [CREATED]


def test_a_repeat_tells_how_it_stands_by_now(run, provider, purchase, desk) -> None:
    run(provider.subscribe(purchase))
    desk(purchase.customer, Lever.END)

    again = run(provider.subscribe(purchase))

    assert again.subscribed.state.status is SubscriptionStatus.CANCELED


def test_a_key_is_good_for_one_purchase(run, provider, purchase) -> None:
    run(provider.subscribe(purchase))

    with pytest.raises(PaymentRefused, match="for something else"):
        run(provider.subscribe(replace(purchase, price_id="price_enterprise")))


def test_a_customer_has_one_subscription_at_a_time(run, provider, purchase, desk) -> None:
    first = run(provider.subscribe(purchase))
    with pytest.raises(AlreadySubscribed):
        run(provider.subscribe(replace(purchase, key="k2")))

    desk(purchase.customer, Lever.END)
    second = run(provider.subscribe(replace(purchase, key="k2")))

    assert second.subscribed.state.reference != first.subscribed.state.reference


@pytest.mark.parametrize("name", ["mock_cus_unknown", "cus_of_stripes", ""])
def test_nobody_unknown_subscribes_or_looks(run, provider, purchase, name) -> None:
    with pytest.raises(PaymentRefused, match="there is no customer"):
        run(provider.subscribe(replace(purchase, customer=name)))
    with pytest.raises(PaymentRefused, match="there is no customer"):
        run(provider.portal(name, BACK))


@pytest.mark.parametrize(("trial_days", "status"), [(0, "active"), (14, "trialing")])
def test_a_subscription_begins_with_its_trial_if_it_has_one(
    run, provider, purchase, trial_days, status
) -> None:
    opened = run(provider.subscribe(replace(purchase, trial_days=trial_days)))

    state = opened.subscribed.state
    length = state.current_period_end - state.current_period_start
    assert state.status == status
    assert (length.days == trial_days) if trial_days else (28 <= length.days <= 31)
    assert (state.trial_start is None, state.trial_end is None) == ((not trial_days,) * 2)


def test_time_renews_what_is_due_and_nothing_else(run, database, provider, purchase, later) -> None:
    run(provider.subscribe(purchase))
    later(days=27)
    early = run(provider.pass_time())
    later(days=5)

    renewed, again = (run(provider.pass_time()) for _ in range(2))

    assert (early, renewed, again) == (0, 1, 0)
    assert told(run, database) == [CREATED, UPDATED, "invoice.paid"]


def test_many_who_notice_at_once_bill_once(run, database, provider, purchase, later) -> None:
    run(provider.subscribe(purchase))
    later(days=32)

    async def at_once():
        await asyncio.gather(*(provider.pass_time() for _ in range(4)))

    run(at_once())

    assert len(books(run, database, "invoice")) == 1


def test_what_is_canceled_ends_with_its_period(
    run, database, provider, purchase, later, desk
) -> None:
    run(provider.subscribe(purchase))
    desk(purchase.customer, Lever.CANCEL)
    later(days=32)

    run(provider.pass_time())

    assert told(run, database) == [CREATED, DELETED, UPDATED]
    assert books(run, database, "invoice") == []
    assert run(provider.pass_time()) == 0


def test_more_than_one_batch_is_renewed_in_turns(run, database, provider, purchase, later) -> None:
    for number in range(103):
        customer = run(provider.customer(f"c{number}", "ada@example.com"))
        run(provider.subscribe(replace(purchase, key=f"k{number}", customer=customer)))
    later(days=32)

    assert [run(provider.pass_time()) for _ in range(3)] == [100, 3, 0]


def test_events_are_in_stripes_own_shape(run, database, provider, purchase, desk) -> None:
    run(provider.subscribe(replace(purchase, trial_days=14)))
    desk(purchase.customer, Lever.FAIL)

    events = {each["type"]: each for each in books(run, database, "event")}

    subscription = events[UPDATED]["data"]["object"]
    invoice = events["invoice.payment_failed"]["data"]["object"]
    (item,) = subscription["items"]["data"]
    (line,) = invoice["lines"]["data"]
    assert events[UPDATED]["created"] > events[CREATED]["created"]
    assert subscription["customer"] == invoice["customer"] == purchase.customer
    assert subscription["metadata"] == {"user_id": "u"}
    assert (subscription["status"], subscription["cancel_at_period_end"]) == ("past_due", False)
    assert item["price"]["id"] == line["pricing"]["price_details"]["price"] == "price_pro"
    assert line["period"] == {
        "start": item["current_period_start"],
        "end": item["current_period_end"],
    }
    assert invoice["parent"]["subscription_details"]["subscription"] == subscription["id"]
    assert (invoice["amount_due"], invoice["amount_paid"]) == (2900, 0)


def test_the_books_are_open_to_a_shop_whose_prices_changed(
    run, database, provider, purchase, later, clock: MovableClock
) -> None:
    run(provider.subscribe(purchase))
    changed = init_price_ids(LIMITS, "price_new", "price_enterprise")
    later(days=32)

    run(StandInSubscriptions(database, changed, clock).pass_time())
    name = run(provider.portal(purchase.customer, BACK)).rpartition("/")[2]
    portal = run(PortalDesk(database, changed, clock).look(name))

    assert portal.plan is None
    assert portal.state.price_id == "price_pro"
    assert [offer.price_id for offer in portal.others] == ["price_new", "price_enterprise"]
    assert [each["amount_due"] for each in books(run, database, "invoice")] == [0]
