"""What goes in and what comes out, as types.

Inputs are pydantic models, which name every fault they find. Views are msgspec structs, which
turn into JSON ten times faster and describe themselves in the same JSON Schema.
"""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from functools import reduce
from operator import or_
from types import NoneType
from typing import Annotated, Any, NamedTuple, NewType, Self, TypeVar, get_args

import msgspec
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetPydanticSchema,
    WithJsonSchema,
)
from pydantic_core import CoreSchema, PydanticCustomError

from app.patterns import pattern
from common.pagination import Page, PageRequest

T = TypeVar("T")

_TEXT = pattern(r"^[^\u0000]*$", "text without NUL characters")  # they cannot be stored


def _without_null(source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
    return handler(reduce(or_, (each for each in get_args(source) if each is not NoneType)))


Omissible = Annotated[T | None, GetPydanticSchema(_without_null)]
"""A field that may be left out, and is then ``None``, but that nobody may set to null."""


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


WHOLE = BeforeValidator(_whole)
"""Takes 2.0 for 2, as they are the same number in JSON."""

_SOME_TEXT = pattern(
    r"^[^\u0000]*[^\u0000\u0009-\u000d\u0020][^\u0000]*$",
    "text that is not blank, without NUL characters",
)

Text = Annotated[str, Field(pattern=_TEXT)]
Line = Annotated[str, Field(min_length=1, max_length=255, pattern=_SOME_TEXT)]
Words = Annotated[str, Field(min_length=1, pattern=_SOME_TEXT)]
Paragraph = Annotated[str, Field(max_length=20_000, pattern=_TEXT)]
Uuid = Annotated[
    str,
    Field(
        pattern=pattern(r"^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$", "a UUID"),
        json_schema_extra={"format": "uuid"},
    ),
    AfterValidator(str.lower),
]
Reference = NewType("Reference", str)
"""The name another system gave a thing, such as ``cs_test_a1b2``; our own ids are UUIDs."""
_LONGEST = 2000
_FARTHEST = 2**53  # beyond it, readers of JSON lose digits


def _plain(value: Any) -> Any:
    match value:
        case None | bool():
            return value
        case str() if len(value) <= _LONGEST and "\0" not in value:
            return value
        case int() | float() if abs(value) <= _FARTHEST:
            return value
    raise PydanticCustomError(
        "plain_value",
        "Input should be null, true, false, a number within ±2^53 or text of up to {longest} "
        "characters without NUL",
        {"longest": _LONGEST},
    )


Scalar = Annotated[
    Any,
    AfterValidator(_plain),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "maxLength": _LONGEST, "pattern": _TEXT},
                {"type": "number", "minimum": -_FARTHEST, "maximum": _FARTHEST},
                {"type": "boolean"},
                {"type": "null"},
            ]
        }
    ),
]
Metadata = Annotated[
    dict[Annotated[str, Field(min_length=1, max_length=64, pattern=_TEXT)], Scalar],
    Field(
        max_length=50,
        description="Your own particulars: up to 50 names with plain values.",
        json_schema_extra={"additionalProperties": False},  # beside the names of the right shape
    ),
]

Major = Annotated[
    Decimal, msgspec.Meta(description="Major units of the currency, exact to its minor unit.")
]
Minor = Annotated[int, msgspec.Meta(description="Minor units of the currency.")]
Moment = Annotated[datetime, msgspec.Meta(description="UTC.")]


class Input(BaseModel):
    """What a caller sends. A field we do not know is a mistake, not noise."""

    model_config = ConfigDict(extra="forbid", strict=True)

    @classmethod
    def may_be_empty(cls) -> bool:
        """Tell whether nothing is required: neither a field, nor one or the other of some."""
        extra = cls.model_config.get("json_schema_extra")
        alternatives = isinstance(extra, dict) and bool({"anyOf", "oneOf"} & set(extra))
        required = any(field.is_required() for field in cls.model_fields.values())
        return not alternatives and not required


class QueryInput(BaseModel):
    """What a caller sends in the URL, where everything is text."""

    model_config = ConfigDict(extra="forbid")


class Paging(QueryInput):
    """Which part of a list is wanted."""

    page: int = Field(default=1, ge=1, le=1_000_000, description="Counts from 1.")
    per_page: int = Field(default=20, ge=1, le=100)

    @property
    def part(self) -> PageRequest:
        return PageRequest(self.page, self.per_page)


class View(msgspec.Struct, frozen=True, kw_only=True):
    """What a caller sees of a domain object."""


class Raw(NamedTuple):
    """An answer that is not JSON, as it is."""

    content_type: str
    data: bytes


class Listing[V](View, frozen=True, kw_only=True):
    """A page of a list."""

    items: list[V]
    total: int
    page: int
    per_page: int

    @classmethod
    def of[T](cls, page: Page[T], view: Callable[[T], V]) -> Self:
        return cls(
            items=[view(item) for item in page.items],
            total=page.total,
            page=page.page,
            per_page=page.per_page,
        )


_ENCODER = msgspec.json.Encoder(decimal_format="number")


def encode(value: object) -> bytes:
    """Write JSON the way views are written."""
    return _ENCODER.encode(value)
