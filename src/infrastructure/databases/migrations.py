"""Bringing a database to the schema this release needs."""

import asyncio
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import URL, Connection, String, column, select, table
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from infrastructure.databases.urls import is_sqlite
from infrastructure.workflows.system import system_is_current

HEAD = "0005"
"""The newest revision. Said here so that a start that needs no migrating loads no Alembic."""


class History(NamedTuple):
    """A line of migrations, and how far this release needs them."""

    config: Path
    """The ``alembic.ini`` that leads to them."""
    head: str
    table: str = "alembic_version"
    """Where a database keeps how far it has come: each line has a table of its own."""


OURS = History(Path(__file__).parents[3] / "alembic.ini", HEAD)


class SchemaOutdated(Exception):
    """The database is not at the schema this release needs. The message says what to run."""


class Migrations:
    """Migrates a SQLite database as it is opened; of Postgres only checks that it was done."""

    def __init__(self, url: URL, *, automatic: bool, history: History = OURS) -> None:
        self._url = url
        self._history = history
        self._automatic = automatic and is_sqlite(url)

    def beside(self, history: History) -> "Migrations":
        """Migrate the same database, on the same terms, along another line."""
        return Migrations(self._url, automatic=self._automatic, history=history)

    async def open(self) -> None:
        if self._automatic and self._url.database:
            Path(self._url.database).parent.mkdir(parents=True, exist_ok=True)
        if fault := await self._fault():
            if not self._automatic:
                which = "" if self._history is OURS else f" -c {self._history.config}"
                raise SchemaOutdated(f"{fault} Run: uv run alembic{which} upgrade head")
            await asyncio.to_thread(self.upgrade)

    async def close(self) -> None:
        """Nothing stays open."""

    async def present(self) -> str | None:
        """Tell the revision the database is at."""
        engine = create_async_engine(self._url)
        try:
            async with engine.connect() as connection:
                return await connection.run_sync(_revision, self._history.table)
        finally:
            await engine.dispose()

    def upgrade(self) -> None:
        """Bring the database to the newest revision. Not for the event loop's own thread."""
        from alembic import command

        command.upgrade(alembic_config(self._url, self._history), "head")

    async def _fault(self) -> str | None:
        """Say what is wrong with the schema, if anything is."""
        present = await self.present()
        if present != (head := self._history.head):
            return f"The database schema is at {present or 'nothing'}, this release needs {head}."
        if not await asyncio.to_thread(system_is_current, self._url):
            return "The tables of DBOS are older than this release needs."
        return None


def alembic_config(url: URL, history: History = OURS) -> Any:
    """Point Alembic at migrations and at a database."""
    from alembic.config import Config

    config = Config(history.config)
    config.attributes["url"] = url
    return config


def _revision(connection: Connection, kept_in: str) -> str | None:
    number = select(column("version_num", String)).select_from(table(kept_in))
    try:
        revision: str | None = connection.scalar(number)
    except DBAPIError as error:
        if kept_in in str(error.orig):  # there is no such table yet
            return None
        raise
    return revision
