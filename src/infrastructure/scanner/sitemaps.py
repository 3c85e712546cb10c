"""Sitemaps: lists of a site's pages, and lists of such lists.

What is looked for are addresses, and nothing is made of what is around them: there is nothing to
expand, and a file that is no sound XML tells its addresses all the same.
"""

import html
import re
import zlib
from dataclasses import dataclass

from infrastructure.scanner.urls import canonical, may_be_page

MOST_ADDRESSES = 50_000
"""In one file, as the protocol has it."""
LARGEST = 16 * 1024 * 1024
"""As it comes; gzip makes up to twice as much of it."""
USUAL_PLACES = ("/sitemap.xml", "/sitemap_index.xml", "/wp-sitemap.xml")
_UNPACKED = 2 * LARGEST
_GZIP = 31  # zlib's word for it
_ADDRESS = re.compile(rb"<loc\s*>\s*(?:<!\[CDATA\[\s*)?([^<>\s]{1,4000})")
_INDEX = re.compile(rb"<sitemapindex[\s>]")
_LIST = re.compile(rb"<urlset[\s>]")
_OF_PRODUCTS = re.compile(r"produ[ckz]t|produit|prodott|articul|artikel", re.IGNORECASE)
_OF_MORE = re.compile(
    r"produ[ck]t[a-z]*[-_ ]?(cat|tag|brand|attr|review|type|image|video|line)|taxonom|categor",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Sitemap:
    addresses: tuple[str, ...]
    """Canonical; of pages, or of other sitemaps."""
    is_index: bool


NOTHING = Sitemap((), is_index=False)


def parse(body: bytes) -> Sitemap | None:
    """Read a sitemap, packed or not; what is none is nothing."""
    text = _unpacked(body)
    is_index = bool(_INDEX.search(text))
    if not is_index and not _LIST.search(text):
        return None
    found: dict[str, None] = {}
    for match in _ADDRESS.finditer(text):
        written = match[1].decode("utf-8", "replace").removesuffix("]]")
        address = canonical(html.unescape(written))
        if address and (is_index or may_be_page(address)):
            found[address] = None
        if len(found) == MOST_ADDRESSES:
            break
    return Sitemap(tuple(found), is_index)


def tells_products(url: str) -> bool:
    """Tell by the name of a sitemap that it lists products, and not only their categories."""
    name = url.partition("://")[2].partition("/")[2]
    return bool(_OF_PRODUCTS.search(name)) and not _OF_MORE.search(name)


def _unpacked(body: bytes) -> bytes:
    if not body.startswith(b"\x1f\x8b"):
        return body
    try:
        return zlib.decompressobj(_GZIP).decompress(body, _UNPACKED)
    except zlib.error:
        return b""
