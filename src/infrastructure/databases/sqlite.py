"""SQLite, tamed: foreign keys enforced, readers beside the writer, writers in a queue."""

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

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        reading = connection.get_execution_options().get("read_only", False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
