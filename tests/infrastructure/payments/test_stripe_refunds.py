"""Money on its way back."""

import pytest
from support.bills import a_bill

from common.money import Money
from domain.payment.gateway import Refunded, RefundStatus


@pytest.fixture
def charge(run, stripe) -> str:
    """34.99 dollars that were taken."""
    return run(stripe.charge(a_bill(), "pm_card_visa")).reference


def dollars(cents: int) -> Money:
    return Money(cents, "USD")


def test_money_goes_back_under_a_key_of_ours(run, api, stripe, charge) -> None:
    returned = run(stripe.refund("refund-1", charge, dollars(1000)))

    assert returned == Refunded("re_2", RefundStatus.SUCCEEDED)
    assert api.asked[-1].headers["idempotency-key"] == "refund-1"
    assert api.form(-1) == {
        "payment_intent": charge,
        "amount": "1000",
        "metadata": {"refund_id": "refund-1"},
    }


def test_each_key_gives_back_once(run, api, stripe, charge) -> None:
    first = run(stripe.refund("refund-1", charge, dollars(1000)))
    api.forget_keys()

    again = run(stripe.refund("refund-1", charge, dollars(1000)))
    other = run(stripe.refund("refund-2", charge, dollars(1000)))

    assert again == first
    assert other.reference != first.reference
    assert sum(each["amount"] for each in api.ledger.refunds(charge)) == 2000


def test_more_than_was_taken_does_not_go_back(run, api, stripe, charge) -> None:
    run(stripe.refund("refund-1", charge, dollars(3000)))

    beyond = run(stripe.refund("refund-2", charge, dollars(500)))

    assert beyond.status is RefundStatus.FAILED
    assert beyond.failure == "Refund amount is greater than unrefunded amount"
    assert sum(each["amount"] for each in api.ledger.refunds(charge)) == 3000


def test_what_went_back_does_not_go_again(run, stripe, charge) -> None:
    run(stripe.refund("refund-1", charge, dollars(3499)))

    again = run(stripe.refund("refund-2", charge, dollars(3499)))

    assert (again.status, again.failure) == (
        RefundStatus.FAILED,
        f"{charge} has already been refunded",
    )


@pytest.mark.parametrize("charge", ["pi_9", "ch_of_the_stand_in", "cs_test_1"])
def test_what_stripe_never_took_does_not_go_back(run, api, stripe, charge) -> None:
    returned = run(stripe.refund("refund-1", charge, dollars(1000)))

    assert returned.status is RefundStatus.FAILED
    assert returned.failure


def test_amounts_too_fine_for_stripe_do_not_go_back(run, stripe, charge) -> None:
    returned = run(stripe.refund("refund-1", charge, Money(1, "KWD")))

    assert returned.failure == "0.001 KWD is finer than it can charge"


STATUSES = {
    "pending": RefundStatus.PENDING,
    "requires_action": RefundStatus.PENDING,
    "succeeded": RefundStatus.SUCCEEDED,
    "failed": RefundStatus.FAILED,
    "canceled": RefundStatus.FAILED,
    None: RefundStatus.PENDING,
}


@pytest.mark.parametrize(("status", "meaning"), STATUSES.items())
def test_asking_again_tells_how_a_refund_stands_now(
    run, api, stripe, charge, status, meaning
) -> None:
    first = run(stripe.refund("refund-1", charge, dollars(1000)))
    api.ledger.become(first.reference, status)

    assert run(stripe.refund("refund-1", charge, dollars(1000))).status is meaning


def test_a_refund_that_failed_says_why(run, api, stripe, charge) -> None:
    first = run(stripe.refund("refund-1", charge, dollars(1000)))
    api.ledger.become(first.reference, "failed", failure_reason="expired_or_canceled_card")

    again = run(stripe.refund("refund-1", charge, dollars(1000)))

    assert again == Refunded("re_2", RefundStatus.FAILED, "expired_or_canceled_card")
