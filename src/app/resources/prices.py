"""Prices in bodies: minor units or major ones, and no contradiction between them."""

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from app.errors import ValidationFailed
from app.schema import WHOLE
from common.money import CURRENCIES, Money, exponent_of
from domain.catalog.models import MAX_PRICE

_AMOUNT = Field(ge=0, le=MAX_PRICE, allow_inf_nan=False, strict=False)
_SCHEMA = {"type": "number", "minimum": 0, "maximum": MAX_PRICE}


def number(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise PydanticCustomError("number_type", "Input should be a valid number")
    return value


Cents = Annotated[int, Field(ge=0, le=MAX_PRICE, description="Minor units of the currency."), WHOLE]
MajorUnits = Annotated[
    Decimal,
    _AMOUNT,
    BeforeValidator(number),
    WithJsonSchema(
        _SCHEMA | {"description": "Major units of the currency, exact to its minor unit."}
    ),
]
SomeCents = Annotated[
    int, Field(gt=0, le=MAX_PRICE, description="Minor units of the currency."), WHOLE
]
SomeMajorUnits = Annotated[
    Decimal,
    Field(gt=0, le=MAX_PRICE, allow_inf_nan=False, strict=False),
    BeforeValidator(number),
    WithJsonSchema(
        {
            "type": "number",
            "exclusiveMinimum": 0,
            "maximum": MAX_PRICE,
            "description": "Major units of the currency, exact to its minor unit.",
        }
    ),
]
Bound = Annotated[
    Decimal,
    _AMOUNT,
    WithJsonSchema(_SCHEMA | {"description": "Major units of the currency."}),
]
"""A price to compare with: one finer than the minor unit still compares."""


def _known(code: str) -> str:
    if code not in CURRENCIES:
        raise PydanticCustomError("currency", "Input should be an active ISO 4217 code")
    return code


Currency = Annotated[
    str,
    AfterValidator(_known),
    WithJsonSchema({"type": "string", "enum": sorted(CURRENCIES), "description": "ISO 4217."}),
]


def minor_units(name: str, major: Decimal | None, minor: int | None, currency: str) -> int | None:
    """Return the amount given either way; both must agree, and neither be finer than a cent."""
    if major is None:
        return minor
    try:
        amount = Money.from_major(major, currency).amount
    except ValueError as error:
        raise ValidationFailed({name: str(error)}) from error
    if minor is not None and minor != amount:
        raise ValidationFailed({name: f"contradicts {name}_cents"})
    if amount > MAX_PRICE:
        raise ValidationFailed({name: f"more than {MAX_PRICE} minor units"})
    return amount


def at_least(bound: Decimal | None, currency: str) -> int | None:
    """Return the lowest amount that is not below the bound."""
    return _rounded(bound, currency, ROUND_CEILING)


def at_most(bound: Decimal | None, currency: str) -> int | None:
    """Return the highest amount that is not above the bound."""
    return _rounded(bound, currency, ROUND_FLOOR)


def _rounded(bound: Decimal | None, currency: str, rounding: str) -> int | None:
    if bound is None:
        return None
    return int(bound.scaleb(exponent_of(currency)).to_integral_value(rounding))
