import asyncio
import shutil
import sqlite3
from contextlib import closing

import pytest
from dbos._schemas.system_database import SystemSchema
from sqlalchemy import URL

from infrastructure.databases.migrations import Migrations, SchemaOutdated
from infrastructure.databases.urls import database_url
from infrastructure.workflows.system import system_is_current, system_url


@pytest.fixture
def change(migrated_sqlite, tmp_path):
    """Change a database that is at our newest schema."""
    path = tmp_path / "shop.db"
    shutil.copy(migrated_sqlite, path)

    def change(*statements: str) -> URL:
        with closing(sqlite3.connect(path)) as connection, connection:
            for statement in statements:
                connection.execute(statement)
        return database_url(f"sqlite:///{path}")

    return change


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


def test_tables_of_dbos_that_are_older_stop_a_start_where_nothing_is_migrated(run, change) -> None:
    url = change("UPDATE dbos_migrations SET version = 1")

    with pytest.raises(SchemaOutdated, match=r"^The tables of DBOS are older"):
        run(Migrations(url, automatic=False).open())


def test_tables_of_dbos_that_are_missing_are_made_where_everything_is_migrated(change) -> None:
    tables = [*(table.name for table in SystemSchema.metadata_obj.sorted_tables), "dbos_migrations"]
    url = change(*(f"DROP TABLE {name}" for name in tables))
    before = system_is_current(url)

    asyncio.run(Migrations(url, automatic=True).open())

    assert not before
    assert system_is_current(url)
