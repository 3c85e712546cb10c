"""Prices as suppliers write them: exact, and never guessed at."""

import re
from decimal import Decimal

from common.money import CURRENCIES, Money, exponent_of

MOST = 100_000_000_000
"""Minor units."""
_LONGEST = 40
_PRICE = re.compile(r"(?:([A-Z]{3})\s*)?([0-9][0-9.,' ]*)(?:\s*([A-Z]{3}))?")
_PLAIN = re.compile(r"\d+(?:[.,]\d+)?")
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:([.,' ])\d{3})(?:\1\d{3})*(?:(?!\1)[.,]\d+)?")


def price_of(given: str | Decimal, currency: str | None, default: str) -> Money:
    """Read a price, which may name its currency; raises ``ValueError`` with what is wrong."""
    if isinstance(given, Decimal):
        return _positive(given, currency or default)
    text = re.sub("[\u00a0\u202f\u2009\u2019]", " ", given.strip()).replace("  ", " ")
    found = _PRICE.fullmatch(text) if len(text) <= _LONGEST else None
    if not found:
        raise ValueError(f"{given[:_LONGEST]!r} is no price")
    named = {each for each in (found[1], found[3]) if each}
    expected = currency or default
    if named:
        expected = _agreed(named, currency)
    return _positive(_number(found[2].strip(), expected), expected)


def currency_of(text: str) -> str:
    """Read the code of a currency; raises ``ValueError``."""
    code = text.strip().upper()
    if code not in CURRENCIES:
        raise ValueError(f"{text[:_LONGEST]!r} is no currency (ISO 4217)")
    return code


def _agreed(named: set[str], currency: str | None) -> str:
    agreed = named | ({currency} if currency else set())
    if len(agreed) > 1:
        raise ValueError(f"is it in {' or in '.join(sorted(agreed))}?")
    return currency_of(agreed.pop())


def _number(text: str, currency: str) -> Decimal:
    """Read digits with a point or comma, and groups of three where they can be nothing else."""
    plain, grouped = _PLAIN.fullmatch(text), _GROUPED.fullmatch(text)
    exponent = exponent_of(currency)
    if plain and grouped and exponent == 2:
        raise ValueError(f"{text!r} may mean two prices: write it without grouping")
    if plain and not (grouped and exponent == 0):
        return Decimal(text.replace(",", "."))
    if not grouped:
        raise ValueError(f"{text!r} is no price")
    whole, mark, rest = text, grouped[1], ""
    for decimal_mark in {".", ","} - {mark}:
        if decimal_mark in text:
            whole, _, rest = text.partition(decimal_mark)
    return Decimal(f"{whole.replace(mark, '')}.{rest or 0}")


def _positive(value: Decimal, currency: str) -> Money:
    if not value.is_finite() or value.adjusted() > 20:
        raise ValueError("it is no price")
    money = Money.from_major(value, currency)
    if not 0 < money.amount <= MOST:
        raise ValueError(f"it must be more than 0 and at most {MOST} minor units")
    return money
