"""Going through a list of products that a store gives page by page."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Protocol

import msgspec

from domain.competitor.models import Platform
from domain.competitor.reading import (
    Cursor,
    PageRead,
    Remember,
    Sighting,
    StoreUnreadable,
    Stretch,
)
from infrastructure.scanner.fetching import Fetched, Fetcher
from infrastructure.scanner.place import Place

_NOT_HERE = frozenset({400, 401, 404, 405, 406, 410})
_NAMES = {Platform.SHOPIFY: "Shopify", Platform.WOOCOMMERCE: "WooCommerce"}
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
UNREADABLE = (msgspec.MsgspecError, ValueError, RecursionError)


class OtherPlatform(StoreUnreadable):
    """The store is not built on what we took it for."""


class Dialect(Protocol):
    """What the lists of one platform look like."""

    @property
    def platform(self) -> Platform: ...

    @property
    def sizes(self) -> Sequence[int]:
        """How many products to ask for at once: fewer, where the answer gets too large."""

    def lists(self, url: str) -> list[str]:
        """Tell where a store may have its list."""

    def query(self, place: Place) -> str:
        """Tell what to ask a list for a page of it."""

    def split(self, body: bytes) -> list[msgspec.Raw]:
        """Take a page apart; raises ``msgspec.MsgspecError`` where it is no list of products."""

    def is_beyond(self, place: Place, fetched: Fetched) -> bool:
        """Tell whether a refusal means that the list has no such page any more."""

    async def located(self, place: Place, fetched: Fetched) -> Place:
        """Learn from a page what helps with it, and with those that follow."""

    def sighting(self, entry: msgspec.Raw, place: Place) -> Sighting | None:
        """Read a product; raises ``msgspec.MsgspecError`` for what is none."""


class ListingReader:
    """Reads stores of one platform; raises ``OtherPlatform`` where there is no list of its kind."""

    def __init__(self, fetcher: Fetcher, dialect: Dialect) -> None:
        self._fetcher, self._dialect = fetcher, dialect
        self.platform = dialect.platform

    async def read(self, url: str, cursor: Cursor | None, remember: Remember) -> Stretch:
        if cursor is not None:
            return await self._read(Place.of(cursor), remember)
        refusals: list[OtherPlatform] = []
        for base in self._dialect.lists(url):
            place = Place(self.platform, base, self._dialect.sizes[0])
            try:
                return await self._read(place, remember)
            except OtherPlatform as refusal:
                refusals.append(refusal)
        raise refusals[0] if refusals else StoreUnreadable(reason="it has no address on the web")

    async def _read(self, place: Place, remember: Remember) -> Stretch:
        url = place.base + self._dialect.query(place)
        fetched = await self._fetcher.get(url, await remember(url))
        if fetched.unchanged:
            place = await self._dialect.located(_moved(place, url, fetched), fetched)
            same = PageRead(url, freshness=fetched.freshness, unchanged=True)
            return Stretch(self.platform, (same,), place.after())
        if not fetched.is_whole:
            return await self._read(self._smaller(place), remember)
        if entries := self._entries(place, fetched):
            place = await self._dialect.located(_moved(place, url, fetched), fetched)
            found = self._sightings(entries, place)
            trace = _trace(found or (str(bytes(entry)) for entry in entries))
            if trace != place.trace:
                page = PageRead(url, tuple(found.values()), fetched.freshness)
                return Stretch(self.platform, (page,), place.after(trace))
        return Stretch(self.platform, (PageRead(url),), None)

    def _smaller(self, place: Place) -> Place:
        for size in self._dialect.sizes:
            if size < place.size:
                return place.smaller(size)
        raise StoreUnreadable(reason="a page of its list of products is too large")

    def _entries(self, place: Place, fetched: Fetched) -> list[msgspec.Raw]:
        if fetched.status != 200:
            if self._dialect.is_beyond(place, fetched):
                return []
            raise _refusal(place, f"it answered {fetched.status}", is_none=_is_none(fetched))
        body = fetched.body.removeprefix(_BYTE_ORDER_MARK)
        try:
            return self._dialect.split(body)
        except UNREADABLE:
            pass
        try:
            return self._dialect.split(_mended(body))
        except UNREADABLE as error:
            raise _refusal(place, "it answered with something else", is_none=True) from error

    def _sightings(self, entries: Iterable[msgspec.Raw], place: Place) -> dict[str, Sighting]:
        """Read products by their keys; what cannot be read is passed over."""
        found: dict[str, Sighting] = {}
        for entry in entries:
            try:
                sighting = self._dialect.sighting(entry, place)
            except UNREADABLE:
                continue
            if sighting:
                found.setdefault(sighting.key, sighting)
        return found


def _moved(place: Place, asked: str, fetched: Fetched) -> Place:
    """Go on where a redirect has led us, so that each page need not be redirected."""
    query = asked.removeprefix(place.base)
    if fetched.url == asked or not fetched.url.endswith(query):
        return place
    return replace(place, base=fetched.url.removesuffix(query))


def _mended(body: bytes) -> bytes:
    """Write JSON again without the halves of letters that stores cut their texts to."""
    content = json.loads(body.decode(errors="replace"), strict=False)
    return json.dumps(content, ensure_ascii=False).encode(errors="replace")


def _is_none(fetched: Fetched) -> bool:
    """Tell whether there is no such list, rather than one that we are kept from.

    Programs forbid in JSON, and walls against robots in HTML.
    """
    is_json = "json" in fetched.headers.get("Content-Type", "")
    return fetched.status in _NOT_HERE or (fetched.status == 403 and is_json)


def _refusal(place: Place, reason: str, *, is_none: bool) -> StoreUnreadable:
    if place.is_first and is_none:
        return OtherPlatform(
            reason=f"asked for its products as {_NAMES[place.kind]} lists them, {reason}"
        )
    return StoreUnreadable(reason=f"asked for page {place.page} of its products, {reason}")


def _trace(parts: Iterable[str]) -> str:
    return sha256("\n".join(parts).encode()).hexdigest()[:16]
