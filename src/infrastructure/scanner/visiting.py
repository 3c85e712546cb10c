"""Asking for one page of a site, and reading it."""

import asyncio
from dataclasses import dataclass

from domain.competitor.reading import Freshness, PageRead, Remember, StoreUnreadable
from infrastructure.scanner.fetching import Fetcher, PageForbidden
from infrastructure.scanner.pages import Page, read_page
from infrastructure.scanner.site_place import SitePlace
from infrastructure.scanner.urls import canonical, same_site

LARGEST_PAGE = 4 * 1024 * 1024
_NOT_THERE = frozenset({404, 410})


@dataclass(frozen=True, slots=True)
class Visit:
    read: PageRead
    links: tuple[str, ...] = ()


async def visit(
    fetcher: Fetcher, url: str, place: SitePlace, remember: Remember, *, with_links: bool = False
) -> Visit:
    """Ask for a page, and count what came of it; raises ``StoreUnreadable`` if too much fails.

    A page that cannot be read at the moment counts as unchanged, so that one which fails makes
    nobody believe that its products are no longer sold. Only products give a version to remember:
    what is unchanged has products on it. A page whose links are wanted is read in any case.
    """
    known = await remember(url)
    try:
        fetched = await fetcher.get(url, None if with_links else known, largest=LARGEST_PAGE)
    except PageForbidden:
        place.answered(products=0)
        return Visit(PageRead(url, freshness=known or Freshness(), unchanged=True))
    except StoreUnreadable as error:
        place.went_wrong(error.reason)
        return Visit(PageRead(url, freshness=known or Freshness(), unchanged=True))
    if fetched.unchanged:
        place.answered(products=1)
        return Visit(PageRead(url, freshness=fetched.freshness, unchanged=True))
    if fetched.status in _NOT_THERE or not _is_here(fetched.url, place):
        place.answered(products=0)
        return Visit(PageRead(url))
    if fetched.status != 200:
        place.went_wrong(f"it answered {fetched.status}")
        return Visit(PageRead(url, freshness=known or Freshness(), unchanged=True))
    content_type = fetched.headers.get("Content-Type", "")
    page: Page = await asyncio.to_thread(
        read_page, fetched.body, content_type, fetched.url, with_links=with_links
    )
    if page.sighting is None:
        place.answered(products=0)
        return Visit(PageRead(url), page.links)
    place.answered(products=1)
    return Visit(PageRead(url, (page.sighting,), fetched.freshness), page.links)


def _is_here(url: str, place: SitePlace) -> bool:
    """Tell whether an answer comes from the site itself, and not from where it redirects to."""
    address = canonical(url)
    return address is not None and same_site(address, place.root)
