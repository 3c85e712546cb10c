"""How rates are written down: ``US=10%, *=0%`` and ``DE=4.90 EUR free from 50 EUR, *=25 USD``.

What is wrong with them is said in one line, by a ``ValueError``.
"""

import re
from collections.abc import Iterator
from decimal import Decimal

from common.countries import COUNTRIES
from common.money import CURRENCIES, Money
from domain.cart.rates import ELSEWHERE, ShippingRate
from domain.catalog.models import MAX_PRICE

_SHARE = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,4})?) *%")
_AMOUNT = r"([0-9]{1,15}(?:\.[0-9]{1,4})?) +([A-Z]{3})"
_PRICE = re.compile(rf"{_AMOUNT}(?: +free +from +{_AMOUNT})?")


def tax_rates(text: str) -> dict[str, Decimal]:
    """Read the share of the goods' price that is due as tax, by country."""
    rates: dict[str, Decimal] = {}
    for country, written in _entries(text):
        if country in rates:
            raise ValueError(f"{country} has two rates")
        rates[country] = _share(written)
    return rates


def shipping_rates(text: str) -> dict[tuple[str, str], ShippingRate]:
    """Read what a parcel costs, by country and currency."""
    rates: dict[tuple[str, str], ShippingRate] = {}
    for country, written in _entries(text):
        rate = _shipping(written)
        currency = rate.price.currency
        if (country, currency) in rates:
            raise ValueError(f"{country} has two rates in {currency}")
        rates[country, currency] = rate
    return rates


def _entries(text: str) -> Iterator[tuple[str, str]]:
    for each in filter(None, map(str.strip, text.split(","))):
        country, _, rate = (part.strip() for part in each.partition("="))
        if country not in COUNTRIES and country != ELSEWHERE:
            raise ValueError(f"{country!r} is neither a country such as DE nor {ELSEWHERE}")
        yield country, rate


def _share(written: str) -> Decimal:
    found = _SHARE.fullmatch(written)
    if found is None:
        raise ValueError(f"{written!r} is not a rate such as 19%")
    percent = Decimal(found[1])
    if percent > 100:
        raise ValueError(f"{written!r} is more than 100%")
    return percent / 100


def _shipping(written: str) -> ShippingRate:
    found = _PRICE.fullmatch(written)
    if found is None:
        raise ValueError(
            f"{written!r} is not a price such as 4.90 EUR or 4.90 EUR free from 50 EUR"
        )
    price = _money(found[1], found[2])
    free_from = _money(found[3], found[4]) if found[3] else None
    if free_from and free_from.currency != price.currency:
        raise ValueError(f"{written!r} is in two currencies")
    return ShippingRate(price, free_from)


def _money(amount: str, currency: str) -> Money:
    if currency not in CURRENCIES:
        raise ValueError(f"{currency!r} is not an active ISO 4217 code")
    money = Money.from_major(Decimal(amount), currency)
    if money.amount > MAX_PRICE:
        raise ValueError(f"{amount} {currency} is more than anything costs")
    return money
