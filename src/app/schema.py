"""What goes in and what comes out, as types.

Inputs are pydantic models, which name every fault they find. Views are msgspec structs, which
turn into JSON ten times faster and describe themselves in the same JSON Schema.
"""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, TypeVar

import msgspec
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.json_schema import SkipJsonSchema

T = TypeVar("T")

_TEXT = r"^[^\u0000]*$"  # NUL cannot be stored


def _refuse_null(value: Any) -> Any:
    if value is None:
        raise ValueError("must not be null; leave it out instead")
    return value


Omissible = Annotated[T | SkipJsonSchema[None], BeforeValidator(_refuse_null)]
"""A field that may be left out, and is then ``None``, but that nobody may set to null."""

Line = Annotated[str, Field(min_length=1, max_length=255, pattern=_TEXT)]
Paragraph = Annotated[str, Field(max_length=20_000, pattern=_TEXT)]
Uuid = Annotated[
    str,
    Field(
        pattern=r"^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$",
        json_schema_extra={"format": "uuid"},
    ),
    AfterValidator(str.lower),
]
Scalar = (
    Annotated[str, Field(max_length=2000, pattern=_TEXT)]
    | Annotated[int, Field(ge=-(2**53), le=2**53)]
    | Annotated[float, Field(allow_inf_nan=False)]
    | bool
    | None
)
Metadata = Annotated[
    dict[Annotated[str, Field(min_length=1, max_length=64, pattern=_TEXT)], Scalar],
    Field(max_length=50, description="Your own particulars: up to 50 names with plain values."),
]

Major = Annotated[
    Decimal, msgspec.Meta(description="Major units of the currency, exact to its minor unit.")
]
Minor = Annotated[int, msgspec.Meta(description="Minor units of the currency.")]
Moment = Annotated[datetime, msgspec.Meta(description="UTC.")]


class Input(BaseModel):
    """What a caller sends. A field we do not know is a mistake, not noise."""

    model_config = ConfigDict(extra="forbid", strict=True)


class QueryInput(BaseModel):
    """What a caller sends in the URL, where everything is text."""

    model_config = ConfigDict(extra="forbid")


class Paging(QueryInput):
    """Which part of a list is wanted."""

    page: int = Field(default=1, ge=1, le=1_000_000, description="Counts from 1.")
    per_page: int = Field(default=20, ge=1, le=100)


class View(msgspec.Struct, frozen=True, kw_only=True):
    """What a caller sees of a domain object."""

    def encode(self) -> bytes:
        return _ENCODER.encode(self)


class Listing[V](View, frozen=True, kw_only=True):
    """A page of a list."""

    items: list[V]
    total: int
    page: int
    per_page: int


_ENCODER = msgspec.json.Encoder(decimal_format="number")


def encode(value: object) -> bytes:
    """Write JSON the way views are written."""
    return _ENCODER.encode(value)
