"""Events, and what they mean to us."""

import json
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stripe import WebhookSignature

from domain.payment.errors import WebhookVerificationFailed
from domain.payment.events import Event, MoneyReturned, PaymentDeclined, PaymentEnded
from domain.payment.gateway import Charge
from infrastructure.payments.events import StripeEvents

type Json = dict[str, Any]

SECRET, OTHER = "whsec_1", "whsec_2"
READER = StripeEvents(SECRET)
EVENT = {"id": "evt_1", "type": "payment_intent.succeeded", "created": 1_766_000_000}


def signed(payload: bytes, secret: str = SECRET, timestamp: int | None = None) -> str:
    header: str = WebhookSignature.generate_signature_header(payload.decode(), secret, timestamp)
    return header


def written(event: object) -> bytes:
    return json.dumps(event).encode()


def test_an_event_is_read_as_it_came() -> None:
    payload = written(EVENT | {"data": {"object": {"id": "pi_1", "title": "Дюна"}}})

    event = READER.read(payload, signed(payload))

    assert event == Event(
        id="evt_1",
        type="payment_intent.succeeded",
        created_at=datetime.fromtimestamp(1_766_000_000, UTC),
        payload=json.loads(payload),
    )


@pytest.mark.parametrize("created", [None, "yesterday", True, 10**18, -(10**18), 1.5])
def test_an_event_that_does_not_say_when_is_of_now(created) -> None:
    payload = written(EVENT | {"created": created})

    event = READER.read(payload, signed(payload))

    assert abs(event.created_at - datetime.now(UTC)).total_seconds() < 60


def test_any_of_several_secrets_will_do_while_one_is_replaced() -> None:
    payload = written(EVENT)
    reader = StripeEvents(SECRET, OTHER)

    assert reader.read(payload, signed(payload, SECRET)).id == "evt_1"
    assert reader.read(payload, signed(payload, OTHER)).id == "evt_1"


PAYLOAD = written(EVENT)
GOOD = signed(PAYLOAD)
NOW = int(time.time())
BAD_SIGNATURES = {
    "none": None,
    "an empty one": "",
    "another secret's": signed(PAYLOAD, OTHER),
    "another event's": signed(written(EVENT | {"id": "evt_2"})),
    "too old": signed(PAYLOAD, timestamp=NOW - 301),
    "without a time": GOOD.split(",")[1],
    "of another time": f"t={NOW + 1},{GOOD.split(',')[1]}",
    "of no time": f"t=soon,{GOOD.split(',')[1]}",
    "of another scheme": GOOD.replace("v1=", "v0="),
    "with nothing in it": f"t={NOW},v1=",
    "not ASCII": f"t={NOW},v1=é",
    "nonsense": "=,=,==",
}


@pytest.mark.parametrize("signature", BAD_SIGNATURES.values(), ids=BAD_SIGNATURES)
def test_a_bad_signature_is_refused(signature) -> None:
    with pytest.raises(WebhookVerificationFailed):
        READER.read(PAYLOAD, signature)


@pytest.mark.parametrize("reader", [StripeEvents(), StripeEvents(""), StripeEvents(" ")])
def test_without_a_secret_nothing_is_believed(reader) -> None:
    with pytest.raises(WebhookVerificationFailed):
        reader.read(PAYLOAD, GOOD)


def test_a_signature_that_is_five_minutes_old_is_good() -> None:
    assert READER.read(PAYLOAD, signed(PAYLOAD, timestamp=int(time.time()) - 290)).id == "evt_1"


def test_one_good_signature_among_others_will_do() -> None:
    good = signed(PAYLOAD)

    assert READER.read(PAYLOAD, f"{good},v1={'0' * 64},v0=x").id == "evt_1"


NO_EVENTS = {
    "nothing": b"",
    "no JSON": b"{",
    "a list": b"[]",
    "a text": b'"evt_1"',
    "half a character": b'{"id": "\\ud800", "type": "x"}',
    "no id": written({"type": "x"}),
    "an empty id": written({"id": "", "type": "x"}),
    "an id that is too long": written({"id": "e" * 501, "type": "x"}),
    "an id that no database takes": written({"id": "evt_\0", "type": "x"}),
    "an id that is none": written({"id": 1, "type": "x"}),
    "no type": written({"id": "evt_1"}),
    "a type that is none": written({"id": "evt_1", "type": {}}),
    "very deep": b"[" * 100_000,
}


@pytest.mark.parametrize("payload", NO_EVENTS.values(), ids=NO_EVENTS)
def test_what_is_no_event_is_refused_although_it_is_signed(payload) -> None:
    with pytest.raises(WebhookVerificationFailed):
        READER.read(payload, signed(payload))


def test_what_is_no_text_is_refused() -> None:
    with pytest.raises(WebhookVerificationFailed):
        READER.read(b"\xff\xfe", GOOD)


@given(payload=st.binary(max_size=50), signature=st.none() | st.text(max_size=100))
def test_whatever_comes_unsigned_is_refused(payload, signature) -> None:
    with pytest.raises(WebhookVerificationFailed):
        READER.read(payload, signature)


def event(kind: str, about: object) -> Event:
    return Event("evt_1", kind, datetime.now(UTC), {"data": {"object": about}})


def ended(reference: str, charge: Charge, amount: int | None = None) -> PaymentEnded:
    return PaymentEnded(reference, "payment-1", charge, amount)


