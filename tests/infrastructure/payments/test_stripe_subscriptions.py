"""Selling plans through Stripe, and what it is told of them."""

import json
from dataclasses import replace

import pytest
from support.loopback import Answer
from support.stripe_api import Trouble, error
from support.stripe_contract import faults_of
from support.stripe_plans import subscribe

from domain.billing.errors import AlreadySubscribed
from domain.billing.gateway import OpenedPurchase, Purchase
from domain.payment.errors import PaymentRefused, PaymentsUnavailable
from infrastructure.payments.stripe_subscriptions import StripeSubscriptions

ADA = "ada@shop.example"
BACK = "https://shop.example/account"
PURCHASE = Purchase(
    key="purchase-1",
    user_id="user-1",
    customer="cus_1",
    price_id="price_pro",
    trial_days=14,
    success_url="https://shop.example/thanks?session={CHECKOUT_SESSION_ID}",
    cancel_url="https://shop.example/plans",
)


@pytest.fixture
def plans(api, dial) -> StripeSubscriptions:
    return StripeSubscriptions(dial(api.url))


@pytest.fixture
def ada(run, plans) -> str:
    """The name of a customer."""
    name: str = run(plans.customer("user-1", ADA))
    return name


def test_a_customer_is_made_once(run, api, plans) -> None:
    first = run(plans.customer("user-1", ADA))

    assert run(plans.customer("user-1", ADA)) == first
    assert len(api.ledger.things) == 1
    assert api.form(0) == {"email": ADA}


def test_a_plan_is_sold_on_a_page_of_stripes(run, api, plans, ada) -> None:
    opened = run(plans.subscribe(PURCHASE))

    assert ada == PURCHASE.customer
    assert opened == OpenedPurchase("cs_test_2", "https://checkout.stripe.com/c/pay/cs_test_2")
    assert api.calls[1:] == [
        "GET subscriptions",
        "POST checkout/sessions",
        "GET checkout/sessions",
    ]
    assert api.form(2) == {
        "mode": "subscription",
        "ui_mode": "hosted_page",
        "customer": "cus_1",
        "line_items": {"0": {"price": "price_pro", "quantity": "1"}},
        "subscription_data": {"trial_period_days": "14", "metadata": {"user_id": "user-1"}},
        "client_reference_id": "user-1",
        "metadata": {"user_id": "user-1"},
        "success_url": "https://shop.example/thanks?session={CHECKOUT_SESSION_ID}",
        "cancel_url": "https://shop.example/plans",
    }


def test_without_a_trial_none_is_asked_for(run, api, plans, ada) -> None:
    run(plans.subscribe(replace(PURCHASE, trial_days=0)))

    assert api.form(2)["subscription_data"] == {"metadata": {"user_id": "user-1"}}


def test_the_same_purchase_again_is_the_same_page(run, api, plans, ada) -> None:
    first = run(plans.subscribe(PURCHASE))

    assert run(plans.subscribe(PURCHASE)) == first
    made = [each for each in api.asked if each.method == "POST"]
    assert [each.headers["idempotency-key"] for each in made[1:]] == [PURCHASE.key] * 2
    assert len(api.ledger.things) == 2


def test_a_key_that_was_for_another_purchase_brings_nothing(run, plans, ada) -> None:
    run(plans.subscribe(PURCHASE))

    with pytest.raises(PaymentsUnavailable):
        run(plans.subscribe(replace(PURCHASE, price_id="price_enterprise")))


@pytest.mark.parametrize("status", ["active", "trialing", "past_due", "unpaid", "paused"])
def test_nobody_subscribes_beside_what_stripe_knows_of(run, api, plans, ada, status) -> None:
    subscribe(api.ledger, ada, status)

    with pytest.raises(AlreadySubscribed):
        run(plans.subscribe(PURCHASE))

    assert api.calls == ["POST customers", "GET subscriptions"]


@pytest.mark.parametrize("status", ["canceled", "incomplete", "incomplete_expired"])
def test_what_is_over_or_never_began_is_in_nobodys_way(run, api, plans, ada, status) -> None:
    subscribe(api.ledger, ada, status)

    assert run(plans.subscribe(PURCHASE)).session_id == "cs_test_3"


def test_somebody_elses_subscription_is_in_nobodys_way(run, api, plans, ada) -> None:
    subscribe(api.ledger, run(plans.customer("user-2", ADA)))

    assert run(plans.subscribe(PURCHASE)).session_id == "cs_test_4"


def test_only_the_latest_page_stays_open(run, api, plans, ada) -> None:
    pages = [
        run(plans.subscribe(replace(PURCHASE, key=f"purchase-{number}"))).session_id
        for number in range(3)
    ]

    statuses = [api.ledger.things[page]["status"] for page in pages]
    assert statuses == ["expired", "expired", "open"]


