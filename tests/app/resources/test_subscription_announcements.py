"""What other systems are told of subscriptions."""

import pytest
from support.receiver import Receiver, allowing, listen
from support.stripe_events import event, send
from support.subscription_events import (
    ENTERPRISE_PRICE,
    PRICES,
    PRO_PRICE,
    START,
    SUBSCRIPTION,
    at,
    invoice,
    subscription,
)


@pytest.fixture
def settings(settings):
    return allowing(settings, "127.0.0.1").model_copy(update=PRICES)


@pytest.fixture
def receiver(run, admin):
    with Receiver().opened(run) as receiver:
        listen(admin, receiver.url, "subscription.*")
        yield receiver


@pytest.fixture
def tell(client, shopper, carried_out):
    """Have Stripe say how the shopper's subscription stands, and all that follows done."""

    def tell(second: int, change: str, status: str = "active", **fields) -> None:
        about = subscription(status, metadata={"user_id": shopper.user_id}, **fields)
        send(client, at(second, f"{SUBSCRIPTION}.{change}", about))
        carried_out()

    return tell


def test_every_real_change_is_told_once(client, shopper, receiver, tell, carried_out) -> None:
    tell(1, "created", "trialing")
    tell(1, "created", "trialing")
    tell(2, "updated", "trialing")
    tell(3, "updated", "active")
    send(client, event("invoice.paid", invoice(), created=START + 4))
    send(client, event("invoice.payment_failed", invoice(), created=START + 5))
    carried_out()
    tell(4, "updated", "unpaid")
    tell(9, "deleted", "canceled")
    tell(9, "deleted", "canceled")
    tell(9, "updated", "active")

    told = [(each["type"], each["data"]["status"]) for each in receiver.told]
    assert told == [
        ("subscription.created", "trialing"),
        ("subscription.updated", "active"),
        ("subscription.updated", "past_due"),
        ("subscription.updated", "unpaid"),
        ("subscription.canceled", "canceled"),
    ]
    assert {each["data"]["user_id"] for each in receiver.told} == {shopper.user_id}


def test_what_is_told_is_the_whole_subscription(shopper, receiver, tell) -> None:
    tell(1, "created", "active", price=ENTERPRISE_PRICE, cancel_at_period_end=True)

    (told,) = receiver.told
    shown = shopper.get("/api/v1/billing/current").json
    assert told["data"] == {name: shown[name] for name in told["data"]}
    assert told["data"]["plan"] == "enterprise"


def test_a_subscription_that_is_over_when_it_is_first_heard_of_is_canceled(receiver, tell) -> None:
    tell(1, "deleted", "canceled")

    assert receiver.types == ["subscription.canceled"]


@pytest.mark.parametrize("price", ["price_unknown", PRO_PRICE])
def test_what_is_not_done_is_not_told(client, shopper, receiver, price, carried_out) -> None:
    stranger = subscription(price=price, customer="cus_9")
    ours = subscription(price="price_unknown", metadata={"user_id": shopper.user_id})

    for about in (stranger, ours):
        send(client, event(f"{SUBSCRIPTION}.created", about))
    carried_out()

    assert receiver.told == []
