import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.ext.asyncio import create_async_engine

from infrastructure.databases.metadata import is_ours, metadata
from infrastructure.databases.migrations import (
    HEAD,
    Migrations,
    SchemaOutdated,
    alembic_config,
)
from infrastructure.databases.urls import database_url
from infrastructure.workflows.system import migrate_system

ROOT = Path(__file__).parents[3]


def test_models_and_migrations_are_equal(run, database_uri) -> None:
    differences = run(_differences(database_uri))

    assert differences == []


async def _differences(uri: str) -> list[object]:
    engine = create_async_engine(database_url(uri))
    async with engine.connect() as connection:
        found = await connection.run_sync(
            lambda plain: compare_metadata(
                MigrationContext.configure(plain, opts={"include_object": is_ours}), metadata
            )
        )
    await engine.dispose()
    return found


def test_the_head_we_name_is_the_head_there_is() -> None:
    scripts = ScriptDirectory.from_config(alembic_config(database_url("sqlite://")))

    assert scripts.get_current_head() == HEAD


def test_every_constraint_of_the_contract_is_in_the_database(migrated_sqlite) -> None:
    schema = "\n".join(_schema(migrated_sqlite).values())

    for constraint in (
        "uq_users_email UNIQUE (email)",
        "uq_carts_user_id UNIQUE (user_id)",
        "uq_cart_items_cart_id_product_id_variant_id UNIQUE",
        "CONSTRAINT ck_variants_stock_not_negative CHECK (stock >= 0)",
        "CONSTRAINT ck_cart_items_quantity_positive CHECK (quantity >= 1)",
        "CONSTRAINT ck_order_items_quantity_positive CHECK (quantity >= 1)",
        "FOREIGN KEY(product_id) REFERENCES products (id) ON DELETE SET NULL",
    ):
        assert constraint in schema


def test_nothing_cascades_onto_orders(migrated_sqlite) -> None:
    orders = _schema(migrated_sqlite)["orders"]

    assert "REFERENCES users (id)" in orders
    assert "CASCADE" not in orders


def _schema(path: Path) -> dict[str, str]:
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT name, sql FROM sqlite_master")
        return {name: sql or "" for name, sql in rows}


def test_sqlite_is_migrated_as_it_is_opened(run, tmp_path) -> None:
    migrations = Migrations(database_url(f"sqlite:///{tmp_path}/new/shop.db"), automatic=True)

    run(migrations.open())

    assert run(migrations.present()) == HEAD


def test_two_processes_may_open_a_new_shop_at_once(run, tmp_path) -> None:
    uri = f"sqlite+aiosqlite:///{tmp_path}/shop.db"

    both = [
        subprocess.Popen(
            [sys.executable, "-m", "alembic", "upgrade", "head"],
            cwd=ROOT,
            env=os.environ | {"DATABASE_URL": uri},
        )
        for _ in range(2)
    ]

    assert [process.wait() for process in both] == [0, 0]
    assert run(Migrations(database_url(uri), automatic=True).present()) == HEAD


def test_an_old_schema_stops_the_start_and_says_what_to_run(run, tmp_path) -> None:
    migrations = Migrations(database_url(f"sqlite:///{tmp_path}/shop.db"), automatic=False)

    with pytest.raises(SchemaOutdated, match="Run: uv run alembic upgrade head"):
        run(migrations.open())


def test_postgres_is_never_migrated_by_itself(run, postgres) -> None:
    url = database_url(postgres.new_database("unmigrated"))

    with pytest.raises(SchemaOutdated, match="at nothing, this release needs"):
        run(Migrations(url, automatic=True).open())


def test_a_migration_can_be_taken_back(run, tmp_path) -> None:
    url = database_url(f"sqlite:///{tmp_path}/shop.db")
    run(Migrations(url, automatic=True).open())

    command.downgrade(alembic_config(url), "base")

    migrate_system(database_url(f"sqlite:///{tmp_path}/of-dbos.db"))
    ours = _schema(tmp_path / "shop.db").keys() - _schema(tmp_path / "of-dbos.db").keys()
    assert {name for name in ours if not name.startswith("sqlite_")} == {"alembic_version"}


OLD_SHOP = """
INSERT INTO users VALUES
    ('u', 'ada@example.com', NULL, '-', 'USER', 1, 0, '2026-01-01', '2026-01-01');
INSERT INTO products (id, title, currency, is_active, metadata, created_at, updated_at)
    VALUES ('p', 'Emma', 'EUR', 1, '{}', '2026-01-01', '2026-01-01');
INSERT INTO variants (id, product_id, position, title, price_amount, stock, metadata)
    VALUES ('v', 'p', 0, 'Default', 700, 5, '{}');
INSERT INTO carts VALUES ('c', 'u', 'EUR', '2026-01-01', '2026-01-01');
INSERT INTO cart_items VALUES ('i', 'c', 'p', 'v', 2, 700, '2026-01-01');
INSERT INTO orders (id, order_number, user_id, status, currency, subtotal_amount, tax_amount,
    shipping_amount, total_amount, refunded_amount, created_at, updated_at)
    VALUES ('o', 'PG-1', 'u', 'PAID', 'EUR', 700, 0, 0, 700, 0, '2026-01-01', '2026-01-01');
INSERT INTO payments VALUES
    ('y', 'o', 700, 'EUR', 'SUCCEEDED', 'ch_1', NULL, '2026-01-01');
"""
"""What a shop of the first release might hold."""


def test_what_an_older_shop_holds_survives_the_way_here_and_back(tmp_path) -> None:
    path = tmp_path / "shop.db"
    config = alembic_config(database_url(f"sqlite:///{path}"))
    command.upgrade(config, "0001")
    _run_script(path, OLD_SHOP)

    command.upgrade(config, "head")
    held = _held(path)
    command.downgrade(config, "0001")

    assert held == {"carts": 1, "cart_items": 1, "orders": 1, "payments": 1}
    assert _held(path) == held


def _run_script(path: Path, script: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(script)


def _held(path: Path) -> dict[str, int]:
    tables = ("carts", "cart_items", "orders", "payments")
    with closing(sqlite3.connect(path)) as connection:
        return {
            table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608
            for table in tables
        }
