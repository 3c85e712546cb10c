"""Addresses of stores, as people type them."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from app.patterns import pattern

_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOST = rf"{_LABEL}(?:\.{_LABEL})*\.?|\[[0-9A-Fa-f:.]+\]"
_URL = pattern(
    rf"^[Hh][Tt][Tt][Pp][Ss]?://(?:{_HOST})(?::[0-9]{{1,5}})?(?:/[!-\"$->@-~]*)?$",
    "the address of a store, such as https://shop.example, without ? and #",
)
_PORTS = range(1, 65536)
_DEFAULT_PORTS = {"http": 80, "https": 443}


def _normal(url: str) -> str:
    """Write an address the one way: what follows the host stays as it is."""
    try:
        read = urlsplit(url)
        host, port = (read.hostname or "").rstrip("."), read.port
        host.encode("idna")
    except ValueError as error:
        raise ValueError("not the address of a store") from error
    if port is not None and port not in _PORTS:
        raise ValueError("not the address of a store")
    host = f"[{host}]" if ":" in host else host
    where = host if port in (None, _DEFAULT_PORTS[read.scheme]) else f"{host}:{port}"
    return f"{read.scheme}://{where}{read.path.rstrip('/')}"


StoreUrl = Annotated[
    str,
    Field(
        min_length=1,
        max_length=2000,
        pattern=_URL,
        description="Where the store begins: http or https, without credentials, query or "
        "fragment; no private address.",
        examples=["https://rival-gadgets.com"],
    ),
    AfterValidator(_normal),
]
