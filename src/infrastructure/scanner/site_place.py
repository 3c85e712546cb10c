"""Where reading a site has got to."""

from dataclasses import dataclass, field
from typing import Any, Self

import msgspec

from domain.competitor.models import Platform
from domain.competitor.reading import Cursor, StoreUnreadable

_MOST_FAILURES_IN_A_ROW = 5
_TOLERATED = 5
_TOLERATED_SHARE = 5  # one in so many


@dataclass(slots=True)
class SitePlace:
    """Either a place in the site's sitemaps, or in the pages that its links lead to."""

    root: str
    """Where the site begins, after redirects."""
    maps: list[str] = field(default_factory=list)
    """The sitemaps that it names; without any, links are followed."""
    rest: bool = False
    """Whether what looks like products is done, and all that is left is gone through."""
    files: list[tuple[str, int]] = field(default_factory=list)
    """The sitemaps to be read, and how deep in others each was found; the first is being read."""
    listed: int = 0
    """How many sitemaps there were already."""
    offset: int = 0
    last: str = ""
    """The page of the first sitemap that was asked for last, and how many that makes."""
    by_name: bool = False
    """Whether a sitemap was read whose name says that it is of products."""
    links: list[str] = field(default_factory=list)
    """The pages that links led to, in the order in which they are read."""
    at: int = 0
    """How many of them were read."""
    asked: int = 0
    failed: int = 0
    in_a_row: int = 0
    found: int = 0
    """How many products there were."""
    kind: str = Platform.CUSTOM

    @classmethod
    def of(cls, cursor: Cursor) -> Self:
        return msgspec.convert(dict(cursor), cls)

    def told(self) -> dict[str, Any]:
        """Write it down as plain JSON."""
        written: dict[str, Any] = msgspec.to_builtins(self)
        return written

    def start_over(self, *, rest: bool = False) -> None:
        """Begin with the first sitemaps."""
        self.rest, self.by_name = rest, False
        self.files, self.listed = [(each, 0) for each in self.maps], len(self.maps)
        self.offset, self.last = 0, ""

    def follow_links(self) -> None:
        """Give the sitemaps up: they lead nowhere."""
        self.maps, self.files = [], []
        self.links, self.at = [self.root], 0

    def next_file(self) -> None:
        self.files.pop(0)
        self.offset, self.last = 0, ""

    def remaining(self, addresses: tuple[str, ...]) -> tuple[str, ...]:
        """Tell which pages of a sitemap are left, though it may have changed meanwhile."""
        at = self.offset
        if self.last and addresses[at - 1 : at] != (self.last,) and self.last in addresses:
            at = addresses.index(self.last) + 1
        self.offset = at
        return addresses[at:]

    def answered(self, *, products: int) -> None:
        self.asked, self.in_a_row = self.asked + 1, 0
        self.found += products

    def went_wrong(self, reason: str) -> None:
        """Count a page that cannot be read; raises ``StoreUnreadable`` if it is one of too many."""
        self.asked, self.failed, self.in_a_row = self.asked + 1, self.failed + 1, self.in_a_row + 1
        is_much = self.failed > _TOLERATED and self.failed * _TOLERATED_SHARE > self.asked
        if is_much or self.in_a_row >= _MOST_FAILURES_IN_A_ROW:
            raise self.unreadable(reason)

    def unreadable(self, reason: str) -> StoreUnreadable:
        return StoreUnreadable(
            reason=f"{self.failed} of {self.asked} pages failed, the last because {reason}"
        )
