"""Prices, as pages write them: in numbers for programs, or in words for people."""

import re
from decimal import InvalidOperation
from typing import Any

from price_parser import Price

from common.money import CURRENCIES, Money, exponent_of
from infrastructure.scanner.values import money_of

_LONGEST = 60
_PLAIN = re.compile(r"[0-9]{1,15}(\.[0-9]{1,15})?([eE]\+?[0-9]{1,2})?")
_THOUSANDS = re.compile(r"[1-9][0-9]{0,2}\.[0-9]{3}")
_SYMBOLS = {
    "€": "EUR", "£": "GBP", "zł": "PLN", "Kč": "CZK", "₹": "INR", "₩": "KRW", "₽": "RUB",
    "₺": "TRY", "₪": "ILS", "₫": "VND", "฿": "THB", "₴": "UAH", "₱": "PHP", "₦": "NGN", "R$": "BRL",
    "US$": "USD", "CA$": "CAD", "C$": "CAD", "AU$": "AUD", "A$": "AUD", "NZ$": "NZD", "HK$": "HKD",
    "euro": "EUR", "eur": "EUR",
}  # fmt: skip
"""The signs that are of one currency alone: ``$``, ``kr`` and ``¥`` are of several."""


def currency_of(value: Any) -> str | None:
    """Read a currency by its code, or by a sign that no other currency has."""
    text = value[:_LONGEST].strip() if isinstance(value, str) else ""
    return text.upper() if text.upper() in CURRENCIES else _SYMBOLS.get(text)


def price_of(value: Any, currency: str | None) -> Money | None:
    """Read a price; without a currency, in the one that the text itself tells of.

    Zero is what pages write where they tell no price.
    """
    if isinstance(value, str):
        value = value[: 4 * _LONGEST].strip()[:_LONGEST]
        currency = currency or currency_of(Price.fromstring(value).currency)
        value = _number(value, exponent_of(currency)) if currency else None
    price = money_of(value, currency)
    return price if price and price.amount else None


def _number(text: str, exponent: int) -> Any:
    """Find the number in a text. ``1.299`` is one of thousands, unless it can be money."""
    if text.startswith("-"):
        return None
    if _PLAIN.fullmatch(text) and not (exponent < 3 and _THOUSANDS.fullmatch(text)):
        return text
    try:
        return Price.fromstring(text, decimal_separator=_separator(text)).amount
    except InvalidOperation:
        return None


def _separator(text: str) -> str | None:
    """Tell which sign begins the decimals, where both are used: the last, if it is alone."""
    last = max(".,", key=text.rfind)
    is_sure = "." in text and "," in text and text.count(last) == 1
    return last if is_sure else None
