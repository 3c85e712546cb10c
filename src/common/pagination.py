"""Lists, a page at a time."""

from collections.abc import Sequence
from typing import NamedTuple


class PageRequest(NamedTuple):
    """Which part of a list is wanted; pages count from 1."""

    page: int = 1
    per_page: int = 20

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.per_page


class Page[T](NamedTuple):
    """Part of a list, and how long the whole of it is."""

    items: Sequence[T]
    total: int
    page: int
    per_page: int
