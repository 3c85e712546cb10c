"""Money that is taken at once."""

import pytest
from support.bills import KEY, a_bill
from support.stripe_api import Trouble

from common.money import Money
from domain.payment.errors import PaymentRefused, PaymentsUnavailable
from domain.payment.gateway import Charge

PAID = Charge("pi_1", paid=True)
CONFIRMED_UNHEARD = [None, *[Trouble(done=True)] * 3]


def declined(code: str) -> Charge:
    return Charge("pi_1", paid=False, decline_code=code)


def test_an_intent_is_made_and_then_confirmed_under_keys_of_our_own(run, api, stripe) -> None:
    charge = run(stripe.charge(a_bill(), "pm_card_visa"))

    assert charge == PAID
    assert api.calls == ["POST payment_intents", "POST payment_intents/pi/confirm"]
    assert [each.headers["idempotency-key"] for each in api.asked] == [KEY, f"{KEY}:confirm"]
    assert api.form(0) == {
        "amount": "3499",
        "currency": "usd",
        "automatic_payment_methods": {"enabled": "true", "allow_redirects": "never"},
        "metadata": {
            "source": "3d_experience",
            "order_id": a_bill().order_id,
            "order_number": a_bill().order_number,
            "payment_id": KEY,
        },
    }
    assert api.form(1) == {"payment_method": "pm_card_visa"}


@pytest.mark.parametrize("token", ["pm_card_visa", "tok_visa", "ctoken_visa", None])
def test_a_card_pays_by_whatever_kind_of_token_names_it(run, stripe, token) -> None:
    assert run(stripe.charge(a_bill(), token)) == PAID


@pytest.mark.parametrize("key", ["sk_live_1", "rk_live_1"])
def test_where_money_is_real_there_is_no_test_card(run, api, connect, key) -> None:
    with pytest.raises(PaymentRefused, match="payment_token"):
        run(connect(api.url, key).charge(a_bill(), None))

    assert api.calls == []


DECLINES = {
    "pm_card_chargeDeclined": "card_declined",
    "pm_card_visa_chargeDeclinedInsufficientFunds": "insufficient_funds",
    "pm_card_visa_chargeDeclinedStolenCard": "card_declined",
    "pm_card_chargeDeclinedExpiredCard": "expired_card",
    "tok_chargeDeclined": "card_declined",
    "pm_card_authenticationRequired": "authentication_required",
    "pm_of_nobody": "invalid_card",
    "tok_of_nobody": "invalid_card",
    "4242 4242 4242 4242": "invalid_card",
    "tok_\r\nStripe-Account: acct_1": "invalid_card",
    "tok_é": "invalid_card",
    "pm_" + "1" * 300: "invalid_card",
}


@pytest.mark.parametrize(("token", "code"), DECLINES.items(), ids=map(repr, DECLINES))
def test_a_declined_card_is_an_outcome_and_final(run, api, stripe, token, code) -> None:
    charge = run(stripe.charge(a_bill(), token))

    assert charge == declined(code)
    assert api.ledger.find("pi_1")["status"] == "canceled"
    assert run(stripe.charge(a_bill(), token)) == charge


@pytest.mark.parametrize("other", ["tok_visa", "pm_card_chargeDeclined", "nonsense", None])
def test_what_was_paid_stays_paid_with_another_card(run, api, stripe, other) -> None:
    run(stripe.charge(a_bill(), "pm_card_visa"))

    assert run(stripe.charge(a_bill(), other)) == PAID
    assert len(api.ledger.search(f"metadata['payment_id']:'{KEY}'")) == 1


def test_what_was_declined_stays_declined_with_another_card(run, stripe) -> None:
    run(stripe.charge(a_bill(), "pm_card_visa_chargeDeclinedInsufficientFunds"))

    assert not run(stripe.charge(a_bill(), "pm_card_visa")).paid


@pytest.mark.parametrize(
    ("token", "outcome"),
    {
        "pm_card_visa": PAID,
        "pm_card_visa_chargeDeclinedInsufficientFunds": declined("insufficient_funds"),
        "pm_card_authenticationRequired": declined("authentication_required"),
    }.items(),
)
@pytest.mark.parametrize("again", ["the same card", "pm_card_chargeDeclinedExpiredCard"])
def test_an_attempt_we_never_heard_of_is_found(run, api, stripe, token, outcome, again) -> None:
    api.troubles = [*CONFIRMED_UNHEARD]
    with pytest.raises(PaymentsUnavailable):
        run(stripe.charge(a_bill(), token))

    charge = run(stripe.charge(a_bill(), token if again == "the same card" else again))

    assert charge == outcome


def test_a_card_that_a_bank_still_thinks_about_is_no_outcome(run, api, stripe) -> None:
    api.troubles = [*CONFIRMED_UNHEARD]
    with pytest.raises(PaymentsUnavailable):
        run(stripe.charge(a_bill(), "pm_card_visa"))
    api.ledger.become("pi_1", "processing")

    with pytest.raises(PaymentsUnavailable) as thinking:
        run(stripe.charge(a_bill(), "pm_card_chargeDeclined"))

    assert thinking.value.details == {"retry_after": 30}


def test_a_bill_that_was_closed_is_charged_no_more(run, stripe) -> None:
    run(stripe.close(a_bill()))

    assert not run(stripe.charge(a_bill(), "pm_card_visa")).paid


def test_a_sum_too_small_for_stripe_is_refused_in_its_words(run, stripe) -> None:
    with pytest.raises(PaymentRefused, match=r"refuses: Amount must be at least \$0\.50 usd\.$"):
        run(stripe.charge(a_bill(amount=Money(49, "USD")), "pm_card_visa"))


def test_metadata_cannot_take_the_place_of_ours(run, api, stripe) -> None:
    run(stripe.charge(a_bill(metadata={"payment_id": "another", "cart_id": "c1"}), None))

    assert api.form(0)["metadata"]["payment_id"] == KEY
    assert api.form(0)["metadata"]["cart_id"] == "c1"


@pytest.mark.parametrize("name", ["a]", "[payment_id", "a][payment_id"])
def test_metadata_cannot_reach_out_of_its_place(run, api, stripe, name) -> None:
    with pytest.raises(PaymentRefused, match="square brackets"):
        run(stripe.charge(a_bill(metadata={name: "x"}), None))

    assert api.calls == []
