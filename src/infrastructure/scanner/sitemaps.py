"""Sitemaps: lists of a site's pages, and lists of such lists.

What is looked for are addresses, and nothing is made of what is around them: there is nothing to
expand, and a file that is no sound XML tells its addresses all the same.
"""

import codecs
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
_ADDRESS = rb"<%sloc\s*>\s*(?:<!\[CDATA\[\s*)?([^<>\s]{1,4000})"
_LINE = re.compile(rb"^[ \t]*(https?://[^<>\s]{1,4000})[ \t\r]*$", re.MULTILINE)
_ROOT = re.compile(rb"<((?:[a-zA-Z_][\w.-]{0,30}:)?)(sitemapindex|urlset)[\s>]")
_BEGINNING = 100_000
"""How far into a file its first element is looked for."""
_MOST_TEXT = 8 * 1024 * 1024
"""Of all addresses of a file together."""
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
    text = _unpacked(body).removeprefix(codecs.BOM_UTF8)
    root = _ROOT.search(text, 0, _BEGINNING)
    is_index = bool(root and root[2] == b"sitemapindex")
    if root:
        pattern = re.compile(_ADDRESS % re.escape(root[1]))
    elif _is_plain_list(text):
        pattern = _LINE
    else:
        return None
    found: dict[str, None] = {}
    left = _MOST_TEXT
    for match in pattern.finditer(text):
        written = match[1].decode("utf-8", "replace").removesuffix("]]")
        address = canonical(html.unescape(written))
        if address and (is_index or may_be_page(address)):
            found[address] = None
            left -= len(address)
        if len(found) == MOST_ADDRESSES or left < 0:
            break
    return Sitemap(tuple(found), is_index)


def tells_products(url: str) -> bool:
    """Tell by the name of a sitemap that it lists products, and not only their categories."""
    name = url.partition("://")[2].partition("/")[2]
    return bool(_OF_PRODUCTS.search(name)) and not _OF_MORE.search(name)


def _is_plain_list(text: bytes) -> bool:
    """Tell whether it is a text that has an address on each line, which is a sitemap too."""
    begin = text[:_BEGINNING]
    return b"<" not in begin and begin.lstrip().startswith(b"http")


def _unpacked(body: bytes) -> bytes:
    if not body.startswith(b"\x1f\x8b"):
        return body
    try:
        return zlib.decompressobj(_GZIP).decompress(body, _UNPACKED)
    except zlib.error:
        return b""
