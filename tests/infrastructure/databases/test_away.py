import socket

import pytest
from sqlalchemy import make_url, text

from common.errors import DatabaseUnavailable, Overloaded
from infrastructure.databases.db import SqlDatabase
from infrastructure.databases.urls import database_url


@pytest.fixture
def away():
    """A Postgres that is not there."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
        yield SqlDatabase(database_url(f"postgresql://ada@127.0.0.1:{port}/shop"))


@pytest.mark.parametrize("ask", [SqlDatabase.read, SqlDatabase.write])
def test_a_database_that_is_away_is_said_to_be(run, away, ask) -> None:
    with pytest.raises(DatabaseUnavailable):
        run(ask(away, lambda tx: tx.ping()))


def test_readiness_is_a_plain_no_while_the_database_is_away(run, away) -> None:
    assert not run(away.is_reachable())


def test_a_restarted_postgres_costs_no_request(run, postgres) -> None:
    async def across_a_restart() -> list[int]:
        database = SqlDatabase(database_url(postgres.uri))
        await database.open()
        before = await database.read(lambda tx: tx.ping())
        await postgres.drop_connections()
        after = await database.read(lambda tx: tx.ping())
        await database.close()
        return [before, after]

    assert run(across_a_restart()) == [1, 1]


def test_a_postgres_without_a_connection_to_spare_is_said_to_be_overloaded(run, postgres) -> None:
    run(postgres.add_role("crowded", "CONNECTION LIMIT 0"))
    crowded = make_url(postgres.uri).set(username="crowded")
    database = SqlDatabase(database_url(crowded.render_as_string(hide_password=False)))

    with pytest.raises(Overloaded):
        run(database.read(lambda tx: tx.ping()))


def test_a_disk_without_room_to_spare_is_said_to_be_overloaded(run, tmp_path) -> None:
    database = SqlDatabase(database_url(f"sqlite:///{tmp_path / 'shop.db'}"))

    async def fill_up() -> None:
        await database.open()
        try:
            await database.write(lambda tx: tx.session.run(text("CREATE TABLE heap (bytes BLOB)")))
            await database.write(lambda tx: tx.session.rows(text("PRAGMA max_page_count = 100")))
            with pytest.raises(Overloaded):
                await database.write(add_a_megabyte)
            assert await database.is_reachable()
        finally:
            await database.close()

    run(fill_up())


async def add_a_megabyte(tx) -> None:
    await tx.session.run(text("INSERT INTO heap VALUES (zeroblob(1000000))"))
