"""What an ``env.py`` of Alembic does: ours, and that of a service that keeps tables beside ours.

On SQLite a whole upgrade is one transaction behind the write lock: it happens entirely or not
at all, and of two processes that start together the second finds it done.
"""

import asyncio
from typing import Any

from alembic import context
from alembic.runtime.environment import IncludeObjectFn
from sqlalchemy import URL, Connection, MetaData, event
from sqlalchemy.ext.asyncio import create_async_engine

from infrastructure.databases.sqlite import tame
from infrastructure.databases.urls import is_sqlite


def run_migrations(
    url: URL, metadata: MetaData, is_ours: IncludeObjectFn, *, table: str = "alembic_version"
) -> None:
    """Migrate; ``table`` keeps how far it has come, and autogenerate sees only what ``is_ours``."""
    options: dict[str, Any] = {
        "target_metadata": metadata,
        "include_object": is_ours,
        "version_table": table,
    }
    if context.is_offline_mode():
        context.configure(url=url, literal_binds=True, **options)
        with context.begin_transaction():
            context.run_migrations()
    else:
        asyncio.run(_migrate(url, options))


async def _migrate(url: URL, options: dict[str, Any]) -> None:
    engine = create_async_engine(url)
    if is_sqlite(url):
        tame(engine.sync_engine)
        event.listen(engine.sync_engine, "connect", _let_tables_be_rebuilt)
    try:
        async with engine.connect() as connection:
            await connection.run_sync(_run, options)
            await connection.commit()
    finally:
        await engine.dispose()


def _run(connection: Connection, options: dict[str, Any]) -> None:
    context.configure(
        connection=connection,
        transactional_ddl=True,
        render_as_batch=connection.dialect.name == "sqlite",
        **options,
    )
    with context.begin_transaction():
        context.run_migrations()


def _let_tables_be_rebuilt(connection: Any, _: object) -> None:
    """Keep what refers to a table while SQLite drops it and puts the altered one in its place."""
    connection.execute("PRAGMA foreign_keys = OFF").close()
