"""JSON out of what a language model writes."""

import re
from typing import Any

import msgspec

_FENCED = re.compile(r"\s*```[A-Za-z0-9]*[ \t]*\r?\n(.*?)\r?\n?[ \t]*```\s*", re.DOTALL)


def unfenced(content: str) -> str:
    """Return what is between Markdown fences, if it is."""
    fenced = _FENCED.fullmatch(content)
    return fenced[1] if fenced else content


def json_of(content: str) -> Any:
    """Read JSON; raises ``ValueError`` that says what is wrong.

    Stricter than the standard library: NaN and lone surrogates are no JSON.
    """
    try:
        return msgspec.json.decode(content)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    except (msgspec.DecodeError, UnicodeError) as error:
        raise ValueError(str(error)) from error
