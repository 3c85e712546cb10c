"""What the stand-in tells is what Stripe would: the SDK knows every field, and reads it."""

import pytest
import stripe
from support.stand_in import PRICE, books, charge_of, session_of

from infrastructure.payments.stand_in.counter import Button

KINDS = {
    "payment_intent": stripe.PaymentIntent,
    "checkout.session": stripe.checkout.Session,
    "charge": stripe.Charge,
    "refund": stripe.Refund,
    "event": stripe.Event,
}
TOLD = {
    "payment_intent.succeeded",
    "payment_intent.payment_failed",
    "payment_intent.canceled",
    "checkout.session.completed",
    "checkout.session.expired",
    "charge.refunded",
}


@pytest.fixture
def busy_day(run, stand_in, cashier) -> None:
    """Have everything happen once."""
    opened = run(stand_in.open(session_of(metadata={"source": "app"})))
    token = run(cashier.counter(opened.reference)).form_token
    for button in (Button.DECLINE, Button.PAY):
        run(cashier.press(opened.reference, token, button))
    run(stand_in.close(session_of(key="k2")))
    run(stand_in.close(charge_of(key="k3")))
    taken = run(stand_in.charge(charge_of(key="k4"), None))
    run(stand_in.refund("r1", taken.reference, PRICE))


def test_every_field_is_one_of_stripes(run, database, busy_day) -> None:
    unknown = {
        kind: set(thing) - set(of.__annotations__) - {"object"}
        for kind, of in KINDS.items()
        for thing in books(run, database, kind)
    }

    assert unknown == {kind: set() for kind in KINDS}


def test_everything_that_happens_is_told(run, database, busy_day) -> None:
    events = books(run, database, "event")

    assert {event["type"] for event in events} == TOLD
    assert {event["type"].rpartition(".")[0] for event in events} == {
        event["data"]["object"]["object"] for event in events
    }


def test_the_sdk_reads_the_events(run, database, busy_day) -> None:
    for event in books(run, database, "event"):
        read = stripe.Event.construct_from(event, None)

        assert isinstance(read.data.object, KINDS[read.data.object["object"]])
        assert read.data.object.id == event["data"]["object"]["id"]


def test_every_event_names_the_payment_it_is_about(run, database, busy_day) -> None:
    for event in books(run, database, "event"):
        assert event["data"]["object"]["metadata"]["payment_id"] in {"k1", "k2", "k3", "k4"}
