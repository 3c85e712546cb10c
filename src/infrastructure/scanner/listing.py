"""Going through a list of products that a store gives page by page."""

import asyncio
import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from hashlib import sha256
from itertools import islice
from typing import Protocol

import msgspec

from domain.competitor.models import Platform
from domain.competitor.reading import (
    Cursor,
    Freshness,
    PageRead,
    Remember,
    Sighting,
    StoreUnreadable,
    Stretch,
)
from infrastructure.scanner.fetching import Fetched, Fetcher
from infrastructure.scanner.place import MOST_PRODUCTS, Place

_NOT_HERE = frozenset({400, 401, 404, 405, 406, 410})
_NAMES = {Platform.SHOPIFY: "Shopify", Platform.WOOCOMMERCE: "WooCommerce"}
_MOST_VALUES = 500_000
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
        known = await remember(url)
        fetched = await self._fetcher.get(url, known)
        if fetched.unchanged:
            place = await self._dialect.located(_moved(place, url, fetched), fetched)
            same = PageRead(url, freshness=fetched.freshness, unchanged=True)
            return Stretch(self.platform, (same,), place.after())
        if not fetched.is_whole or _is_crowded(fetched.body):
            return await self._read(self._smaller(place), remember)
        if entries := await asyncio.to_thread(self._entries, place, fetched):
            place = await self._dialect.located(_moved(place, url, fetched), fetched)
            found = await asyncio.to_thread(self._sightings, entries, place)
            trace = _trace(found or (str(bytes(entry)) for entry in entries[: place.size]))
            before = place.trace if place.trace or known else await self._trace_before(place)
            if trace != before:
                page = PageRead(url, tuple(found.values()), _version(fetched, found.values()))
                return Stretch(self.platform, (page,), place.after(trace))
        return Stretch(self.platform, (PageRead(url),), None)

    async def _trace_before(self, place: Place) -> str:
        """Read the page before once more: that it had not changed left its products untold."""
        if place.is_first:
            return ""
        earlier = replace(place, page=place.page - 1)
        fetched = await self._fetcher.get(earlier.base + self._dialect.query(earlier))
        if not fetched.is_whole or _is_crowded(fetched.body):
            return ""
        entries = await asyncio.to_thread(self._entries, earlier, fetched)
        return _trace(await asyncio.to_thread(self._sightings, entries, earlier))

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
        for entry in islice(entries, MOST_PRODUCTS):
            try:
                sighting = self._sighting(entry, place)
            except UNREADABLE:
                continue
            if sighting:
                found.setdefault(sighting.key, sighting)
        return found

    def _sighting(self, entry: msgspec.Raw, place: Place) -> Sighting | None:
        try:
            return self._dialect.sighting(entry, place)
        except UnicodeDecodeError:
            return self._dialect.sighting(msgspec.Raw(_mended(bytes(entry))), place)


def _moved(place: Place, asked: str, fetched: Fetched) -> Place:
    """Go on where a redirect has led us, so that each page need not be redirected."""
    query = asked.removeprefix(place.base)
    if fetched.url == asked or not fetched.url.endswith(query):
        return place
    return replace(place, base=fetched.url.removesuffix(query))


def _version(fetched: Fetched, found: Iterable[Sighting]) -> Freshness:
    """Tell the version to remember: none without prices, whose currency may be told next time."""
    return fetched.freshness if any(each.price for each in found) else Freshness()


def _is_crowded(body: bytes) -> bool:
    """Tell whether there is more in it than products consist of: each value takes memory."""
    return sum(map(body.count, (b",", b"[", b"{"))) > _MOST_VALUES


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