def test_a_page_that_is_over_is_left_alone(run, api, plans, ada) -> None:
    first = run(plans.subscribe(PURCHASE)).session_id
    api.troubles = [None, None, None, NO_LONGER_OPEN]

    second = run(plans.subscribe(replace(PURCHASE, key="purchase-2"))).session_id

    assert api.calls[-1] == "POST checkout/sessions/cs/expire"
    assert first != second


def test_a_repeat_does_not_close_a_page_that_came_after(run, api, plans, ada) -> None:
    first = run(plans.subscribe(PURCHASE))
    second = run(plans.subscribe(replace(PURCHASE, key="purchase-2")))

    again = run(plans.subscribe(PURCHASE))

    assert again == first
    assert api.ledger.things[second.session_id]["status"] == "open"


def test_the_portal_is_for_one_customer_and_leads_back(run, api, plans, ada) -> None:
    url = run(plans.portal(ada, BACK))

    assert url == "https://billing.stripe.com/p/session/bps_2"
    assert api.form(1) == {"customer": ada, "return_url": BACK}


REFUSED = {
    "a customer nobody knows": ({"customer": "cus_gone"}, "No such object: 'cus_gone'"),
    "a price nobody knows": ({"price_id": "gold"}, "No such price: 'gold'"),
    "a trial without an end": ({"trial_days": 800}, "Trials have 1 to 730 days"),
}


@pytest.mark.parametrize(("wrong", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_stripe_will_not_sell_is_refused_in_its_words(run, plans, ada, wrong, reason) -> None:
    with pytest.raises(PaymentRefused, match=reason):
        run(plans.subscribe(replace(PURCHASE, **wrong)))


def test_nobody_is_let_into_the_portal_of_a_customer_who_is_gone(run, plans) -> None:
    with pytest.raises(PaymentRefused, match="No such object: 'cus_gone'"):
        run(plans.portal("cus_gone", BACK))


OVER = "This session is complete."
NO_LONGER_OPEN = error(400, type="invalid_request_error", message=OVER)
NO_PORTAL = error(400, type="invalid_request_error", message="No configuration provided.")


def test_a_portal_that_is_not_set_up_says_so(run, api, plans, ada) -> None:
    api.troubles = [NO_PORTAL]

    with pytest.raises(PaymentRefused, match="No configuration provided"):
        run(plans.portal(ada, BACK))


@pytest.mark.parametrize("trouble", [Trouble(), Trouble(done=True), error(500)])
def test_trouble_that_passes_is_not_noticed(run, api, plans, ada, trouble) -> None:
    for ask in (plans.subscribe(PURCHASE), plans.customer("user-2", ADA)):
        api.troubles = [trouble]
        run(ask)

    assert len(api.ledger.things) == 3


@pytest.mark.parametrize(
    "trouble", [error(500), error(401, type="invalid_request_error"), error(429)]
)
def test_trouble_that_lasts_is_told(run, api, plans, ada, trouble) -> None:
    for ask in (plans.subscribe(PURCHASE), plans.portal(ada, BACK), plans.customer("k", ADA)):
        api.troubles = [trouble] * 3
        with pytest.raises(PaymentsUnavailable):
            run(ask)
        api.troubles.clear()


def test_a_page_without_an_address_is_no_page(run, api, plans, ada) -> None:
    session = {"id": "cs_test_2", "object": "checkout.session", "url": None}
    api.troubles = [None, Trouble(Answer(200, json.dumps(session).encode()))]

    with pytest.raises(PaymentsUnavailable):
        run(plans.subscribe(PURCHASE))


OUT_OF_CONTRACT = {
    "mode=subscription&customer[id]=cus_1": ".customer: {'id': 'cus_1'} is no str",
    "mode=monthly": ".mode: 'monthly' is none of",
    "subscription_data[trial_days]=14": ".subscription_data.trial_days: unknown",
    "subscription_data[trial_period_days]=two": "trial_period_days: 'two' is no int",
    "line_items[0][price_id]=price_1": ".line_items[0].price_id: unknown",
    "trial_period_days=14": ".trial_period_days: unknown",
}


@pytest.mark.parametrize(("form", "fault"), OUT_OF_CONTRACT.items(), ids=OUT_OF_CONTRACT)
def test_the_contract_tells_what_stripe_would_not_take(form, fault) -> None:
    faults = faults_of("POST", "/v1/checkout/sessions", form)

    assert len(faults) == 1
    assert fault in faults[0]


def test_the_contract_knows_the_portal() -> None:
    assert faults_of("POST", "/v1/billing_portal/sessions", "return=x") == [".return: unknown"]
