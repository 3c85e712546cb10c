"""SQLite, tamed: foreign keys enforced, readers beside the writer, writers in a queue."""

import sqlite3
import time
from typing import Any

from sqlalchemy import Connection, Engine, event

PRAGMAS = (
    "journal_mode = WAL",
    "synchronous = NORMAL",
    "busy_timeout = 5000",
    "foreign_keys = ON",
)


def tame(engine: Engine) -> None:
    """Prepare every connection of ``engine``, and say BEGIN ourselves.

    A writer that takes its lock up front waits its turn. One that upgrades from reading to
    writing halfway fails at once, whatever the timeout.
    """

    @event.listens_for(engine, "connect")
    def connected(connection: Any, _: object) -> None:
        connection.isolation_level = None  # the driver's own BEGIN comes too late
        cursor = connection.cursor()
        for pragma in PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()
        teach_milliseconds(connection)

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        reading = connection.get_execution_options().get("read_only", False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def teach_milliseconds(connection: Any) -> None:
    """Give older builds of SQLite the ``unixepoch('subsec')`` of 3.42, which DBOS's tables ask."""
    if sqlite3.sqlite_version_info < (3, 42):
        connection.create_function("unixepoch", -1, _unixepoch)


def _unixepoch(*arguments: str) -> float:
    now = time.time()
    return round(now, 3) if "subsec" in arguments else int(now)
