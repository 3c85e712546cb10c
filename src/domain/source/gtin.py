"""Global Trade Item Numbers (GS1), which EAN, UPC and ISBN-13 are kinds of."""

_LENGTHS = (8, 12, 13, 14)
_INTERNAL = ("2", "02", "04")
"""How numbers begin, as EAN-13, that every shop may use for something else."""


def normal_gtin(text: str | None) -> str | None:
    """Write a number in 14 digits; nothing, where it is none or means another thing elsewhere."""
    digits = (text or "").replace("-", "").replace(" ", "")
    if not (digits.isascii() and digits.isdigit() and len(digits) in _LENGTHS):
        return None
    gtin = digits.zfill(14)
    if not int(gtin) or gtin[1:].startswith(_INTERNAL):
        return None
    return gtin if _check_digit(gtin[:-1]) == int(gtin[-1]) else None


def _check_digit(digits: str) -> int:
    weighted = sum(int(digit) * (3, 1)[place % 2] for place, digit in enumerate(digits))
    return -weighted % 10
