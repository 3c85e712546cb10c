"""Runs migrations on the database the settings name, or on the one a caller hands in.

On SQLite a whole upgrade is one transaction behind the write lock: it happens entirely or not
at all, and of two processes that start together the second finds it done.
"""

import asyncio

from alembic import context
from sqlalchemy import URL, Connection
from sqlalchemy.ext.asyncio import create_async_engine

from app.settings import load_settings
from infrastructure.databases.metadata import is_ours, metadata
from infrastructure.databases.sqlite import tame
from infrastructure.databases.urls import is_sqlite


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


async def _migrate_online() -> None:
    url = _url()
    engine = create_async_engine(url)
    if is_sqlite(url):
        tame(engine.sync_engine)
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
