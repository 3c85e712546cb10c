"""Lists of what competitors sell are read by index: nothing is sorted, nothing is gone through."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import asyncpg
import pytest
from sqlalchemy import Engine, event
from support.competing import PRODUCTS, at, put_on_sale, sold, watched
from support.plans import subscribed

from domain.identity.plan import PlanTier
from infrastructure.databases.urls import database_url, is_sqlite

COMPETITORS, PRODUCTS_EACH = 4, 1500
ORDERS = ("last_seen", "first_seen", "price", "title")
STATUSES = ("", "&status=active", "&status=removed")

type Statement = tuple[str, Any]


@pytest.fixture
def competitors(client, shopper):
    """Stores with thousands of products, a third of which were removed."""
    subscribed(shopper, PlanTier.ENTERPRISE)
    found = [watched(shopper, name=f"Rival {each}") for each in range(COMPETITORS)]
    for competitor in found:
        products = [
            sold(competitor, f"Pen {each}", 100 + each, 90 + each, status=status_of(each))
            for each in range(PRODUCTS_EACH)
        ]
        put_on_sale(client, products)
    client._run(tidied(client.shop.settings.database_url))
    return found


def status_of(number: int) -> str:
    return "active" if number % 3 else "removed"


async def tidied(uri: str) -> None:
    """Let Postgres count its rows, as it does by itself after a while."""
    if not is_sqlite(database_url(uri)):
        connection = await asyncpg.connect(plain(uri))
        await connection.execute("VACUUM ANALYZE competitor_products")
        await connection.execute("VACUUM ANALYZE price_points")
        await connection.close()


def plain(uri: str) -> str:
    return database_url(uri).set(drivername="postgresql").render_as_string(hide_password=False)


@contextmanager
def overheard() -> Iterator[list[Statement]]:
    """Listen to what is asked of the database about products and their prices."""
    heard: list[Statement] = []

    def hear(connection, cursor, statement, params, context, many) -> None:
        if "competitor_products" in statement or "price_points" in statement:
            heard.append((statement, params))

    event.listen(Engine, "before_cursor_execute", hear)
    yield heard
    event.remove(Engine, "before_cursor_execute", hear)


def plans_of(client, statements: list[Statement]) -> list[str]:
    """Tell how the database answers, line by line."""
    uri = client.shop.settings.database_url
    if is_sqlite(database_url(uri)):
        return list(_sqlite_plans(str(database_url(uri).database), statements))
    lines: list[str] = client._run(_postgres_plans(plain(uri), statements))
    return lines


def _sqlite_plans(path: str, statements: list[Statement]) -> Iterator[str]:
    with closing(sqlite3.connect(path)) as connection:
        for statement, params in statements:
            for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", params):
                yield row[3]


async def _postgres_plans(dsn: str, statements: list[Statement]) -> list[str]:
    connection = await asyncpg.connect(dsn)
    plans = [await connection.fetch(f"EXPLAIN {each}", *params) for each, params in statements]
    await connection.close()
    return [row[0] for plan in plans for row in plan]


def is_slow(line: str) -> bool:
    """Tell whether a step goes through a whole table, or has to sort."""
    scanned = ("SCAN competitor_products", "SCAN price_points", "SCAN counted")
    return (
        "TEMP B-TREE" in line
        or line.startswith(scanned)
        or "Seq Scan on competitor_products" in line
        or "Seq Scan on price_points" in line
        or line.strip().startswith(("Sort", "->  Sort", "Incremental Sort", "->  Incremental"))
    )


@pytest.mark.parametrize("status", STATUSES, ids=["any", "active", "removed"])
@pytest.mark.parametrize("order", ORDERS)
def test_every_list_is_read_by_index(client, shopper, competitors, order, status) -> None:
    query = f"sort_by={order}{status}"
    paths = [
        f"{PRODUCTS}?{query}",
        f"{PRODUCTS}?{query}&page=3",
        f"{PRODUCTS}?{query}&competitor_id={competitors[1]['id']}",
        f"{at(competitors[2])}/products?{query}",
    ]

    with overheard() as heard:
        for path in paths:
            assert len(shopper.get(path).json["items"]) == 20

    plans = plans_of(client, heard)
    assert len(heard) >= len(paths) * 4
    assert "ix_competitor_products" in "\n".join(plans)
    assert [line for line in plans if is_slow(line)] == [], "\n".join(plans)


def test_a_search_goes_through_titles_in_their_index_only(client, shopper, competitors) -> None:
    with overheard() as heard:
        shopper.get(f"{PRODUCTS}?q=pen&sort_by=price")
        shopper.get(f"{PRODUCTS}?q=pen+77&sort_by=last_seen&status=active")

    plans = plans_of(client, heard)
    assert not [line for line in plans if line.startswith("SCAN competitor_products")]
    of_titles = [line for line in plans if "user_title" in line]
    assert all("COVERING" in line or "Index Only" in line for line in of_titles)


def test_a_product_with_its_whole_history_is_found_by_index(client, shopper, competitors) -> None:
    product_id = shopper.get(PRODUCTS).json["items"][0]["id"]

    with overheard() as heard:
        shopper.get(f"{PRODUCTS}/{product_id}")

    assert [line for line in plans_of(client, heard) if is_slow(line)] == []
