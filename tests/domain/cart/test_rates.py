from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.countries import COUNTRIES
from common.money import CURRENCIES, Money
from domain.cart.models import MAX_LINES, MAX_QUANTITY
from domain.cart.rates import Charges, RateTable, ShippingRate
from domain.catalog.models import MAX_PRICE

DEAREST = MAX_PRICE * MAX_QUANTITY * MAX_LINES

percents = st.decimals(0, 100, places=4)
currencies = st.sampled_from(["USD", "JPY", "KWD"]) | st.sampled_from(sorted(CURRENCIES))
amounts = st.integers(0, DEAREST)


def table(**percents: str) -> RateTable:
    return RateTable({place: Decimal(percent) / 100 for place, percent in percents.items()})


def posted(*rates: tuple[str, ShippingRate]) -> RateTable:
    return RateTable(shipping={(place, rate.price.currency): rate for place, rate in rates})


def euros(amount: int, free_from: int | None = None) -> ShippingRate:
    return ShippingRate(
        Money(amount, "EUR"), None if free_from is None else Money(free_from, "EUR")
    )


def test_without_rates_nothing_is_added() -> None:
    assert RateTable().charges(Money(1000, "EUR"), "DE") == Charges(tax=0, shipping=0)


@pytest.mark.parametrize(
    ("percent", "amount", "tax"),
    [
        ("10", 29_999, 3000),
        ("10", 4, 0),
        ("10", 5, 1),
        ("50", 1, 1),
        ("19", 100, 19),
        ("8.875", 1000, 89),
        ("0.0001", 499_999, 0),
        ("0.0001", 500_000, 1),
        ("100", DEAREST, DEAREST),
        ("0", DEAREST, 0),
    ],
)
def test_tax_is_rounded_half_up_to_the_minor_unit(percent, amount, tax) -> None:
    assert table(DE=percent).charges(Money(amount, "EUR"), "DE").tax == tax


def test_a_country_without_a_rate_has_that_of_elsewhere() -> None:
    rates = RateTable({"DE": Decimal("0.19"), "*": Decimal("0.05")})

    charged = [rates.charges(Money(100, "EUR"), country).tax for country in ("DE", "FR", None)]

    assert charged == [19, 5, 5]


def test_without_a_rate_for_elsewhere_other_countries_pay_none() -> None:
    rates = table(DE="19")

    assert [rates.charges(Money(100, "EUR"), country).tax for country in ("FR", None)] == [0, 0]


def test_a_rate_of_nothing_is_a_rate() -> None:
    rates = RateTable({"US": Decimal(0), "*": Decimal("0.2")})

    assert rates.charges(Money(100, "USD"), "US").tax == 0


def test_shipping_is_looked_up_like_tax() -> None:
    rates = posted(("DE", euros(490)), ("*", euros(2500)))

    costs = [rates.charges(Money(100, "EUR"), country).shipping for country in ("DE", "FR", None)]

    assert costs == [490, 2500, 2500]


def test_a_rate_in_another_currency_gives_way_to_one_that_fits() -> None:
    dollars = ShippingRate(Money(1500, "USD"))
    rates = posted(("DE", euros(490)), ("*", dollars), ("FR", dollars), ("FR", euros(900)))

    assert rates.charges(Money(100, "USD"), "DE").shipping == 1500
    assert rates.charges(Money(100, "EUR"), "FR").shipping == 900
    assert rates.charges(Money(100, "GBP"), "DE").shipping == 0


@pytest.mark.parametrize(("subtotal", "cost"), [(0, 490), (4999, 490), (5000, 0), (5001, 0)])
def test_shipping_is_free_from_its_threshold_on(subtotal, cost) -> None:
    rates = posted(("DE", euros(490, free_from=5000)))

    assert rates.charges(Money(subtotal, "EUR"), "DE").shipping == cost


@given(percent=percents, amount=amounts, currency=currencies)
def test_tax_is_never_more_than_half_a_unit_off_and_never_a_float(
    percent, amount, currency
) -> None:
    tax = table(US=str(percent)).charges(Money(amount, currency), "US").tax

    exact = Fraction(percent) / 100 * amount
    assert type(tax) is int
    assert Fraction(-1, 2) <= exact - tax < Fraction(1, 2)


@given(percent=percents, amount=amounts, cost=st.integers(0, MAX_PRICE), currency=currencies)
def test_what_is_shown_in_major_units_adds_up_exactly(percent, amount, cost, currency) -> None:
    goods = Money(amount, currency)
    rates = RateTable({"*": percent / 100}, {("*", currency): ShippingRate(Money(cost, currency))})

    charges = rates.charges(goods, None)

    tax, shipping = Money(charges.tax, currency), Money(charges.shipping, currency)
    assert goods.major + tax.major + shipping.major == (goods + tax + shipping).major
    assert (goods + tax + shipping).amount == amount + charges.tax + cost


@given(
    subtotal=amounts,
    country=st.none() | st.sampled_from(sorted(COUNTRIES)),
    free_from=st.none() | st.integers(0, MAX_PRICE),
)
def test_shipping_is_all_or_nothing(subtotal, country, free_from) -> None:
    rates = posted(("*", euros(490, free_from)))

    cost = rates.charges(Money(subtotal, "EUR"), country).shipping

    assert cost == (0 if free_from is not None and subtotal >= free_from else 490)
