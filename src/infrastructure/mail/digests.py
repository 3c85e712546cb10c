"""What a letter says of changes at a competitor's: their words, kept short and harmless."""

import re
from typing import Any, NamedTuple
from urllib.parse import quote

from common.money import Money
from domain.alert.digest import Digest, DigestedChange, DigestedType
from domain.alert.models import AlertType
from infrastructure.mail.mime import one_line
from infrastructure.mail.words import in_words

_LONGEST_TITLE = 120
_LONGEST_NAME = 60
_LONGEST_LINK = 900  # a line of mail ends at 998
_LINK = re.compile(r"https?://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?([/?#][!-~]*)?")
_AS_IT_IS = "!#$%&'()*+,/:;=?@[]~"  # the rest, blanks and quotes included, is percent-encoded
_WORDS = {
    AlertType.PRICE_DROP: ("price drop", "price drops"),
    AlertType.PRICE_INCREASE: ("price increase", "price increases"),
    AlertType.NEW_PRODUCT: ("new product", "new products"),
    AlertType.OUT_OF_STOCK: ("product gone or out of stock", "products gone or out of stock"),
    AlertType.BACK_IN_STOCK: ("product back in stock", "products back in stock"),
}


class _Change(NamedTuple):
    title: str
    link: str | None
    figures: str


class _Group(NamedTuple):
    heading: str
    changes: list[_Change]
    left_out: str


def subject_of(digest: Digest) -> str:
    """Say what has happened, in a line: ``Rival Gadgets: 3 price drops, 1 new product``."""
    return f"{_store(digest)}: {', '.join(map(_heading, digest.types))}"


def figures_of(digest: Digest) -> dict[str, Any]:
    """Tell what the templates of a digest show."""
    return {
        "store": _store(digest),
        "store_link": link_of(digest.store_url),
        "groups": [
            _Group(
                _heading(each),
                [
                    _Change(_cut(change.title, _LONGEST_TITLE), link_of(change.url), _say(change))
                    for change in each.changes
                ],
                f"{each.left_out:,}" if each.left_out else "",
            )
            for each in digest.types
        ],
    }


def link_of(url: str) -> str | None:
    """Return an address that a mail may lead to, or nothing for one of any other kind."""
    link = quote(url, safe=_AS_IT_IS)
    return link if len(link) <= _LONGEST_LINK and _LINK.fullmatch(link) else None


def _store(digest: Digest) -> str:
    return _cut(digest.competitor_name, _LONGEST_NAME)


def _heading(each: DigestedType) -> str:
    one, many = _WORDS[each.alert_type]
    return f"{each.count:,} {one if each.count == 1 else many}"


def _say(change: DigestedChange) -> str:
    old, new, percent = change.old_price, change.new_price, change.percent
    if old and new and old != new:
        by = "" if percent is None else f" ({percent:+,f}%)"
        return f"{in_words(old)} → {in_words(new)}{by}"
    return _sum(new) or (f"last {_sum(old)}" if old else "")


def _sum(price: Money | None) -> str:
    return in_words(price) if price else ""


def _cut(text: str, longest: int) -> str:
    line = one_line(text)
    return line if len(line) <= longest else f"{line[: longest - 1].rstrip()}…"
