"""What a Shopify store's prices are in, which its list of products does not tell."""

import asyncio
import re

import msgspec
from selectolax.lexbor import LexborHTMLParser

from infrastructure.scanner.addresses import origin_of
from infrastructure.scanner.charset import decoded
from infrastructure.scanner.fetching import Fetched, Fetcher, PageForbidden
from infrastructure.scanner.outline import outline
from infrastructure.scanner.prices import currency_of
from infrastructure.scanner.values import number_of

_ACTIVE = re.compile(
    r"Shopify\.currency\s{0,9}=\s{0,9}\{\s{0,9}\"active\"\s{0,9}:\s{0,9}\"([A-Z]{3})\""
    r"(?:\s{0,9},\s{0,9}\"rate\"\s{0,9}:\s{0,9}\"([0-9.]{1,20})\")?"
)
_STRUCTURED = re.compile(r"\"priceCurrency\"\s{0,9}:\s{0,9}\"([A-Z]{3})\"")


class _Meta(msgspec.Struct):
    currency: str


async def currency_of_shop(fetcher: Fetcher, shop: str) -> str | None:
    """Find it in the store's own description of itself, or on its home page."""
    described = await _get(fetcher, f"{origin_of(shop)}/meta.json")
    if described and (currency := _described(described.body)):
        return currency
    home = await _get(fetcher, f"{shop}/")
    return await asyncio.to_thread(_shown, home) if home else None


def shown_currency(page: str) -> str | None:
    """Find the currency on a page.

    Visitors from abroad may be shown another than the shop's own, at a rate that is not 1: lists
    of products are not converted.
    """
    if active := _ACTIVE.search(page):
        return currency_of(active[1]) if number_of(active[2] or 1) == 1 else None
    for node in LexborHTMLParser(outline(page)[0]).css("meta[property='og:price:currency']"):
        if currency := currency_of(node.attributes.get("content")):
            return currency
    structured = _STRUCTURED.search(page)
    return currency_of(structured[1]) if structured else None


def _shown(home: Fetched) -> str | None:
    return shown_currency(decoded(home.body, home.headers.get("Content-Type", "")))


async def _get(fetcher: Fetcher, url: str) -> Fetched | None:
    try:
        fetched = await fetcher.get(url)
    except PageForbidden:
        return None
    return fetched if fetched.status == 200 else None


def _described(body: bytes) -> str | None:
    try:
        return currency_of(msgspec.json.decode(body, type=_Meta).currency)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
