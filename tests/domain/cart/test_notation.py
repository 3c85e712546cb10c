from decimal import Decimal

import pytest

from common.money import Money
from domain.cart.notation import shipping_rates, tax_rates
from domain.cart.rates import ShippingRate

BAD_TAXES = {
    "nonsense": "'nonsense' is neither a country such as DE nor *",
    "19%": "'19%' is neither a country",
    "UK=20%": "'UK' is neither a country",
    "de=19%": "'de' is neither a country",
    "DE": "'' is not a rate such as 19%",
    "DE=": "'' is not a rate such as 19%",
    "DE=19": "'19' is not a rate such as 19%",
    "DE=-1%": "'-1%' is not a rate",
    "DE=19.00001%": "'19.00001%' is not a rate",
    "DE=1e1%": "'1e1%' is not a rate",
    "DE=١٩%": "'١٩%' is not a rate",
    "DE=NaN%": "'NaN%' is not a rate",
    "DE=100.0001%": "'100.0001%' is more than 100%",
    "DE=19%; US=10%": "'19%; US=10%' is not a rate",
    "DE=19%, US=10%, DE=7%": "DE has two rates",
    "*=0%, *=1%": "* has two rates",
}
BAD_SHIPPING = {
    "15 USD": "'15 USD' is neither a country",
    "US=15": "'15' is not a price such as 4.90 EUR",
    "US=free": "'free' is not a price",
    "US=$15": "'$15' is not a price",
    "US=-1 USD": "'-1 USD' is not a price",
    "US=15 usd": "'15 usd' is not a price",
    "US=15 USD free": "'15 USD free' is not a price",
    "US=15 USD free from 50": "'15 USD free from 50' is not a price",
    "US=15 BTC": "'BTC' is not an active ISO 4217 code",
    "US=15.001 USD": "15.001 is finer than the smallest unit of USD",
    "JP=800.5 JPY": "800.5 is finer than the smallest unit of JPY",
    "US=1000000000.01 USD": "1000000000.01 USD is more than anything costs",
    "DE=4.90 EUR free from 50 USD": "'4.90 EUR free from 50 USD' is in two currencies",
    "DE=4.90 EUR, DE=5.90 EUR": "DE has two rates in EUR",
}


def test_taxes_are_percents_of_countries() -> None:
    rates = tax_rates("US=10%, DE = 19 % ,CH=8.1%,*=0%,")

    assert rates == {
        "US": Decimal("0.1"),
        "DE": Decimal("0.19"),
        "CH": Decimal("0.081"),
        "*": Decimal(0),
    }


def test_shipping_is_a_price_perhaps_free_from_a_sum() -> None:
    rates = shipping_rates(
        "DE=4.90 EUR free from 50.00 EUR, JP = 800 JPY, KW=1.250 KWD , *=25 USD, DE=5.5  USD"
    )

    assert rates == {
        ("DE", "EUR"): ShippingRate(Money(490, "EUR"), Money(5000, "EUR")),
        ("JP", "JPY"): ShippingRate(Money(800, "JPY")),
        ("KW", "KWD"): ShippingRate(Money(1250, "KWD")),
        ("*", "USD"): ShippingRate(Money(2500, "USD")),
        ("DE", "USD"): ShippingRate(Money(550, "USD")),
    }


@pytest.mark.parametrize("nothing", ["", "  ", ",", " , ,"])
def test_nothing_written_is_no_rates(nothing) -> None:
    assert tax_rates(nothing) == {}
    assert shipping_rates(nothing) == {}


@pytest.mark.parametrize(("written", "said"), BAD_TAXES.items(), ids=BAD_TAXES)
def test_a_tax_that_cannot_be_read_is_said_in_one_line(written, said) -> None:
    with pytest.raises(ValueError, match=r"^[^\n]+$") as raised:
        tax_rates(written)

    assert str(raised.value).startswith(said)


@pytest.mark.parametrize(("written", "said"), BAD_SHIPPING.items(), ids=BAD_SHIPPING)
def test_a_price_that_cannot_be_read_is_said_in_one_line(written, said) -> None:
    with pytest.raises(ValueError, match=r"^[^\n]+$") as raised:
        shipping_rates(written)

    assert str(raised.value).startswith(said)
