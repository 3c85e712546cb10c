"""Database addresses, in whichever of their common spellings they come."""

from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

_EXAMPLES = "sqlite:///shop.db or postgresql://user:password@host/name"
_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}


def database_url(text: str) -> URL:
    """Parse a URL and give it the driver we use; raises ``ValueError`` for other databases."""
    try:
        url = make_url(text.replace("postgres://", "postgresql://", 1))
    except (ArgumentError, ValueError):  # their messages may quote a part of the password
        raise ValueError(f"not a database URL, such as {_EXAMPLES}") from None
    backend = url.get_backend_name()
    if backend not in _DRIVERS:
        raise ValueError(f"{backend} is not supported: use sqlite or postgresql")
    return _in_asyncpgs_words(url.set(drivername=_DRIVERS[backend]))


def _in_asyncpgs_words(url: URL) -> URL:
    """Translate what hosts of Postgres write for libpq, which asyncpg has other words for."""
    query = dict(url.query)
    mode = query.pop("sslmode", None)
    query.pop("channel_binding", None)  # asyncpg has no such choice
    return url.set(query=query | ({"ssl": mode} if mode else {}))


def is_sqlite(url: URL) -> bool:
    return url.get_backend_name() == "sqlite"


def home_of(url: URL) -> Path:
    """Tell which folder a shop's files live in: beside a SQLite file, else where it was started."""
    if is_sqlite(url) and url.database:
        return Path(url.database).resolve().parent
    return Path.cwd()
