"""Which executor a process is.

DBOS takes up again what an executor of the same name left behind, so no two living processes
may share a name, and a name must be known to be dead before its work is given to others. A
kernel lock, or one of Postgres, dies with its process and tells exactly that.
"""

import fcntl
from pathlib import Path
from typing import IO, Protocol

import psycopg
from sqlalchemy import URL

from infrastructure.databases.urls import is_sqlite
from infrastructure.workflows.system import system_url

_LOCKS = 0x7E5E  # the class of our advisory locks: any number that nobody else uses
_MOST = 64


class Slots(Protocol):
    """Names for executors, each held by one process at most."""

    def claim(self) -> str | None:
        """Take a free name, and hold it as long as the process lives."""

    def is_dead(self, name: str) -> bool:
        """Tell whether nobody holds a name."""

    def release(self) -> None: ...


def slots_for(url: URL, files: Path) -> Slots:
    return FileSlot(files / "executor.lock") if is_sqlite(url) else PostgresSlots(url)


class FileSlot:
    """SQLite: one executor, as DBOS's limits hold within one process only."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._held: IO[str] | None = None

    def claim(self) -> str | None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = self._path.open("a")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            return None
        self._held = file
        return "shop"

    def is_dead(self, name: str) -> bool:
        return name != "shop"  # the one that holds the file is us

    def release(self) -> None:
        if self._held:
            self._held.close()
            self._held = None


class PostgresSlots:
    """Postgres: any number of workers, each with an advisory lock on a connection of its own."""

    def __init__(self, url: URL) -> None:
        self._url = system_url(url)
        self._connection: psycopg.Connection | None = None
        self._mine: int | None = None

    def claim(self) -> str | None:
        for number in range(_MOST):
            if self._lock(number):
                self._mine = number
                return f"worker-{number}"
        return None

    def is_dead(self, name: str) -> bool:
        prefix, _, number = name.partition("-")
        if prefix != "worker" or not number.isdigit():
            return True
        if int(number) == self._mine or not self._lock(int(number)):
            return False
        self._query("SELECT pg_advisory_unlock(%s, %s)", int(number))
        return True

    def release(self) -> None:
        if self._connection:
            self._connection.close()
            self._connection = None

    def _lock(self, number: int) -> bool:
        return self._query("SELECT pg_try_advisory_lock(%s, %s)", number)

    def _query(self, statement: str, number: int) -> bool:
        row = self._connected().execute(statement, (_LOCKS, number)).fetchone()
        return bool(row and row[0])

    def _connected(self) -> psycopg.Connection:
        """Return the connection; after a break, a new one on which we hold our name again."""
        if self._connection is None or self._connection.closed:
            self._connection = psycopg.connect(self._url, autocommit=True)
            if self._mine is not None:
                self._lock(self._mine)
        return self._connection
