"""Where reading a list of products has got to."""

from dataclasses import dataclass, replace
from typing import Self

import msgspec

from domain.competitor.models import Platform
from domain.competitor.reading import Cursor

MOST_PAGES = 1_000
MOST_PRODUCTS = 50_000


@dataclass(frozen=True, slots=True)
class Place:
    """A page of a list."""

    kind: Platform
    base: str
    """Where the list is found."""
    size: int
    """How many products a page of it has."""
    page: int = 1
    pages: int | None = None
    """How many there are, if the store tells."""
    currency: str | None = None
    """What prices are in, where the list does not tell."""
    trace: str = ""
    """What was on the page before: a store that repeats itself has come to its end."""

    @classmethod
    def of(cls, cursor: Cursor) -> Self:
        return msgspec.convert(dict(cursor), cls)

    @property
    def is_first(self) -> bool:
        return self.page == 1

    @property
    def offset(self) -> int:
        """How many products come before it."""
        return (self.page - 1) * self.size

    @property
    def is_last(self) -> bool:
        """Whether nothing comes after it, or nothing that we would read."""
        is_end = self.pages is not None and self.page >= self.pages
        return is_end or self.page >= MOST_PAGES or self.offset + self.size >= MOST_PRODUCTS

    def after(self, trace: str = "") -> Cursor | None:
        """Tell where reading goes on."""
        if self.is_last:
            return None
        onward: Cursor = msgspec.to_builtins(replace(self, page=self.page + 1, trace=trace))
        return onward

    def smaller(self, size: int) -> Self:
        """Go on with smaller pages, from the same product on."""
        return replace(self, page=self.offset // size + 1, size=size, pages=None, trace="")
