"""Processes that run workflows come, go and die; what they were about is done all the same."""

import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from support.ambushes import AtOffice, Moment
from support.process import Process
from support.siege import Siege, besieged
from support.traps import wait_until

from infrastructure.databases.urls import database_url
from infrastructure.workflows.system import system_url

NOISE = re.compile(r"^[\d:.]+ (?:WARNING|ERROR|CRITICAL).*|^Traceback.*", re.MULTILINE)
TAKEOVER = 120.0  # seconds; it is about ten
NO_STORE = {"WOOCOMMERCE_URL": "", "WOOCOMMERCE_KEY": "", "WOOCOMMERCE_SECRET": ""}


@pytest.fixture
def sqlite_uri(tmp_path) -> str:
    return f"sqlite:///{tmp_path / 'shop.db'}"


@pytest.fixture
def postgres_uri(request, postgres) -> str:
    return str(postgres.new_database(f"workers_{abs(hash(request.node.name))}"))


def sell(shop: Siege) -> None:
    """Sell something; what follows is for whoever runs workflows."""
    shop.buyer().buy()


def wait_until_confirmed(shop: Siege) -> None:
    wait_until(
        lambda: len(shop.office.ids) == len(shop.buyers) and not shop.unfinished(),
        "a confirmation for everybody",
        within=TAKEOVER,
    )


def at_work(shop: Siege, uri: str) -> Process:
    """Find the worker that has begun a workflow."""
    with psycopg.connect(system_url(database_url(uri))) as connection:
        rows = connection.execute(
            "SELECT executor_id FROM dbos.workflow_status "
            "WHERE status = 'PENDING' AND name = 'order_paid'"
        ).fetchall()
    ((name,),) = rows
    return shop.workers[int(name.removeprefix("worker-"))]


@contextmanager
def somebody_caught_at_a_mail(shop: Siege):
    """Have a workflow come as far as the mail, and no further."""
    ambush = AtOffice(shop.office, Moment.BEFORE)
    ambush.set()
    with ThreadPoolExecutor(1) as street:
        street.submit(sell, shop).result()
    wait_until(ambush.is_sprung, "a mail")
    yield
    ambush.remove()


def test_what_was_bought_before_there_was_a_worker_is_done_when_there_is_one(
    postgres_uri, tmp_path
) -> None:
    with besieged(tmp_path, postgres_uri, **NO_STORE) as shop:
        sell(shop)
        waiting = [run["name"] for run in shop.unfinished()]

        worker = shop.open_worker()
        wait_until_confirmed(shop)

    assert waiting == ["webhook_event"]
    assert NOISE.findall(worker.log.read_text() + shop.web.log.read_text()) == []


def test_what_a_killed_worker_had_begun_is_taken_over_by_another(postgres_uri, tmp_path) -> None:
    with besieged(tmp_path, postgres_uri, workers=2, **NO_STORE) as shop:
        with somebody_caught_at_a_mail(shop):
            victim = at_work(shop, postgres_uri)
            victim.kill()
        wait_until_confirmed(shop)

        (heir,) = (worker for worker in shop.workers if worker is not victim)
        assert "died: taking over 1 workflows" in heir.said()


@pytest.mark.parametrize("database", ["sqlite_uri", "postgres_uri"])
def test_a_worker_that_is_told_to_stop_stops_soon_and_loses_nothing(
    request, tmp_path, database
) -> None:
    uri = request.getfixturevalue(database)
    with besieged(tmp_path, uri, workers=1, WORKFLOWS="worker", **NO_STORE) as shop:
        with somebody_caught_at_a_mail(shop):
            code = shop.worker.stop()
        said = shop.worker.said()

        shop.worker.start()
        wait_until_confirmed(shop)

    assert code == 0
    assert NOISE.findall(said) == []


def test_of_two_servers_on_sqlite_one_runs_workflows_until_it_dies(sqlite_uri, tmp_path) -> None:
    with besieged(tmp_path, sqlite_uri, **NO_STORE) as shop:
        other = shop.open_web()
        with somebody_caught_at_a_mail(shop):
            shop.web.kill()
        shop.webs.remove(shop.web)
        wait_until_confirmed(shop)

        assert "this one stands by" in other.said()
        assert "Workflows run here" in other.said()


def test_a_worker_beside_a_server_that_runs_workflows_itself_stands_by(
    sqlite_uri, tmp_path: Path
) -> None:
    with besieged(tmp_path, sqlite_uri, workers=1, **NO_STORE) as shop:
        sell(shop)
        wait_until_confirmed(shop)

        assert "this one stands by" in shop.worker.said()
