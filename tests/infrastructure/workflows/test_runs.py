import socket

import pytest

from common.clock import utc_now
from common.errors import DatabaseUnavailable
from common.pagination import PageRequest
from infrastructure.databases.urls import database_url
from infrastructure.workflows.runs import DbosRuns
from infrastructure.workflows.system import system_client


@pytest.fixture
def runs_in():
    """Look at the workflows of any database."""
    clients = []

    def runs_in(uri: str) -> DbosRuns:
        clients.append(system_client(database_url(uri)))
        return DbosRuns(clients[-1], utc_now, [])

    yield runs_in
    for client in clients:
        client.destroy()


@pytest.fixture
def nowhere():
    """A database that is away."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        yield f"postgresql://ada@127.0.0.1:{nobody.getsockname()[1]}/shop"


def test_jobs_can_be_enqueued_where_dbos_has_its_tables(run, client) -> None:
    assert run(client.shop.runs.is_reachable())


def test_jobs_cannot_be_enqueued_where_dbos_has_no_tables(run, runs_in, tmp_path) -> None:
    assert not run(runs_in(f"sqlite:///{tmp_path / 'empty.db'}").is_reachable())


def test_nor_in_a_postgres_that_was_never_migrated(run, runs_in, postgres) -> None:
    assert not run(runs_in(postgres.new_database("never_migrated")).is_reachable())


def test_nor_where_nobody_answers(run, runs_in, nowhere) -> None:
    assert not run(runs_in(nowhere).is_reachable())


@pytest.mark.parametrize(
    "ask",
    [
        lambda runs: runs.page(None, PageRequest()),
        lambda runs: runs.counts(),
        lambda runs: runs.get("x"),
        lambda runs: runs.rerun("x"),
        lambda runs: runs.tidy(),
    ],
)
def test_a_database_that_is_away_is_said_to_be_and_not_waited_for(
    run, runs_in, nowhere, ask
) -> None:
    with pytest.raises(DatabaseUnavailable):
        run(ask(runs_in(nowhere)))
