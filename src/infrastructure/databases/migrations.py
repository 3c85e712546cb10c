"""Bringing a database to the schema this release needs."""

import asyncio
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection
from sqlalchemy.ext.asyncio import create_async_engine

from infrastructure.databases.urls import is_sqlite

_ROOT = Path(__file__).parents[3]


class SchemaOutdated(Exception):
    """The database is not at the schema this release needs. The message says what to run."""


class Migrations:
    """Migrates a SQLite database as it is opened; of Postgres only checks that it was done."""

    def __init__(self, url: URL, *, automatic: bool) -> None:
        self._url = url
        self._automatic = automatic and is_sqlite(url)

    async def open(self) -> None:
        if self._automatic and is_sqlite(self._url) and self._url.database:
            Path(self._url.database).parent.mkdir(parents=True, exist_ok=True)
        present, needed = await self.present(), self.needed()
        if present == needed:
            return
        if not self._automatic:
            raise SchemaOutdated(
                f"The database schema is at {present or 'nothing'}, this release needs {needed}. "
                "Run: uv run alembic upgrade head"
            )
        await asyncio.to_thread(command.upgrade, self._config(), "head")

    async def close(self) -> None:
        """Nothing stays open."""

    async def present(self) -> str | None:
        """Tell the revision the database is at."""
        engine = create_async_engine(self._url)
        try:
            async with engine.connect() as connection:
                return await connection.run_sync(_revision)
        finally:
            await engine.dispose()

    def needed(self) -> str | None:
        return ScriptDirectory.from_config(self._config()).get_current_head()

    def _config(self) -> Config:
        config = Config(_ROOT / "alembic.ini")
        config.attributes["url"] = self._url
        config.attributes["quiet"] = True
        return config


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()
