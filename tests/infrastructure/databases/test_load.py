"""How busy the way to a database is, told while it is."""

import asyncio
from threading import Event

import pytest

from infrastructure.databases.db import SqlDatabase
from infrastructure.databases.runners import PoolLimits, PoolRunner
from infrastructure.databases.urls import database_url


@pytest.fixture
def lanes(run, tmp_path):
    database = SqlDatabase(database_url(f"sqlite:///{tmp_path / 'shop.db'}"))
    run(database.open())
    yield database
    run(database.close())


def told(way) -> dict[str, int]:
    return {level.name: level.value for level in way.load()}


def test_units_are_counted_until_they_are_answered(run, lanes) -> None:
    async def crowd() -> list[dict[str, int]]:
        held = Event()

        async def hold(tx) -> int:
            held.wait(10)
            return await tx.ping()

        before = told(lanes)
        waiting = [asyncio.ensure_future(lanes.write(hold)) for _ in range(3)]
        await asyncio.sleep(0)
        during = told(lanes)
        held.set()
        await asyncio.gather(*waiting)
        return [before, during, told(lanes)]

    idle = {"reader_queue": 0, "writer_queue": 0}
    assert run(crowd()) == [idle, {"reader_queue": 0, "writer_queue": 3}, idle]


def test_connections_are_told_and_who_waits_for_one(run, postgres) -> None:
    async def crowd() -> list[dict[str, int]]:
        runner = PoolRunner(database_url(postgres.uri), PoolLimits(most=2, kept_open=1))
        done, taken = asyncio.Event(), asyncio.Semaphore(0)

        async def hold(session) -> None:
            await session.in_sync(lambda plain: plain.connection())
            taken.release()
            await done.wait()

        units = [asyncio.ensure_future(runner.write(hold)) for _ in range(3)]
        for _ in range(2):
            await taken.acquire()
        await asyncio.sleep(0)
        during = told(runner)
        done.set()
        await asyncio.gather(*units)
        after = told(runner)
        await runner.close()
        return [during, after]

    during, after = run(crowd())

    assert during == {
        "pool_size": 1,
        "pool_checked_out": 2,
        "pool_overflow": 1,
        "pool_waiting": 1,
    }
    assert (after["pool_checked_out"], after["pool_waiting"]) == (0, 0)


def test_sqlite_without_lanes_has_connections_too(run, tmp_path) -> None:
    async def one_unit() -> dict[str, int]:
        runner = PoolRunner(database_url(f"sqlite:///{tmp_path / 'shop.db'}"), PoolLimits())

        async def look(session) -> dict[str, int]:
            await session.in_sync(lambda plain: plain.connection())
            return told(runner)

        during = await runner.read(look)
        await runner.close()
        return during

    assert run(one_unit()) == {
        "pool_size": 5,
        "pool_checked_out": 1,
        "pool_overflow": 0,
        "pool_waiting": 0,
    }
