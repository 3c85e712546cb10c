"""Countries in bodies and URLs."""

from typing import Annotated

from pydantic import AfterValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from common.countries import COUNTRIES


def _known(code: str) -> str:
    if code not in COUNTRIES:
        raise PydanticCustomError("country", "Input should be an ISO 3166-1 code of two capitals")
    return code


Country = Annotated[
    str,
    AfterValidator(_known),
    WithJsonSchema(
        {"type": "string", "enum": sorted(COUNTRIES), "description": "ISO 3166-1 alpha-2."}
    ),
]
