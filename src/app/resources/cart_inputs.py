"""What shoppers send to carts that guests may have too."""

from typing import Annotated, Any

from pydantic import AfterValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from app.patterns import pattern
from app.resources.carts import Quantity
from app.resources.countries import Country
from app.schema import Input, Omissible, QueryInput, Scalar, Text, Uuid
from domain.cart.models import MAX_ATTRIBUTES

_LONGEST = 255

SessionId = Annotated[
    str,
    Field(
        min_length=8,
        max_length=128,
        pattern=pattern("^[A-Za-z0-9_-]+$", "letters, digits, hyphens and underscores"),
        description="What a guest holds a cart by: whoever knows it has the cart.",
        examples=["sess_Zx3Ns0kqUu7GdJwbKQ1f4vYc9R-2eTLa"],
    ),
]


def _brief(value: Any) -> Any:
    if isinstance(value, str) and len(value) > _LONGEST:
        raise PydanticCustomError(
            "string_too_long", "String should have at most {longest} characters",
            {"longest": _LONGEST},
        )  # fmt: skip
    return value


Particular = Annotated[
    Scalar,
    AfterValidator(_brief),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "maxLength": _LONGEST, "pattern": r"^[^\u0000]*$"},
                {"type": "number", "minimum": -(2**53), "maximum": 2**53},
                {"type": "boolean"},
                {"type": "null"},
            ]
        }
    ),
]
"""Shorter than what a shop may say of its products: guests cost nothing, and storage does."""
Particulars = Annotated[
    dict[Annotated[Text, Field(min_length=1, max_length=64)], Particular],
    Field(
        max_length=MAX_ATTRIBUTES,
        description="The shopper's own particulars, shown over those of the product.",
        json_schema_extra={"additionalProperties": False},  # beside the names of the right shape
    ),
]


class WhichCart(QueryInput):
    """Credentials lead to a user's cart, a session to a guest's; with both, the two become one."""

    session_id: Omissible[SessionId] = None
    country: Omissible[Country] = None


class AddItem(Input):
    """A guest who names no session is given one, with a new cart."""

    product_id: Uuid
    variant_id: Omissible[Uuid] = None
    quantity: Quantity = 1
    metadata: Omissible[Particulars] = None
    session_id: SessionId | None = None


class ChangeItem(Input):
    quantity: Quantity


class MergeCart(Input):
    session_id: SessionId
