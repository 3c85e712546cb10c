"""How payments ended, and making sure that they have."""

import pytest
from support.bills import KEY, a_bill, terms
from support.loopback import Answer
from support.stripe_api import Trouble

from common.money import Money
from domain.payment.errors import PaymentsUnavailable
from domain.payment.gateway import Charge, PaymentKind, SessionMode

SESSION, INTENT, CHARGE = PaymentKind.SESSION, PaymentKind.INTENT, PaymentKind.CHARGE
KINDS = [
    a_bill(CHARGE),
    a_bill(INTENT),
    a_bill(SESSION),
    a_bill(SESSION, session=terms(SessionMode.EMBEDDED)),
]
NEVER_MADE = Charge(KEY, paid=False, decline_code="expired")


@pytest.fixture(params=["we know its name", "we died before we heard its name"])
def opened(request, run, stripe):
    """Open payments; the bills are as they are found afterwards."""

    def opened(bill):
        reference = run(stripe.open(bill)).reference
        known = request.param == "we know its name"
        return a_bill(bill.kind, session=bill.session, reference=reference if known else None)

    return opened


def pay(api, bill) -> Charge:
    """Let the shopper pay; the name is that of the money."""
    if bill.kind is not SESSION:
        api.ledger.become("pi_1", "succeeded")
        return Charge("pi_1", paid=True)
    api.ledger.pay_session("cs_test_1", "paid", "succeeded")
    return Charge("pi_2", paid=True)


@pytest.mark.parametrize("bill", KINDS)
def test_an_open_payment_has_not_ended(run, stripe, opened, bill) -> None:
    assert run(stripe.look_up(opened(bill))) is None


@pytest.mark.parametrize("bill", KINDS)
def test_a_payment_that_was_made_is_found(run, api, stripe, opened, bill) -> None:
    bill = opened(bill)
    paid = pay(api, bill)

    assert run(stripe.look_up(bill)) == paid
    assert run(stripe.close(bill)) == paid


@pytest.mark.parametrize("bill", KINDS)
def test_a_closed_payment_cannot_be_made_any_more(run, api, stripe, opened, bill) -> None:
    bill = opened(bill)

    closed = run(stripe.close(bill))

    assert (closed.paid, closed.decline_code) == (
        (False, "expired") if bill.kind is SESSION else (False, "canceled")
    )
    assert {thing["status"] for thing in api.ledger.things.values()} <= {"expired", "canceled"}
    assert run(stripe.close(bill)) == closed
    assert run(stripe.look_up(bill)) == closed


@pytest.mark.parametrize("bill", KINDS)
def test_a_payment_that_was_never_opened_is_closed_for_good(run, api, stripe, bill) -> None:
    closed = run(stripe.close(bill))

    assert not closed.paid
    assert {thing["status"] for thing in api.ledger.things.values()} <= {"expired", "canceled"}
    assert run(stripe.close(bill)) == closed


REFUSED = {
    "a session whose end is too near": a_bill(SESSION, session=terms(minutes=2)),
    "a session whose end is past": a_bill(SESSION, session=terms(minutes=-5)),
    "an amount too small": a_bill(INTENT, amount=Money(1, "USD")),
    "an amount too fine": a_bill(CHARGE, amount=Money(5125, "KWD")),
    "metadata that never fits": a_bill(SESSION, metadata={"a]": "x"}),
}


@pytest.mark.parametrize("bill", REFUSED.values(), ids=REFUSED)
def test_what_stripe_would_not_make_now_was_never_made(run, api, stripe, bill) -> None:
    assert run(stripe.close(bill)) == NEVER_MADE
    assert run(stripe.look_up(bill)) == NEVER_MADE
    assert api.ledger.things == {}


def test_a_decline_does_not_end_an_intent(run, api, stripe) -> None:
    bill = a_bill(INTENT, reference=run(stripe.open(a_bill(INTENT))).reference)
    failure = {"code": "card_declined"}
    api.ledger.become("pi_1", "requires_payment_method", last_payment_error=failure)

    assert run(stripe.look_up(bill)) is None


@pytest.mark.parametrize("bill", [a_bill(CHARGE), a_bill(INTENT)])
def test_an_intent_that_a_bank_thinks_about_cannot_be_closed_yet(
    run, api, stripe, opened, bill
) -> None:
    bill = opened(bill)
    api.ledger.become("pi_1", "processing")

    with pytest.raises(PaymentsUnavailable):
        run(stripe.close(bill))

    assert run(stripe.look_up(bill)) is None


def test_a_session_whose_money_is_on_its_way_cannot_be_closed_yet(run, api, stripe, opened) -> None:
    bill = opened(a_bill(SESSION))
    api.ledger.pay_session("cs_test_1", "unpaid", "processing")

    with pytest.raises(PaymentsUnavailable):
        run(stripe.close(bill))

    assert run(stripe.look_up(bill)) is None


@pytest.mark.parametrize("status", ["requires_payment_method", "canceled"])
def test_a_session_whose_money_will_not_come_has_ended(run, api, stripe, opened, status) -> None:
    bill = opened(a_bill(SESSION))
    api.ledger.pay_session("cs_test_1", "unpaid", status)
    failed = Charge("pi_2", paid=False, decline_code="async_payment_failed")

    assert run(stripe.look_up(bill)) == failed
    assert run(stripe.close(bill)) == failed


def test_a_session_that_cost_nothing_is_paid(run, api, stripe, opened) -> None:
    bill = opened(a_bill(SESSION))
    api.ledger.become("cs_test_1", "complete", payment_status="no_payment_required")

    assert run(stripe.look_up(bill)) == Charge("cs_test_1", paid=True)


@pytest.mark.parametrize("ask", ["look_up", "close"])
@pytest.mark.parametrize(("kind", "name"), [(SESSION, "cs_test_9"), (INTENT, "pi_9")])
def test_a_payment_that_stripe_does_not_know_is_canceled(run, stripe, ask, kind, name) -> None:
    """It was made by the stand-in, or with another account's key."""
    told = run(getattr(stripe, ask)(a_bill(kind, reference=name)))

    assert told == Charge(name, paid=False, decline_code="canceled")


@pytest.fixture
def charged_long_ago(run, api, stripe):
    """A charge that went through, a day before Stripe forgot its key; we never heard of it."""
    run(stripe.charge(a_bill(), "pm_card_visa"))
    api.forget_keys()


def test_money_is_found_when_its_key_is_forgotten(run, api, stripe, charged_long_ago) -> None:
    closed = run(stripe.close(a_bill()))

    assert closed == Charge("pi_1", paid=True)
    assert run(stripe.close(a_bill())) == closed


def test_where_stripe_cannot_be_searched_what_it_says_by_key_holds(run, api, stripe) -> None:
    refused = b'{"error": {"type": "invalid_request_error", "message": "Not in your country"}}'
    run(stripe.open(a_bill()))
    api.troubles = [None, None, Trouble(Answer(400, refused))]

    closed = run(stripe.close(a_bill()))

    assert closed == Charge("pi_1", paid=False, decline_code="canceled")
