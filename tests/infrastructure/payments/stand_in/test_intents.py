import asyncio

import pytest
from support.stand_in import books, charge_of, intent_of, session_of, told

from domain.payment.gateway import Charge
from infrastructure.payments.stand_in.counter import Button


@pytest.fixture
def opened(run, stand_in):
    return run(stand_in.open(intent_of()))


def test_an_intent_waits_for_a_card(run, stand_in, database, opened) -> None:
    (intent,) = books(run, database, "payment_intent")

    assert opened.reference == intent["id"]
    assert opened.reference.startswith("pi_test_")
    assert opened.client_secret.startswith(f"{opened.reference}_secret_")
    assert (intent["status"], intent["amount"]) == ("requires_payment_method", 1999)
    assert run(stand_in.look_up(intent_of())) is None
    assert run(stand_in.open(intent_of())) == opened


def test_whoever_has_the_secret_can_pay(run, stand_in, database, cashier, opened) -> None:
    confirmed = run(cashier.confirm(opened.reference, opened.client_secret, "pm_card_visa"))

    assert confirmed["status"] == "succeeded"
    assert run(stand_in.look_up(intent_of())) == Charge(opened.reference, paid=True)
    assert told(run, database) == ["payment_intent.succeeded"]


def test_after_a_declined_card_another_one_pays(run, stand_in, database, cashier, opened) -> None:
    declined = run(cashier.confirm(opened.reference, opened.client_secret, "pm_card_nonsense"))
    assert declined["status"] == "requires_payment_method"
    assert run(stand_in.look_up(intent_of())) is None

    run(cashier.confirm(opened.reference, opened.client_secret, "pm_card_visa"))

    assert run(stand_in.look_up(intent_of())).paid
    assert told(run, database) == ["payment_intent.payment_failed", "payment_intent.succeeded"]


def test_an_intent_is_paid_once(run, database, cashier, opened) -> None:
    async def everybody():
        asks = [
            cashier.confirm(opened.reference, opened.client_secret, "tok_visa") for _ in range(6)
        ]
        return await asyncio.gather(*asks)

    assert {each["status"] for each in run(everybody())} == {"succeeded"}
    assert len(books(run, database, "charge")) == 1


def test_a_canceled_intent_is_never_paid(run, stand_in, database, cashier, opened) -> None:
    closed = run(stand_in.close(intent_of(reference=opened.reference)))

    late = run(cashier.confirm(opened.reference, opened.client_secret, "tok_visa"))

    assert closed == Charge(opened.reference, paid=False, decline_code="canceled")
    assert late["status"] == "canceled"
    assert books(run, database, "charge") == []
    assert told(run, database) == ["payment_intent.canceled"]


@pytest.mark.parametrize("wrong", ["", "nonsense", "ä", "\ud800"])
def test_a_wrong_secret_opens_nothing(run, database, cashier, opened, wrong) -> None:
    for secret in (wrong, opened.client_secret + wrong + "x"):
        assert run(cashier.confirm(opened.reference, secret, "tok_visa")) is None

    assert told(run, database) == []


def test_only_intents_can_be_confirmed(run, stand_in, database, cashier) -> None:
    embedded = run(stand_in.open(session_of()))
    (session,) = books(run, database, "checkout.session")
    run(stand_in.charge(charge_of(key="k2"), None))
    (charge,) = books(run, database, "charge")

    for name in (embedded.reference, charge["id"]):
        assert run(cashier.confirm(name, session["client_secret"], "tok_visa")) is None
        assert run(cashier.confirm(name, "None", "tok_visa")) is None


def test_the_intent_of_a_session_is_paid_on_its_page_only(run, stand_in, database, cashier) -> None:
    opened = run(stand_in.open(session_of()))
    token = run(cashier.counter(opened.reference)).form_token
    run(cashier.press(opened.reference, token, Button.DECLINE))
    (intent,) = books(run, database, "payment_intent")

    assert intent["client_secret"] is None
    assert run(cashier.confirm(intent["id"], "", "tok_visa")) is None
    assert run(cashier.confirm(intent["id"], "None", "tok_visa")) is None