OURS = {"metadata": {"payment_id": "payment-1"}}
SESSION = {"id": "cs_1", "payment_intent": "pi_1", "amount_total": 34498, "currency": "usd"} | OURS
INTENT = {"id": "pi_1", "amount": 34498, "currency": "usd"} | OURS
PAID, NOT_PAID = {"payment_status": "paid"}, {"payment_status": "unpaid"}
FREE = {"payment_status": "no_payment_required", "payment_intent": None, "amount_total": 0}
WHOLE = {"payment_intent": {"id": "pi_1", "status": "succeeded"}}
DECLINE = {"code": "card_declined", "decline_code": "insufficient_funds"}
STOLEN = {"code": "card_declined", "decline_code": "stolen_card"}
MONEY = Charge("pi_1", paid=True)


def declined(code: str) -> PaymentDeclined:
    return PaymentDeclined("pi_1", "payment-1", code)


def lapsed(code: str) -> Charge:
    return Charge("pi_1", paid=False, decline_code=code)


FACTS = [
    ("checkout.session.completed", SESSION | PAID, ended("cs_1", MONEY, 34498)),
    ("checkout.session.completed", SESSION | PAID | WHOLE, ended("cs_1", MONEY, 34498)),
    ("checkout.session.completed", SESSION | FREE, ended("cs_1", Charge("cs_1", True), 0)),
    ("checkout.session.completed", SESSION | NOT_PAID, None),
    ("checkout.session.completed", SESSION, None),
    ("checkout.session.async_payment_succeeded", SESSION, ended("cs_1", MONEY, 34498)),
    (
        "checkout.session.async_payment_failed",
        SESSION,
        ended("cs_1", lapsed("async_payment_failed")),
    ),
    ("checkout.session.expired", SESSION, ended("cs_1", lapsed("expired"))),
    ("payment_intent.succeeded", INTENT, ended("pi_1", MONEY, 34498)),
    ("payment_intent.succeeded", INTENT | {"amount_received": 5}, ended("pi_1", MONEY, 5)),
    ("payment_intent.canceled", INTENT, ended("pi_1", lapsed("canceled"))),
    ("payment_intent.payment_failed", INTENT, declined("card_declined")),
    (
        "payment_intent.payment_failed",
        INTENT | {"last_payment_error": DECLINE},
        declined("insufficient_funds"),
    ),
    (
        "payment_intent.payment_failed",
        INTENT | {"last_payment_error": STOLEN},
        declined("card_declined"),
    ),
    (
        "charge.refunded",
        {"id": "ch_1", "payment_intent": "pi_1", "amount_refunded": 500},
        MoneyReturned("pi_1", 500),
    ),
    ("charge.refunded", {"id": "ch_1", "amount_refunded": 500}, MoneyReturned("ch_1", 500)),
    ("charge.refunded", {"id": "ch_1"}, None),
    ("charge.refunded", {"id": "ch_1", "amount_refunded": True}, None),
    ("payment_intent.created", INTENT, None),
    ("customer.created", {"id": "cus_1"}, None),
]


@pytest.mark.parametrize(("kind", "about", "fact"), FACTS)
def test_events_mean_something_to_us_or_nothing(kind, about, fact) -> None:
    assert READER.fact(event(kind, about)) == fact


AMOUNTS = {
    "usd": 500, "EUR": 500, "jpy": 500, "kwd": 500, "isk": 5, "ugx": 5, "mga": 50000, "": 500,
}  # fmt: skip


@pytest.mark.parametrize(("currency", "ours"), AMOUNTS.items())
def test_amounts_are_read_in_our_smallest_unit(currency, ours) -> None:
    charge = {"id": "ch_1", "amount_refunded": 500, "currency": currency}

    assert READER.fact(event("charge.refunded", charge)) == MoneyReturned("ch_1", ours)


def test_events_with_as_few_fields_as_the_documentation_shows_are_understood() -> None:
    session = {
        "id": "cs_test_abc123",
        "amount_total": 34498,
        "currency": "usd",
        "customer_email": "customer@example.com",
        "payment_status": "paid",
        "metadata": {"cart_id": "cart_123456", "user_id": "user_789"},
    }

    assert READER.fact(event("checkout.session.completed", session)) == PaymentEnded(
        reference="cs_test_abc123",
        key=None,
        charge=Charge("cs_test_abc123", paid=True),
        amount=34498,
    )


KINDS = sorted({kind for kind, _, _ in FACTS})
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3)
THINGS = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
)
FIELDS = sorted({name for _, about, _ in FACTS for name in about} | {"last_payment_error"})
OBJECTS = st.dictionaries(st.sampled_from(FIELDS), THINGS) | THINGS


@given(kind=st.sampled_from(KINDS), about=OBJECTS)
def test_no_event_whatever_its_fields_makes_us_fall_over(kind, about) -> None:
    fact = READER.fact(event(kind, about))

    assert fact is None or isinstance(fact, PaymentEnded | PaymentDeclined | MoneyReturned)


@pytest.mark.parametrize("payload", [{}, {"data": None}, {"data": {}}, {"data": {"object": []}}])
def test_an_event_about_nothing_means_nothing(payload) -> None:
    nothing = Event("evt_1", "charge.refunded", datetime.now(UTC), payload)

    assert READER.fact(nothing) is None
