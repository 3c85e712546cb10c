"""Reading what Stripe writes. A field that is missing, or that is no such thing, is not known."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

type Json = Mapping[str, Any]

_LONGEST = 500
"""More than any name has. Databases have no index for what is much longer."""


def part(thing: Json, *path: str) -> Json:
    """Read an object, or one inside of it; empty, where there is none."""
    for name in path:
        inner = thing.get(name)
        thing = inner if isinstance(inner, dict) else {}
    return thing


def parts(thing: Json, name: str) -> list[Json]:
    """Read a list of objects, as Stripe writes them."""
    listed = part(thing, name).get("data")
    return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []


def text(thing: Json, name: str) -> str | None:
    """Read a short text; one that databases do not take is none."""
    value = thing.get(name)
    known = isinstance(value, str) and 0 < len(value) <= _LONGEST and "\0" not in value
    return value if known else None


def name_of(thing: Json, name: str) -> str | None:
    """Read a reference to another thing, which may stand there whole."""
    return text(thing, name) or text(part(thing, name), "id")


def moment(thing: Json, name: str) -> datetime | None:
    """Read a moment, in seconds since 1970."""
    value = thing.get(name)
    try:
        return datetime.fromtimestamp(value, UTC) if type(value) is int else None
    except (ValueError, OverflowError, OSError):
        return None
