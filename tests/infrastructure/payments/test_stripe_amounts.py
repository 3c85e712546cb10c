from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.money import CURRENCIES, Money
from domain.payment.errors import PaymentRefused
from infrastructure.payments.amounts import from_stripe, to_stripe

AS_STRIPE_WRITES_THEM = {
    Money(1999, "USD"): 1999,
    Money(500, "JPY"): 500,
    Money(5120, "KWD"): 5120,
    Money(5, "ISK"): 500,
    Money(5, "UGX"): 500,
    Money(500, "MGA"): 5,
    Money(0, "USD"): 0,
}
TOO_FINE = [Money(5125, "KWD"), Money(1, "BHD"), Money(50, "MGA"), Money(501, "MGA")]


@pytest.mark.parametrize(("money", "amount"), AS_STRIPE_WRITES_THEM.items(), ids=str)
def test_amounts_are_written_as_stripe_writes_them(money, amount) -> None:
    assert to_stripe(money) == amount
    assert from_stripe(amount, money.currency.lower()) == money.amount


@pytest.mark.parametrize("money", TOO_FINE, ids=str)
def test_amounts_finer_than_stripe_takes_are_refused(money) -> None:
    with pytest.raises(PaymentRefused, match=f"{money.currency} is finer than it can charge"):
        to_stripe(money)


@pytest.mark.parametrize("amount", [1, 50, 499, 501])
def test_amounts_that_are_no_whole_number_of_ours_are_not_known(amount) -> None:
    assert from_stripe(amount, "isk") is None


@given(units=st.integers(0, 10**9).map(Decimal), currency=st.sampled_from(sorted(CURRENCIES)))
def test_whole_units_come_back_as_they_went(units, currency) -> None:
    money = Money.from_major(units, currency)

    assert from_stripe(to_stripe(money), currency) == money.amount
