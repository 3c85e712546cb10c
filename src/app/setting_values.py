"""How settings are written down. What is wrong with one is said by a ``ValueError``."""

from importlib.util import find_spec
from urllib.parse import urlsplit

from limits import parse_many
from sqlalchemy import URL

from domain.limits import DEFAULT_RATES, Category
from infrastructure.databases.urls import is_sqlite

_REDIS = ("redis", "rediss")


def listed(value: object) -> list[str]:
    """Read what is written with commas between."""
    parts = value.split(",") if isinstance(value, str) else list(value or ())  # type: ignore[call-overload]
    return [str(part).strip() for part in parts if str(part).strip()]


def rates_of(text: str) -> dict[Category, str] | None:
    """Read ``login=10/minute, cart=100/minute``, or ``off``."""
    if text.strip().lower() == "off":
        return None
    rates = dict(DEFAULT_RATES)
    for each in listed(text):
        name, _, rate = (part.strip() for part in each.partition("="))
        if name not in Category:
            known = ", ".join(Category)
            raise ValueError(f"{name!r} is none of {known}; write off, or pairs: cart=100/minute")
        try:
            (_,) = parse_many(rate)
        except ValueError:
            raise ValueError(f"{rate!r} is not a rate such as 100/minute") from None
        rates[Category(name)] = rate
    return rates


def check_database(url: URL) -> None:
    """Raise for a database that no shop can live in."""
    if is_sqlite(url) and url.database in (None, "", ":memory:"):
        raise ValueError("a shop needs a file to live in, such as sqlite:///shop.db")
    if not is_sqlite(url) and find_spec("asyncpg") is None:
        raise ValueError("Postgres takes the extra postgres: uv sync --extra postgres")


def check_redis(text: str) -> None:
    """Raise for what is no address of a Redis, or where nothing can speak to one."""
    try:
        url = urlsplit(text)
        known = url.scheme in _REDIS and bool(url.hostname) and (url.port or True)
    except ValueError:  # a port that is none
        known = False
    if not known:
        raise ValueError("not a Redis URL, such as redis://localhost:6379/0")
    if find_spec("redis") is None:
        raise ValueError("Redis takes the extra redis: uv sync --extra redis")
