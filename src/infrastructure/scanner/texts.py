"""What structured data says, in whichever of its shapes."""

import html
import re
from decimal import Decimal
from typing import Any

from infrastructure.scanner.values import LONGEST_NAME, text_of

_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,300}>")
_READ = 4000
_NESTED = 3
_GTIN_LENGTHS = frozenset({8, 12, 13, 14})


def said(value: Any, longest: int = LONGEST_NAME) -> str | None:
    """Read text that is told bare, as a number, in a list or under a name."""
    for _ in range(_NESTED):
        if isinstance(value, list):
            value = value[0] if value else None
        elif isinstance(value, dict):
            value = value.get("name") or value.get("@value")
    if isinstance(value, Decimal):
        value = str(value)
    if isinstance(value, str):  # stores escape it up to twice, and leave their tags in it
        value = _TAG.sub(" ", html.unescape(value[:_READ]))
    return text_of(value, longest)


def gtin_of(value: Any) -> str | None:
    """Read the number that is under the bar code."""
    text = said(value) or ""
    digits = text.rpartition(":")[2].replace("-", "").replace(" ", "")
    is_sound = digits.isascii() and digits.isdigit() and len(digits) in _GTIN_LENGTHS
    return digits if is_sound and digits.strip("0") else None
