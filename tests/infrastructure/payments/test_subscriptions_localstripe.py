"""Subscriptions at a Stripe that somebody else has written; it speaks as Stripe did before 2025."""

import time
from collections.abc import Iterator
from itertools import count

import httpx2
import pytest
from support.localstripe import SECRET, Inbox, localstripe, send_events_to

from common.clock import utc_now
from domain.billing.gateway import SubscriptionChanged, SubscriptionInvoiced
from domain.billing.models import SubscriptionStatus
from domain.payment.events import Event
from infrastructure.payments.events import StripeEvents
from infrastructure.payments.stripe_subscriptions import StripeSubscriptions

READER = StripeEvents(SECRET)
_numbers = count(1)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with localstripe() as address:
        yield address


@pytest.fixture
def ask(address) -> Iterator:
    """Do at Stripe what is done in its dashboard, or on its pages."""
    with httpx2.Client(base_url=address, auth=("sk_test_1", ""), trust_env=False) as client:

        def ask(method: str, path: str, **form: str) -> dict:
            answer = client.request(method, f"/v1/{path}", data=form)
            assert answer.status_code == 200, answer.text
            return answer.json()

        yield ask


@pytest.fixture
def inbox(run, address) -> Iterator[Inbox]:
    inbox = Inbox()
    run(inbox.loopback.open())
    send_events_to(f"{inbox.loopback.url}/hook", address)
    yield inbox
    run(inbox.loopback.close())


@pytest.fixture
def customer(run, address, dial, ask) -> str:
    """Somebody with a card, whom the adapter has made a customer."""
    plans = StripeSubscriptions(dial(address))
    name: str = run(plans.customer(f"user-{next(_numbers)}", "ada@shop.example"))
    card = ask(
        "POST",
        "payment_methods",
        **{"type": "card", "card[number]": "4242424242424242", "card[cvc]": "123"},
        **{"card[exp_month]": "12", "card[exp_year]": "2050"},
    )
    ask("POST", f"payment_methods/{card['id']}/attach", customer=name)
    ask(
        "POST",
        f"customers/{name}",
        **{"invoice_settings[default_payment_method]": card["id"]},
    )
    return name


@pytest.fixture
def price(ask) -> str:
    name = f"price_pro_{next(_numbers)}"
    month = {"currency": "usd", "interval": "month", "product[name]": "Pro"}
    return str(ask("POST", "plans", id=name, amount="2900", **month)["id"])


@pytest.fixture
def subscribed(ask, customer, price) -> dict:
    """A subscription, as Stripe's page would have made it."""
    terms = {"items[0][plan]": price, "metadata[user_id]": "user-1"}
    return ask("POST", "subscriptions", customer=customer, **terms)


def test_a_subscription_that_begins_is_told_of(run, inbox, customer, price, subscribed) -> None:
    event, _ = run(inbox.about(subscribed["id"]))
    fact = READER.fact(event)

    assert event.type == "customer.subscription.created"
    assert isinstance(fact, SubscriptionChanged)
    assert (fact.begun, fact.ended) == (True, False)
    assert fact.state.reference == subscribed["id"]
    assert (fact.state.customer, fact.state.price_id) == (customer, price)
    assert (fact.state.status, fact.state.user_id) == (SubscriptionStatus.ACTIVE, "user-1")
    assert fact.state.current_period_end.timestamp() > time.time() + 27 * 24 * 60 * 60


def test_a_subscription_that_ends_is_told_of(run, inbox, ask, subscribed) -> None:
    run(inbox.about(subscribed["id"]))

    ask("DELETE", f"subscriptions/{subscribed['id']}")
    event, _ = run(inbox.about(subscribed["id"]))
    fact = READER.fact(event)

    assert event.type == "customer.subscription.deleted"
    assert isinstance(fact, SubscriptionChanged)
    assert (fact.ended, fact.state.status) == (True, SubscriptionStatus.CANCELED)


def test_an_invoice_names_its_subscription_and_price(run, ask, customer, price, subscribed) -> None:
    listed = ask("GET", f"invoices?customer={customer}")["data"]
    payload = {"data": {"object": listed[0]}}

    fact = READER.fact(Event("evt_1", "invoice.paid", utc_now(), payload))

    assert isinstance(fact, SubscriptionInvoiced)
    assert (fact.reference, fact.paid) == (subscribed["id"], True)
    assert (fact.state.price_id, fact.state.customer) == (price, customer)
    assert fact.state.current_period_end.timestamp() > time.time() + 27 * 24 * 60 * 60
