import socket

import pytest

from common.errors import DatabaseUnavailable
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
