"""Which executor a process is.

DBOS takes up again what an executor of the same name left behind, so no two living processes
may share a name, and a name must be known to be dead before its work is given to others. A
kernel lock, or one of Postgres, dies with its process and tells exactly that.
"""

import fcntl
from contextlib import suppress
from pathlib import Path
from typing import IO, Protocol

from sqlalchemy import URL, Connection, NullPool, create_engine, make_url
from sqlalchemy.exc import DBAPIError

from infrastructure.databases.urls import is_sqlite
from infrastructure.workflows.system import system_url

_LOCKS = 0x7E5E  # the class of our advisory locks: any number that nobody else uses
_MOST = 64
_KEEPALIVE = {"idle": 20, "interval": 5, "count": 3}
"""Either side notices within a minute that the other is gone: Postgres then frees the name."""


class Slots(Protocol):
    """Names for executors, each held by one process at most."""

    def claim(self) -> str | None:
        """Take a free name, and hold it as long as the process lives."""

    def still_held(self) -> bool:
        """Tell whether the name is ours yet; after a break in between it may be another's."""

    def seize(self, name: str) -> bool:
        """Hold another's name for a moment; that can be done only if nobody else holds it."""

    def let_go(self, name: str) -> None:
        """End the moment."""

    def release(self) -> None:
        """Give up all that is held."""


def slots_for(url: URL, files: Path) -> Slots:
    """Find the kind of slots that goes with a database; ``files`` is the shop's own folder."""
    if not is_sqlite(url):
        return PostgresSlots(url)
    return FileSlot(files / f"{Path(url.database or '').name}.executor")  # there may be others


class FileSlot:
    """SQLite: one executor, as DBOS's limits hold within one process only."""

    NAME = "shop"

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
        return self.NAME

    def still_held(self) -> bool:
        return self._held is not None

    def seize(self, name: str) -> bool:
        return name != self.NAME  # the one that holds the file is us

    def let_go(self, name: str) -> None:
        """Nothing was held for it."""

    def release(self) -> None:
        if self._held:
            self._held.close()
            self._held = None


class PostgresSlots:
    """Postgres: any number of workers, each with an advisory lock on a connection of its own."""

    def __init__(self, url: URL) -> None:
        self._engine = create_engine(
            make_url(system_url(url)).set(drivername="postgresql+psycopg"),
            isolation_level="AUTOCOMMIT",
            poolclass=NullPool,
            connect_args={f"keepalives_{name}": value for name, value in _KEEPALIVE.items()},
        )
        self._connection: Connection | None = None
        self._mine: int | None = None

    def claim(self) -> str | None:
        self._hang_up()
        for number in range(_MOST):
            if self._lock(number):
                self._mine = number
                return f"worker-{number}"
        return None

    def still_held(self) -> bool:
        """Ask over the connection: while that lives, so does the lock."""
        if self._mine is None:
            return False
        try:
            self._ask("SELECT 1")
        except DBAPIError:  # it has broken: be the first to lock the name again
            self._hang_up()
            return self._lock(self._mine)
        return True

    def seize(self, name: str) -> bool:
        number = _number(name)
        return number is None or (number != self._mine and self._lock(number))

    def let_go(self, name: str) -> None:
        if (number := _number(name)) is not None:
            self._ask(f"SELECT pg_advisory_unlock({_LOCKS}, {number})")

    def release(self) -> None:
        self._mine = None
        if self._connection:
            with suppress(DBAPIError):
                self._ask("SELECT pg_advisory_unlock_all()")
        self._hang_up()

    def _lock(self, number: int) -> bool:
        return self._ask(f"SELECT pg_try_advisory_lock({_LOCKS}, {number})")

    def _ask(self, statement: str) -> bool:
        if self._connection is None:
            self._connection = self._engine.connect()
            for name, value in _KEEPALIVE.items():
                self._connection.exec_driver_sql(f"SET tcp_keepalives_{name} = {value}")
        return bool(self._connection.exec_driver_sql(statement).scalar())

    def _hang_up(self) -> None:
        if self._connection:
            self._connection.close()
            self._connection = None


def _number(name: str) -> int | None:
    """Read the number in a name of ours; nothing, in a name that no process can hold."""
    prefix, _, number = name.partition("-")
    return int(number) if prefix == "worker" and number.isdigit() else None
