"""What tracking needs of whoever reads stores."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from common.money import Money
from domain.competitor.models import Platform

type Cursor = Mapping[str, Any]
"""Where reading goes on: plain JSON, whose meaning is the reader's own."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A product as a store shows it at this moment."""

    platform_id: str | None
    """What the platform calls it, if it tells."""
    url: str
    """Where people find it: absolute and canonical, without what only tracks visitors."""
    title: str
    price: Money | None
    """What it costs now, a sale included; of several variants the cheapest that can be had."""
    in_stock: bool
    image_url: str | None = None
    brand: str | None = None
    gtin: str | None = None
    sku: str | None = None

    @property
    def key(self) -> str:
        """What it is known by from one scan to the next."""
        return self.platform_id or self.url


@dataclass(frozen=True, slots=True)
class Freshness:
    """What a server told of the version of a page: sent back, it may say that nothing changed."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class PageRead:
    """A page of a store that was asked for."""

    url: str
    sightings: tuple[Sighting, ...] = ()
    freshness: Freshness = Freshness()
    unchanged: bool = False
    """It is as it was the last time, and so are the products on it: none is listed here."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """What was read in one go, little enough to be written down in one transaction."""

    platform: Platform
    """What the store is built on."""
    pages: tuple[PageRead, ...]
    cursor: Cursor | None
    """Where the next stretch begins; nothing, when that was all."""


type Remember = Callable[[str], Awaitable[Freshness | None]]
"""``remember(url)``: tells the version of a page that the products we have were read from."""


class StoreReader(Protocol):
    """Reads stores, politely and within bounds."""

    async def read(
        self, url: str, platform: Platform, cursor: Cursor | None, remember: Remember
    ) -> Stretch:
        """Read on from ``cursor``, or from the beginning; raises ``StoreUnreadable``."""


class StoreUnreadable(Exception):
    """A store cannot be read. Its owner finds the reason in the scan that failed for it."""

    def __init__(self, *, reason: str) -> None:
        super().__init__(f"The store cannot be read: {reason}.")
        self.reason = reason
