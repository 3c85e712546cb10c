from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.money import CURRENCIES, Money, exponent_of

amounts = st.integers(min_value=0, max_value=10**14)
currencies = st.sampled_from(sorted(CURRENCIES))


@pytest.mark.parametrize(
    ("amount", "currency", "major"),
    [
        (1999, "USD", "19.99"),
        (5, "EUR", "0.05"),
        (0, "USD", "0.00"),
        (-250, "USD", "-2.50"),
        (1200, "JPY", "1200"),
        (1234, "KWD", "1.234"),
        (100_000_000_000, "USD", "1000000000.00"),
    ],
)
def test_minor_units_have_their_currencys_decimals(amount, currency, major) -> None:
    assert str(Money(amount, currency).major) == major


@pytest.mark.parametrize(("currency", "exponent"), [("USD", 2), ("JPY", 0), ("KWD", 3), ("CLP", 0)])
def test_each_currency_has_its_own_minor_unit(currency, exponent) -> None:
    assert exponent_of(currency) == exponent


@given(amounts, currencies)
def test_major_units_lead_back_to_the_same_money(amount, currency) -> None:
    money = Money(amount, currency)

    assert Money.from_major(money.major, currency) == money
    assert Money.from_major(Decimal(repr(float(money.major))), currency) == money


@pytest.mark.parametrize(
    ("written", "currency", "amount"),
    [
        ("19.99", "USD", 1999),
        ("19.990000", "USD", 1999),
        ("2E+1", "USD", 2000),
        ("-0", "USD", 0),
        ("0E+999999", "USD", 0),
        ("1200", "JPY", 1200),
        ("1.0", "JPY", 1),
    ],
)
def test_however_it_is_written_it_is_the_same_money(written, currency, amount) -> None:
    assert Money.from_major(Decimal(written), currency) == Money(amount, currency)


@pytest.mark.parametrize(
    ("written", "currency"),
    [
        ("19.999", "USD"),
        ("0.5", "JPY"),
        ("1.2345", "KWD"),
        ("0.0100000000000000000000000000000000001", "USD"),
        ("1E-999999", "USD"),
        ("NaN", "USD"),
        ("sNaN", "USD"),
        ("Infinity", "USD"),
        ("-Infinity", "USD"),
    ],
)
def test_what_is_finer_than_the_minor_unit_is_no_money(written, currency) -> None:
    with pytest.raises(ValueError, match=r"finer than|no amount"):
        Money.from_major(Decimal(written), currency)


def test_money_of_one_currency_adds_up() -> None:
    assert Money(1999, "USD") + Money(1, "USD") == Money(2000, "USD")
    assert Money(1999, "USD") * 3 == Money(5997, "USD")
    assert Money.zero("JPY") + Money(5, "JPY") == Money(5, "JPY")


def test_money_of_two_currencies_does_not() -> None:
    with pytest.raises(ValueError, match="cannot add EUR to USD"):
        Money(1, "USD") + Money(1, "EUR")
