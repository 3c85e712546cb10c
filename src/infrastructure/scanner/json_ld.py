"""JSON-LD, as it is found in pages: wrapped in comments, escaped, cut off, or sound."""

import html
import json
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import islice
from typing import Any

from infrastructure.scanner.graph import Graph

_WRAPPING = re.compile(r"<!--|-->|(//|/\*)?\s{0,9}(<!\[CDATA\[|\]\]>)(\s{0,9}\*/)?")
_BEGIN = re.compile(r"[{\[]")
_MOST_BLOCKS = 100
_LONGEST_BLOCK = 2_000_000
_DECODER = json.JSONDecoder(
    strict=False,  # line breaks inside of texts are common
    parse_float=Decimal,
    parse_constant=lambda _: None,
)


def json_ld_of(scripts: Iterable[str]) -> Graph:
    """Read all that a page tells in JSON-LD; what makes no sense is passed over."""
    return Graph(value for text in islice(scripts, _MOST_BLOCKS) for value in _values(text))


def _values(text: str) -> Iterator[Any]:
    text = text[:_LONGEST_BLOCK]
    for variant in (text, _WRAPPING.sub(" ", text), html.unescape(text)):
        if begin := _BEGIN.search(variant):
            try:
                yield _DECODER.raw_decode(variant, begin.start())[0]
            except (ValueError, ArithmeticError, RecursionError):
                continue
            return
