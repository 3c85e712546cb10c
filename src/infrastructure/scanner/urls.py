"""The addresses of pages, in one spelling each: two pages are one where these are equal."""

import re
import string
from urllib.parse import SplitResult, quote, urljoin, urlsplit

import httpx2

LONGEST = 2000
_DEFAULT_PORTS = {"http": 80, "https": 443}
_CANONICAL = re.compile(r"https?://[a-z0-9-]+(\.[a-z0-9-]+)+/[A-Za-z0-9_~/-]*(\.html?)?")
"""What most addresses are already: spelled as it should be."""
_HOST = re.compile(r"[a-z0-9._-]{1,253}|[0-9a-f:.]{2,45}")
_ESCAPE = re.compile(r"%[0-9a-fA-F]{2}")
_PLAIN = frozenset(string.ascii_letters + string.digits + "-._~")
_LEFT_AS_IT_IS = "/%:@!$&'()*+,;=~-._?[]"
_TRACKING = re.compile(
    r"utm_.*|hsa_.*|mtm_.*|pk_.*|mc_[ce]id|_hs(enc|mi)|__hs.*|_g[al]|_kx|_pos|_sid|_ss|_fid"
    r"|d?clid|[gfty]?clid|fbclid|g?braid|wbraid|msclkid|ttclid|twclid|li_fat_id|yclid|igshid"
    r"|srsltid|phpsessid|jsessionid|oscsid",
    re.IGNORECASE,
)
_PRODUCT = re.compile(
    r"/(products?|produk?te?|produits?|productos?|prodott[oi]|produtos?|producten|artikel|items?"
    r"|p|dp|pd)/[^/]",
    re.IGNORECASE,
)
_NO_PAGE = re.compile(
    r"\.(jpe?g|png|gif|webp|avif|svg|ico|pdf|zip|gz|xml|rss|json|css|js|mp[34]|webm|docx?|xlsx?)$",
    re.IGNORECASE,
)
_NO_PLACE_TO_LOOK = re.compile(
    r"/(cart|basket|checkout|account|my-account|customer|login|logout|sign-?(in|up|out)|register"
    r"|wishlist|compare|warenkorb|kasse|panier|carrito|wp-admin|wp-json|cdn-cgi)(/|$)"
    r"|[?&](add[-_]to[-_]\w+|remove_item|orderby|sort(_by)?|replytocom)=",
    re.IGNORECASE,
)


def canonical(reference: str, base: str = "") -> str | None:
    """Spell an address, as it is written on the page at ``base``, in the one way.

    It is absolute, its host in lower case, and nothing is left in it that only tracks visitors.
    What is no address of the web is nothing.
    """
    if _CANONICAL.fullmatch(reference) and len(reference) <= LONGEST:
        return reference
    try:
        url = urlsplit(urljoin(base, reference.strip()))
        spelled = _origin(url) + (_spelled(url.path) or "/")
        if query := "&".join(part for part in url.query.split("&") if _tells(part)):
            spelled += f"?{_spelled(query)}"
    except ValueError:
        return None
    return spelled if len(spelled) <= LONGEST else None


def same_site(url: str, other: str) -> bool:
    """Tell whether two canonical addresses are of one host, with or without ``www``."""
    return _site(url) == _site(other)


def same_page(url: str, page: str) -> bool:
    """Tell whether a canonical address leads to a page, or to one variant of what is there."""
    query, own = (urlsplit(each).query for each in (url, page))
    return _bare(url) == _bare(page) and (not own or query == own)


def is_root(url: str) -> bool:
    return urlsplit(url).path == "/"


def looks_like_product(url: str) -> bool:
    """Tell by its address alone that a page is probably of a product."""
    return bool(_PRODUCT.search(urlsplit(url).path))


def may_be_page(url: str) -> bool:
    return not _NO_PAGE.search(urlsplit(url).path)


def is_worth_a_look(url: str) -> bool:
    """Tell whether a link may lead to products: carts and accounts are none of our business."""
    return may_be_page(url) and not _NO_PLACE_TO_LOOK.search(url)


def _origin(url: SplitResult) -> str:
    host = (url.hostname or "").rstrip(".")
    if not host.isascii():
        host = _in_ascii(host[:LONGEST])
    if url.scheme not in _DEFAULT_PORTS or not _HOST.fullmatch(host) or url.port == 0:
        raise ValueError("no address of the web")
    shown = f"[{host}]" if ":" in host else host
    is_usual = url.port in (None, _DEFAULT_PORTS[url.scheme])
    return f"{url.scheme}://{shown}" + ("" if is_usual else f":{url.port}")


def _in_ascii(host: str) -> str:
    try:
        return httpx2.URL(scheme="http", host=host).raw_host.decode("ascii")
    except httpx2.InvalidURL as error:
        raise ValueError("no name of a host") from error


def _spelled(text: str) -> str:
    return _ESCAPE.sub(_unescaped, quote(text, safe=_LEFT_AS_IT_IS))


def _unescaped(match: re.Match[str]) -> str:
    letter = chr(int(match[0][1:], 16))
    return letter if letter in _PLAIN else match[0].upper()


def _tells(part: str) -> bool:
    """Tell whether a part of a query says which page it is."""
    return bool(part) and not _TRACKING.fullmatch(part.partition("=")[0])


def _site(url: str) -> str:
    return urlsplit(url).netloc.removeprefix("www.")


def _bare(url: str) -> str:
    return _site(url) + urlsplit(url).path.rstrip("/")
