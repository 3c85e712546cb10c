import shutil

import pytest
from sqlalchemy import URL, text

from infrastructure.databases.migrations import Migrations, SchemaOutdated
from infrastructure.databases.urls import database_url
from infrastructure.workflows.system import system_client, system_is_current, system_url


@pytest.fixture
def url(migrated_sqlite, tmp_path) -> URL:
    """A database at our newest schema, in which DBOS has no tables."""
    path = tmp_path / "shop.db"
    shutil.copy(migrated_sqlite, path)
    url = database_url(f"sqlite:///{path}")
    client = system_client(url)
    with client._sys_db.engine.connect() as connection:
        tables = connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'table'"))
        connection.execute(text("PRAGMA foreign_keys = OFF"))
        for name in [*client._sys_db.tables.metadata_obj.tables, "dbos_migrations"]:
            if name.removeprefix("dbos.") in set(tables):
                connection.execute(text(f"DROP TABLE {name}"))
    client.destroy()
    return url


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("sqlite:////tmp/shop.db", "sqlite:////tmp/shop.db"),
        (
            "postgresql://u:p%40ss@host:5433/shop",
            "postgresql://u:p%40ss@host:5433/shop?connect_timeout=5",
        ),
        (
            "postgresql://host/shop?sslmode=require&channel_binding=prefer",
            "postgresql://host/shop?connect_timeout=5&sslmode=require",
        ),
        (
            "postgresql://u@/shop?host=/run/pg&prepared_statement_cache_size=0",
            "postgresql://u@/shop?connect_timeout=5&host=%2Frun%2Fpg",
        ),
    ],
)
def test_an_address_is_said_in_the_words_of_dboss_drivers(ours, theirs) -> None:
    assert system_url(database_url(ours)) == theirs
