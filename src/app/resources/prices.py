"""Prices in bodies: minor units or major ones, and no contradiction between them."""

from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, Field, WithJsonSchema

from app.errors import ValidationFailed
from common.money import CURRENCIES, Money
from domain.catalog.models import MAX_PRICE

Cents = Annotated[int, Field(ge=0, le=MAX_PRICE, description="Minor units of the currency.")]
MajorUnits = Annotated[
    Decimal,
    Field(ge=0, le=MAX_PRICE, allow_inf_nan=False),
    WithJsonSchema(
        {
            "type": "number",
            "minimum": 0,
            "maximum": MAX_PRICE,
            "description": "Major units of the currency, exact to its minor unit.",
        }
    ),
]


def _known(code: str) -> str:
    if code not in CURRENCIES:
        raise ValueError("not an active ISO 4217 code")
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
