"""Which store, and who we are there."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Credentials:
    """A store, and the REST API key it gave us."""

    url: str
    key: str
    secret: str = field(repr=False)


def store_url(text: str) -> str:
    """Check the address of a store, as its people know it; raises ``ValueError``."""
    try:
        url = urlsplit(text)
        sound = url.scheme in ("http", "https") and bool(url.hostname) and (url.port or True)
    except ValueError:  # a port that is none
        sound = False
    if not sound or url.username or url.query or url.fragment or not text.isprintable():
        raise ValueError("not the address of a store, such as https://store.example")
    return text.rstrip("/")
