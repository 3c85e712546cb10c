"""Runs migrations on the database the settings name, or on the one a caller hands in.

On SQLite a whole upgrade is one transaction behind the write lock: it happens entirely or not
at all, and of two processes that start together the second finds it done. DBOS then brings its
own tables up to date.
"""

import asyncio
from typing import Any

from alembic import context
from sqlalchemy import URL, Connection, event
from sqlalchemy.ext.asyncio import create_async_engine

from app.settings import load_settings
from infrastructure.databases.metadata import is_ours, metadata
from infrastructure.databases.sqlite import tame
from infrastructure.databases.urls import is_sqlite
from infrastructure.workflows.system import migrate_system


def _url() -> URL:
    return context.config.attributes.get("url") or load_settings().migrated_database


def _migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        include_object=is_ours,
        transactional_ddl=True,
        render_as_batch=connection.dialect.name == "sqlite",
    )
    with context.begin_transaction():
        context.run_migrations()


def _let_tables_be_rebuilt(connection: Any, _: object) -> None:
    """Keep what refers to a table while SQLite drops it and puts the altered one in its place."""
    connection.execute("PRAGMA foreign_keys = OFF").close()


async def _migrate_online() -> None:
    url = _url()
    engine = create_async_engine(url)
    if is_sqlite(url):
        tame(engine.sync_engine)
        event.listen(engine.sync_engine, "connect", _let_tables_be_rebuilt)
    try:
        async with engine.connect() as connection:
            await connection.run_sync(_migrate)
            await connection.commit()
    finally:
        await engine.dispose()


if context.is_offline_mode():
    url = _url()
    context.configure(url=url, target_metadata=metadata, literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()
else:
    asyncio.run(_migrate_online())
    migrate_system(_url())
