"""The floor's one connection, and how its moments are written and read."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

database = sqlite3.connect(os.environ["BENCH_DATABASE"], isolation_level=None)
for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON"):
    database.execute(f"PRAGMA {pragma}")


@contextmanager
def writing() -> Iterator[None]:
    """Keep what the block writes, or nothing of it."""
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        database.execute("ROLLBACK")
        raise
    database.execute("COMMIT")


def now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


def iso(stored: str) -> str:
    return f"{stored[:10]}T{stored[11:]}Z"
