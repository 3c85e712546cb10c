"""What is particular to lanes: a queue with an end, and units that wait for nothing else."""

import asyncio
import shutil
import sqlite3
from contextlib import closing

import pytest
from support.units import gathered, names

from common.errors import Overloaded
from domain.identity.models import User
from infrastructure.databases.db import SqlDatabase
from infrastructure.databases.lane import CAPACITY
from infrastructure.databases.urls import database_url


@pytest.fixture
def opened(run, tmp_path, migrated_sqlite):
    """Open databases on the same file; they are closed at the end."""
    shutil.copy(migrated_sqlite, tmp_path / "shop.db")
    databases: list[SqlDatabase] = []

    def open_one() -> SqlDatabase:
        database = SqlDatabase(database_url(f"sqlite:///{tmp_path / 'shop.db'}"))
        databases.append(database)
        run(database.open())
        return database

    yield open_one
    for database in databases:
        run(database.close())


@pytest.fixture
def database(opened) -> SqlDatabase:
    return opened()


def adding(name: str):
    async def unit(tx) -> str:
        tx.users.add(User(email=f"{name}@example.com", password_hash="-"))
        return name

    return unit


@pytest.mark.parametrize("pause", [lambda: asyncio.sleep(0), lambda: asyncio.sleep(0.001)])
def test_a_unit_that_waits_for_something_else_is_refused(run, database, pause) -> None:
    async def wait(tx) -> None:
        await adding("eve")(tx)
        await pause()

    results = run(gathered(database.write(wait), database.write(adding("ada"))))

    assert isinstance(results[0], RuntimeError)
    assert run(names(database)) == {"ada"}


class PowerCut(BaseException):
    """What no ``except Exception`` catches."""


def test_a_lane_outlives_whatever_a_unit_raises(run, database) -> None:
    async def fail(tx) -> None:
        await adding("eve")(tx)
        raise PowerCut

    for ask in (database.write, database.read):
        with pytest.raises(PowerCut):
            run(ask(fail))
    run(database.write(adding("ada")))

    assert run(names(database)) == {"ada"}


def test_a_full_queue_turns_away_whoever_comes_next(run, database) -> None:
    crowd = [adding(f"u{n}") for n in range(CAPACITY + 10)]

    results = run(gathered(*(database.write(each) for each in crowd)))

    assert [type(each) for each in results] == [str] * CAPACITY + [Overloaded] * 10
    assert run(names(database)) == set(results[:CAPACITY])


def test_a_queue_that_was_full_takes_more_later(run, database) -> None:
    run(gathered(*(database.read(lambda tx: tx.ping()) for _ in range(CAPACITY + 1))))

    assert run(database.write(adding("ada"))) == "ada"
    assert run(names(database)) == {"ada"}


def test_readers_do_not_wait_for_writers(run, database) -> None:
    async def crowd() -> bool:
        writes = [asyncio.ensure_future(database.write(adding(f"u{n}"))) for n in range(CAPACITY)]
        await database.read(lambda tx: tx.ping())
        written = all(each.done() for each in writes)
        await asyncio.gather(*writes)
        return written

    assert run(crowd()) is False


def test_closing_waits_for_what_was_asked(run, opened) -> None:
    database, other = opened(), opened()

    async def ask_and_close() -> list[object]:
        asked = [asyncio.ensure_future(database.write(adding(f"u{n}"))) for n in range(200)]
        await asyncio.sleep(0)
        await database.close()
        return await gathered(*asked)

    results = run(asyncio.wait_for(ask_and_close(), 30))

    assert set(results) == {f"u{n}" for n in range(200)}
    assert run(names(other)) == set(results)


def test_a_closed_database_turns_everybody_away(run, opened) -> None:
    database = opened()
    run(database.close())

    for ask in (database.read, database.write):
        with pytest.raises(Overloaded):
            run(asyncio.wait_for(ask(lambda tx: tx.ping()), 5))


def test_asking_while_it_closes_leaves_nobody_hanging(run, opened) -> None:
    database, other = opened(), opened()

    async def ask_on_and_on() -> list[object]:
        closing = asyncio.ensure_future(database.close())
        results: list[object] = []
        while not closing.done():
            results += await gathered(database.write(adding(f"u{len(results)}")))
        return results

    results = run(asyncio.wait_for(ask_on_and_on(), 30))

    kept = {each for each in results if isinstance(each, str)}
    assert all(isinstance(each, str | Overloaded) for each in results)
    assert run(names(other)) == kept


def test_a_file_somebody_else_writes_to_can_be_read_and_is_soon_given_up_on(
    run, database, tmp_path
) -> None:
    with closing(sqlite3.connect(tmp_path / "shop.db", isolation_level=None)) as somebody:
        somebody.execute("BEGIN IMMEDIATE")
        seen = run(names(database))
        with pytest.raises(Overloaded):
            run(database.write(adding("ada")))
        somebody.execute("ROLLBACK")

    assert seen == set()
    assert run(database.write(adding("ada"))) == "ada"
