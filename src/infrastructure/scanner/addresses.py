"""The addresses of pages. What is none of the web, or none at all, is nothing."""

import re

import httpx2

LONGEST = 2000
_PLAIN = re.compile(r"https?://[a-z0-9.-]{1,253}/[\w/.,:;=&%?~+-]{0,1500}", re.ASCII)


def web_address(text: str) -> str | None:
    """Read an absolute http(s) address, without what is for browsers alone."""
    try:
        url = httpx2.URL(text.strip())
        if url.scheme not in ("http", "https") or not _is_port(url.port):
            return None
        if not url.host.strip(".") or "%" in url.host:
            return None
        host = url.host.rstrip(".")  # with a dot at its end it is the same, under another name
        plain = str(url.copy_with(host=host, userinfo=b"", fragment=None))
    except (httpx2.InvalidURL, ValueError):
        return None
    return plain if len(plain) <= LONGEST and plain.isascii() else None


def resolved(base: str, reference: str) -> str | None:
    """Read an address as it is written on the page at ``base``."""
    try:
        return web_address(str(httpx2.URL(base).join(reference.strip())))
    except (httpx2.InvalidURL, ValueError):
        return None


def picture(base: str, reference: object) -> str | None:
    """Read the address of a picture, which is shown and never asked for."""
    if not isinstance(reference, str):
        return None
    plain = httpx2.URL(base).scheme + ":" + reference if reference[:2] == "//" else reference
    return plain if _PLAIN.fullmatch(plain) else resolved(base, reference)


def host_of(url: str) -> str:
    """Tell which server an address is at, its port included where it is unusual."""
    return httpx2.URL(url).netloc.decode("ascii")


def origin_of(url: str) -> str:
    return f"{httpx2.URL(url).scheme}://{host_of(url)}"


def bases_of(url: str) -> list[str]:
    """List where a shop may begin: at the address we know, or else where its host does."""
    begin = (web_address(url) or "").partition("?")[0].rstrip("/")
    return list(dict.fromkeys([begin, origin_of(begin)])) if begin else []


def _is_port(port: int | None) -> bool:
    return port is None or 0 < port < 65536
