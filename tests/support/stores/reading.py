"""Reading stores without a shop."""

import json
from collections.abc import Callable
from typing import Any

from domain.competitor.models import Platform
from domain.competitor.reading import (
    Cursor,
    Freshness,
    PageRead,
    Remember,
    Sighting,
    StoreReader,
    Stretch,
)

type Run = Callable[[Any], Any]


class Naps:
    """A clock that only sleeping moves, so that nobody has to wait."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.taken: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.taken.append(round(seconds, 6))
        self.now += seconds

    def __call__(self) -> float:
        return self.now


class Readings:
    """Reads whole stores, and remembers the versions of their pages as tracking does."""

    def __init__(self, run: Run, reader: StoreReader) -> None:
        self._run, self._reader = run, reader
        self.versions: dict[str, Freshness] = {}
        self.platforms: set[Platform] = set()

    def pages(
        self, url: str, platform: Platform = Platform.CUSTOM, cursor: Cursor | None = None
    ) -> list[PageRead]:
        """Read a store to its end, from its beginning or from a cursor on."""
        return self._run(self._pages(url, platform, cursor))

    def sightings(self, url: str, platform: Platform = Platform.CUSTOM) -> list[Sighting]:
        return [each for page in self.pages(url, platform) for each in page.sightings]

    def only(self, url: str, platform: Platform = Platform.CUSTOM) -> Sighting:
        (sighting,) = self.sightings(url, platform)
        return sighting

    async def _pages(self, url: str, platform: Platform, cursor: Cursor | None) -> list[PageRead]:
        pages: list[PageRead] = []
        while not pages or cursor is not None:
            stretch = await self._reader.read(url, platform, cursor, self._remember)
            self.platforms.add(stretch.platform)
            pages += stretch.pages
            cursor = json.loads(json.dumps(stretch.cursor))
        self.versions |= {each.url: each.freshness for each in pages}
        return pages

    async def _remember(self, url: str) -> Freshness | None:
        known = self.versions.get(url)
        return None if known == Freshness() else known


class AnySite:
    """Stands where stores are read page by page: finds nothing in any, and counts them."""

    def __init__(self) -> None:
        self.urls: list[str] = []

    async def read(self, url: str, cursor: Cursor | None, remember: Remember) -> Stretch:
        self.urls.append(url)
        return Stretch(Platform.CUSTOM, (PageRead(url),), None)
