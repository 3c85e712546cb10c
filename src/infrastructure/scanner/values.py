"""What stores say, as far as it makes sense."""

import html
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any
from unicodedata import category

from common.money import CURRENCIES, Money, exponent_of

LONGEST_TITLE = 500
LONGEST_NAME = 200
_HIGHEST = 2**53 - 1
"""What any program can count to, in the smallest unit."""
_MOST_DIGITS = 20
_JOINERS = "\u200c\u200d"


def text_of(value: Any, longest: int = LONGEST_NAME) -> str | None:
    """Read a line of text: without markup's disguises, and without what cannot be shown."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value) if abs(value) < 10**_MOST_DIGITS else None
    if not isinstance(value, str):
        return None
    unescaped = html.unescape(value[: 4 * longest])
    if unescaped.isprintable():
        shown = unescaped
    else:
        shown = "".join(each if each.isprintable() else _instead(each) for each in unescaped)
    return " ".join(shown.split())[:longest].rstrip() or None


def _instead(letter: str) -> str:
    """Tell what is shown for a letter that is none: joiners make emoji and Persian words."""
    if letter in _JOINERS:
        return letter
    return "" if category(letter) == "Cf" else " "


def money_of(value: Any, currency: str | None) -> Money | None:
    """Read a price in major units, rounded to what the currency can pay; below zero is none."""
    if currency not in CURRENCIES or isinstance(value, bool):
        return None
    number = number_of(value)
    if number is None or number < 0:
        return None
    exact = number.scaleb(exponent_of(currency))
    amount = int(exact.to_integral_value(ROUND_HALF_UP))
    return Money(amount, currency) if amount <= _HIGHEST else None


def number_of(value: Any) -> Decimal | None:
    """Read a number as programs write it, with a point if any."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        return None
    written = str(value).strip() if not isinstance(value, int) or abs(value) <= _HIGHEST else ""
    try:
        number = Decimal(written) if len(written) <= 2 * _MOST_DIGITS else None
    except InvalidOperation:
        return None
    if number is None or not number.is_finite() or abs(number.adjusted()) > _MOST_DIGITS:
        return None
    return number


def id_of(value: Any) -> str | None:
    """Read what a platform calls a thing."""
    is_sound = isinstance(value, int | str) and not isinstance(value, bool)
    written = text_of(value) if is_sound else None
    return written if written and len(written) <= 2 * _MOST_DIGITS else None


def named(value: Any, name: str) -> Any:
    """Look a thing up in what may be no object at all."""
    return value.get(name) if isinstance(value, Mapping) else None


def first_of(value: Any) -> Any:
    return value[0] if isinstance(value, list) and value else None
