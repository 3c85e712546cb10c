"""Traps in a database: a write that never ends, so that its process can be killed in the middle.

They are triggers, set by the test. The shop's code knows nothing of them.
"""

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from typing import Any, NamedTuple, Protocol

import psycopg

from infrastructure.databases.urls import database_url, is_sqlite
from infrastructure.workflows.system import system_url

_ENDLESS = (
    "SELECT count(*) FROM sqlite_master a, sqlite_master b, sqlite_master c, "
    "sqlite_master d, sqlite_master e, sqlite_master f, sqlite_master g"
)
_LONGEST = 120.0
_POLL = 0.05
_OF_DBOS = ("operation_outputs", "workflow_status")
_HELD = 8  # looks in a row at which SQLite's write lock is taken: nobody else is at work


class Write(NamedTuple):
    """A write to be caught: ``INSERT`` or ``UPDATE`` of a table, for rows that are like this."""

    event: str
    table: str
    like: str = "1 = 1"


class Traps(Protocol):
    def set(self, write: Write) -> None: ...

    def is_sprung(self) -> bool: ...

    def remove(self) -> None: ...


def traps_in(uri: str) -> Traps:
    """Find the kind of traps for a database."""
    url = database_url(uri)
    if is_sqlite(url):
        assert url.database
        return SqliteTraps(url.database)
    return PostgresTraps(system_url(url))


def wait_until(happened: Callable[[], Any], what: object, *, within: float = _LONGEST) -> None:
    """Wait for something that has to happen soon."""
    deadline = time.monotonic() + within
    while not happened():
        if time.monotonic() > deadline:
            raise TimeoutError(f"this never happened: {what}")
        time.sleep(_POLL)


class SqliteTraps:
    """A trigger that counts for hours, in the transaction that holds the write lock."""

    def __init__(self, path: str) -> None:
        self._path = path

    def set(self, write: Write) -> None:
        where = f"BEFORE {write.event} ON {write.table} WHEN {write.like}"
        self._execute(f"CREATE TRIGGER trap {where} BEGIN {_ENDLESS}; END")

    def is_sprung(self) -> bool:
        return all(self._is_locked() for _ in range(_HELD))

    def remove(self) -> None:
        self._execute("DROP TRIGGER trap")

    def _is_locked(self) -> bool:
        try:
            self._execute("BEGIN IMMEDIATE", patience=0)
        except sqlite3.OperationalError:
            time.sleep(_POLL)
            return True
        return False

    def _execute(self, statement: str, *, patience: float = _LONGEST) -> None:
        with closing(sqlite3.connect(self._path, timeout=patience)) as connection:
            connection.execute(statement)


class PostgresTraps:
    """A trigger that sleeps. Who slept for a client that died is woken and thrown out."""

    _SLEEPERS = "FROM pg_stat_activity WHERE wait_event = 'PgSleep'"

    def __init__(self, uri: str) -> None:
        self._uri = uri

    def set(self, write: Write) -> None:
        table = f"dbos.{write.table}" if write.table in _OF_DBOS else write.table
        self._execute(
            "CREATE FUNCTION trap() RETURNS trigger LANGUAGE plpgsql AS "
            "'BEGIN PERFORM pg_sleep(3600); RETURN NEW; END'"
        )
        self._execute(
            f"CREATE TRIGGER trap BEFORE {write.event} ON {table} "
            f"FOR EACH ROW WHEN ({write.like}) EXECUTE FUNCTION trap()"
        )

    def is_sprung(self) -> bool:
        return bool(self._execute(f"SELECT count(*) {self._SLEEPERS}"))

    def remove(self) -> None:
        self._execute(f"SELECT count(pg_terminate_backend(pid)) {self._SLEEPERS}")
        self._execute("DROP FUNCTION trap CASCADE")

    def _execute(self, statement: str) -> Any:
        with psycopg.connect(self._uri, autocommit=True) as connection:
            answer = connection.execute(statement)
            row = answer.fetchone() if answer.description else None
            return row and row[0]
