"""What is particular to pools: real waiting, between transactions and for a connection."""

import asyncio
from contextvars import Context

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from common.errors import ConcurrentUpdate, Overloaded
from domain.identity.models import User
from infrastructure.databases.db import SqlDatabase
from infrastructure.databases.runners import PoolLimits, PoolRunner
from infrastructure.databases.urls import database_url

FAIL = "DO $$ BEGIN RAISE EXCEPTION 'no luck' USING ERRCODE = '{}'; END $$"
ADD = "INSERT INTO search_trigrams (trigram, term) VALUES ('{0}', '{0}')"
CHANGE = "UPDATE search_trigrams SET trigram = trigram WHERE term = '{}'"


@pytest.fixture
def url(postgres):
    postgres.empty()
    return database_url(postgres.uri)


@pytest.fixture
def database(run, url):
    database = SqlDatabase(url)
    run(database.open())
    yield database
    run(database.close())


async def gathered(*work) -> list[object]:
    return await asyncio.gather(*work, return_exceptions=True)


@pytest.mark.parametrize("code", ["40001", "40P01"])
def test_bad_luck_is_tried_again(run, database, code) -> None:
    tries = []

    async def unlucky_once(tx) -> str:
        tries.append(1)
        await tx._session.run(text(ADD.format("abc")))
        if len(tries) == 1:
            await tx._session.run(text(FAIL.format(code)))
        return "done"

    assert run(database.write(unlucky_once)) == "done"
    assert len(tries) == 2


def test_lasting_bad_luck_is_a_conflict(run, database) -> None:
    async def unlucky(tx) -> None:
        await tx._session.run(text(FAIL.format("40001")))

    with pytest.raises(ConcurrentUpdate):
        run(database.write(unlucky))


def test_a_deadlock_costs_nobody_their_work(run, database) -> None:
    async def prepare(tx) -> None:
        for term in ("abc", "xyz"):
            await tx._session.run(text(ADD.format(term)))

    def both(first: str, second: str):
        async def unit(tx) -> str:
            await tx._session.run(text(CHANGE.format(first)))
            await asyncio.sleep(0.05)  # a pool, unlike a lane, lets a unit wait
            await tx._session.run(text(CHANGE.format(second)))
            return "done"

        return unit

    run(database.write(prepare))

    results = run(gathered(database.write(both("abc", "xyz")), database.write(both("xyz", "abc"))))

    assert results == ["done", "done"]


def test_a_read_that_changes_rows_is_refused(run, database) -> None:
    async def scribble(tx) -> None:
        await tx._session.run(text(ADD.format("abc")))

    with pytest.raises(DBAPIError, match="read-only transaction"):
        run(database.read(scribble))


def test_a_read_sees_one_moment(run, database) -> None:
    async def count(tx) -> int:
        return (await tx._session.rows(text("SELECT count(*) FROM search_trigrams")))[0][0]

    async def add(tx) -> None:
        await tx._session.run(text(ADD.format("abc")))

    async def look_twice() -> tuple[int, int]:
        looked, added = asyncio.Event(), asyncio.Event()

        async def unit(tx) -> tuple[int, int]:
            before = await count(tx)
            looked.set()
            await added.wait()
            return before, await count(tx)

        looking = asyncio.ensure_future(database.read(unit))
        await looked.wait()
        await database.write(add)
        added.set()
        return await looking

    assert run(look_twice()) == (0, 0)


def test_an_entity_locked_late_is_as_it_is_now(run, database) -> None:
    async def add(tx) -> str:
        ada = User(email="ada@example.com", password_hash="-")
        tx.users.add(ada)
        return ada.id

    ada = run(database.write(add))

    async def count(tx) -> None:
        (await tx.users.get(ada, lock=True)).token_version += 1

    async def count_after_a_look(tx) -> int:
        seen = await tx.users.get(ada)
        await asyncio.create_task(database.write(count), context=Context())
        locked = await tx.users.get(ada, lock=True)
        assert locked is seen
        locked.token_version += 1
        return locked.token_version

    assert run(database.write(count_after_a_look)) == 3


@pytest.mark.parametrize("way", ["read", "write"])
def test_whoever_gets_no_connection_is_turned_away(run, url, way) -> None:
    async def crowd() -> list[object]:
        runner = PoolRunner(url, PoolLimits(most=1, patience=0.05))
        taken, done = asyncio.Event(), asyncio.Event()

        async def hold(session) -> None:
            await session.rows(text("SELECT 1"))
            taken.set()
            await done.wait()

        async def look(session) -> int:
            return (await session.rows(text("SELECT 1")))[0][0]

        holding = asyncio.ensure_future(runner.write(hold))
        await taken.wait()
        refused = await gathered(getattr(runner, way)(look))
        done.set()
        await holding
        served = await gathered(getattr(runner, way)(look))
        await runner.close()
        return refused + served

    refused, served = run(crowd())

    assert isinstance(refused, Overloaded)
    assert served == 1
