"""Reading any store page by page: along its sitemaps, or else along its links."""

import asyncio
from collections import OrderedDict
from time import monotonic

from domain.competitor.models import Platform
from domain.competitor.reading import Cursor, PageRead, Remember, StoreUnreadable, Stretch
from infrastructure.scanner import sitemaps
from infrastructure.scanner.fetching import Fetcher, PageForbidden, PagePrivate
from infrastructure.scanner.site_place import SitePlace
from infrastructure.scanner.sitemaps import Sitemap
from infrastructure.scanner.urls import canonical, looks_like_product, same_site
from infrastructure.scanner.visiting import visit

STRETCH = 20
STRETCH_SECONDS = 30.0
MOST_PAGES = 50_000
MOST_OTHERS = 5_000
"""Of pages that do not look like products, where none does that is one."""
MOST_LINKED = 500
MOST_FILES = 500
_DEEPEST = 3
_REMEMBERED = 16  # sitemaps: more than stores are read at the same time
_AT_ONCE = 500


class SiteReader:
    """Reads the products of sites that tell of them in JSON-LD, microdata or Open Graph.

    What looks like products is read first: the sitemaps that say so by their names, then pages
    that do by their addresses; the rest only if no product was among them.
    """

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher
        self._sitemaps: OrderedDict[tuple[str, str], Sitemap | None] = OrderedDict()

    async def read(self, url: str, cursor: Cursor | None, remember: Remember) -> Stretch:
        """Read on for some pages; raises ``StoreUnreadable``, also if no page has a product."""
        place = await self._begin(url) if cursor is None else SitePlace.of(cursor)
        pages: list[PageRead] = []
        until = monotonic() + STRETCH_SECONDS
        while len(pages) < STRETCH and monotonic() < until:
            address = await self._next(place)
            if address is None:
                self._forget(place.root)
                _check_end(place)
                return Stretch(Platform.CUSTOM, tuple(pages), None)
            follows = not place.maps
            visited = await visit(self._fetcher, address, place, remember, with_links=follows)
            pages.append(visited.read)
            if follows:
                _queue(place, visited.links)
        return Stretch(Platform.CUSTOM, tuple(pages), place.told())

    async def _begin(self, url: str) -> SitePlace:
        """Find the site, and its sitemaps."""
        front = await self._fetcher.get(url)
        root = canonical(front.url)
        if front.status != 200 or root is None:
            raise StoreUnreadable(reason=f"it answered {front.status}")
        self._forget(root)
        place = SitePlace(root)
        rules = await self._fetcher.rules(root)
        named = [canonical(each, root) for each in rules.sitemaps[:MOST_FILES]]
        place.maps = list(dict.fromkeys(filter(None, named))) or await self._usual(root)
        place.start_over()
        if not place.maps:
            place.links.append(root)
        return place

    async def _usual(self, root: str) -> list[str]:
        """Look for a sitemap that nobody has told of."""
        for each in sitemaps.USUAL_PLACES:
            url = canonical(each, root)
            if url and (found := await self._sitemap(root, url)) and found.addresses:
                return [url]
        return []

    async def _next(self, place: SitePlace) -> str | None:
        """Tell which page is read next; nothing, when that was all."""
        while place.maps and place.asked < (MOST_OTHERS if place.rest else MOST_PAGES):
            if not place.files or _has_enough(place):
                if place.found:
                    return None
                if place.rest:
                    place.follow_links()
                    break
                place.start_over(rest=True)
            url, depth = place.files[0]
            found = await self._sitemap(place.root, url)
            if found is None and depth:  # without it, what it lists would seem to be gone
                raise StoreUnreadable(reason=f"its sitemap {url[:200]} makes no sense")
            if found and found.is_index:
                _descend(place, found, depth)
            elif address := await _wanted(place, found.addresses if found else ()):
                return address
            else:
                place.by_name = place.by_name or sitemaps.tells_products(url)
                place.next_file()
        if place.maps or place.at >= len(place.links):
            return None
        place.at += 1
        return place.links[place.at - 1]

    async def _sitemap(self, root: str, url: str) -> Sitemap | None:
        """Read a sitemap, or remember it; what is none is nothing."""
        if (root, url) not in self._sitemaps:
            found = await self._fetched(url)
            self._sitemaps[root, url] = found
            if len(self._sitemaps) > _REMEMBERED:
                self._sitemaps.popitem(last=False)
        self._sitemaps.move_to_end((root, url))
        return self._sitemaps[root, url]

    async def _fetched(self, url: str) -> Sitemap | None:
        try:
            fetched = await self._fetcher.get(url, largest=sitemaps.LARGEST)
        except (PageForbidden, PagePrivate):
            return sitemaps.NOTHING
        if fetched.status != 200:
            return sitemaps.NOTHING if fetched.status in (404, 410) else None
        return await asyncio.to_thread(sitemaps.parse, fetched.body)

    def _forget(self, root: str) -> None:
        for key in [each for each in self._sitemaps if each[0] == root]:
            del self._sitemaps[key]


async def _wanted(place: SitePlace, addresses: tuple[str, ...]) -> str | None:
    """Go on in a list to the next page that is to be read."""
    is_named = sitemaps.tells_products(place.files[0][0])
    for address in place.remaining(addresses):
        place.offset += 1
        if place.offset % _AT_ONCE == 0:
            await asyncio.sleep(0)  # others have their turn
        is_likely = is_named or looks_like_product(address)
        if is_likely is not place.rest and same_site(address, place.root):
            place.last = address
            return address
    return None


def _has_enough(place: SitePlace) -> bool:
    """Tell whether the sitemaps of products are done, and had some."""
    is_named = bool(place.files) and sitemaps.tells_products(place.files[0][0])
    return place.by_name and bool(place.found) and not place.offset and not is_named


def _descend(place: SitePlace, index: Sitemap, depth: int) -> None:
    """Go on with what an index lists, what is of products first."""
    place.next_file()
    if depth >= _DEEPEST:
        return
    waiting = {url for url, _ in place.files}
    inner = [each for each in index.addresses if each not in waiting]
    inner = inner[: max(0, MOST_FILES - place.listed)]
    place.listed += len(inner)
    place.files[:0] = [(each, depth + 1) for each in inner]
    place.files.sort(key=lambda each: not sitemaps.tells_products(each[0]))


def _queue(place: SitePlace, links: tuple[str, ...]) -> None:
    """Add links to the pages to be read, what looks like products first."""
    known = set(place.links)
    waiting = place.links[place.at :] + [each for each in links if each not in known]
    waiting.sort(key=lambda each: not looks_like_product(each))
    place.links = [*place.links[: place.at], *waiting][:MOST_LINKED]


def _check_end(place: SitePlace) -> None:
    if place.found:
        return
    if place.failed:
        raise place.unreadable("none of the others shows a product")
    raise StoreUnreadable(reason=f"none of its {place.asked} pages shows a product")
