import asyncio

import pytest
from support.stand_in import PRICE, books, charge_of, session_of, told

from common.money import Money
from domain.payment.errors import PaymentRefused
from domain.payment.gateway import Refunded, RefundStatus
from infrastructure.payments.stand_in.counter import Button


def eur(amount: int) -> Money:
    return Money(amount, "EUR")


@pytest.fixture
def paid(run, stand_in) -> str:
    """The provider's name for money that was taken."""
    return run(stand_in.charge(charge_of(), None)).reference


@pytest.fixture
def refund(run, stand_in, paid):
    def refunded(key: str, amount: Money = PRICE, charge: str = paid) -> Refunded:
        return run(stand_in.refund(key, charge, amount))

    return refunded


def test_all_of_a_charge_can_be_given_back(run, database, refund) -> None:
    refunded = refund("r1")

    (charge,) = books(run, database, "charge")
    (written,) = books(run, database, "refund")
    assert refunded == Refunded(written["id"], RefundStatus.SUCCEEDED)
    assert (charge["amount_refunded"], charge["refunded"]) == (1999, True)
    assert (written["amount"], written["charge"]) == (1999, charge["id"])
    assert told(run, database) == ["charge.refunded"]


def test_a_charge_can_be_given_back_in_parts_until_nothing_is_left(run, database, refund) -> None:
    parts = [refund(f"r{number}", eur(amount)) for number, amount in enumerate((1000, 998, 2, 1))]

    assert [part.status for part in parts] == ["SUCCEEDED", "SUCCEEDED", "FAILED", "SUCCEEDED"]
    assert parts[2].failure == "0.01 EUR of the charge is left"
    (charge,) = books(run, database, "charge")
    assert (charge["amount_refunded"], charge["refunded"]) == (1999, True)


def test_a_repeat_gives_nothing_more_back(run, database, refund) -> None:
    first = refund("r1", eur(1500))

    assert refund("r1", eur(1500)) == first
    assert books(run, database, "charge")[0]["amount_refunded"] == 1500
    assert told(run, database).count("charge.refunded") == 1


def test_a_refusal_stays_one(run, refund) -> None:
    refused = refund("r1", eur(2000))

    assert refused.status is RefundStatus.FAILED
    assert refund("r1", eur(2000)) == refused


def test_a_key_cannot_be_used_for_another_refund(refund) -> None:
    refund("r1", eur(1))

    with pytest.raises(PaymentRefused, match="used before"):
        refund("r1", eur(2))


def test_a_key_of_a_charge_cannot_be_used_for_a_refund(refund) -> None:
    with pytest.raises(PaymentRefused, match="used before"):
        refund(charge_of().key)


@pytest.mark.parametrize(
    ("amount", "charge", "why"),
    [
        (PRICE, "pi_test_unknown", "there is no such charge"),
        (PRICE, "ch_test_unknown", "there is no such charge"),
        (PRICE, "nonsense", "there is no such charge"),
        (Money(1999, "USD"), None, "the charge was in EUR"),
        (eur(0), None, "19.99 EUR of the charge is left"),
        (eur(-5), None, "19.99 EUR of the charge is left"),
        (eur(2000), None, "19.99 EUR of the charge is left"),
    ],
)
def test_what_cannot_be_given_back_is_refused(
    run, database, refund, paid, amount, charge, why
) -> None:
    refused = refund("r1", amount, charge or paid)

    assert (refused.status, refused.failure) == (RefundStatus.FAILED, why)
    assert books(run, database, "charge")[0]["amount_refunded"] == 0
    assert told(run, database) == []


def test_what_was_not_paid_cannot_be_given_back(run, stand_in) -> None:
    declined = run(stand_in.charge(charge_of(), "tok_chargeDeclined"))

    refused = run(stand_in.refund("r1", declined.reference, PRICE))

    assert refused.status is RefundStatus.FAILED


def test_the_charge_may_be_named_itself(run, database, refund) -> None:
    (charge,) = books(run, database, "charge")

    assert refund("r1", PRICE, charge["id"]).status is RefundStatus.SUCCEEDED


def test_what_a_session_took_can_be_given_back(run, stand_in, cashier) -> None:
    bill = session_of()
    session_id = run(stand_in.open(bill)).reference
    run(cashier.press(session_id, run(cashier.counter(session_id)).form_token, Button.PAY))

    refunded = run(stand_in.refund("r1", run(stand_in.look_up(bill)).reference, eur(500)))

    assert refunded.status is RefundStatus.SUCCEEDED


def test_refunds_at_the_same_moment_never_exceed_the_charge(run, stand_in, database, paid) -> None:
    async def everybody() -> list[Refunded]:
        asks = [stand_in.refund(f"r{number % 5}", paid, eur(700)) for number in range(10)]
        return await asyncio.gather(*asks)

    refunds = set(run(everybody()))

    assert sorted(each.status for each in refunds) == ["FAILED"] * 3 + ["SUCCEEDED"] * 2
    assert books(run, database, "charge")[0]["amount_refunded"] == 1400
