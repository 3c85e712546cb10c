"""What a unit of work promises, whichever way it is run."""

import asyncio
import shutil

import pytest
from sqlalchemy import text
from support.units import gathered, names

from common.clock import utc_now
from common.errors import ConcurrentUpdate
from domain.identity.models import User
from infrastructure.databases.db import SqlDatabase
from infrastructure.databases.urls import database_url

WAYS = ["sqlite lanes", "sqlite pool", "postgres"]


@pytest.fixture(params=WAYS)
def opened(request, run, tmp_path):
    """Open databases on the same data; they are closed at the end."""
    if request.param == "postgres":
        server = request.getfixturevalue("postgres")
        server.empty()
        url = database_url(server.uri)
    else:
        shutil.copy(request.getfixturevalue("migrated_sqlite"), tmp_path / "shop.db")
        url = database_url(f"sqlite:///{tmp_path / 'shop.db'}")
    databases: list[SqlDatabase] = []

    def open_one() -> SqlDatabase:
        database = SqlDatabase(url, lanes=request.param == "sqlite lanes")
        databases.append(database)
        run(database.open())
        return database

    yield open_one
    for database in databases:
        run(database.close())


@pytest.fixture
def database(opened) -> SqlDatabase:
    return opened()


def adding(*names: str, **fields):
    """Make a unit that adds users, and returns the id of the last."""

    async def unit(tx) -> str:
        users = [User(email=f"{n}@example.com", password_hash="-", **fields) for n in names]
        for user in users:
            tx.users.add(user)
        return users[-1].id

    return unit


def test_what_a_unit_wrote_is_there_when_it_returns(run, database) -> None:
    written = run(database.write(adding("ada")))

    found = run(database.read(lambda tx: tx.users.get(written)))

    assert found.email == "ada@example.com"


def test_a_failed_unit_leaves_nothing_behind(run, database) -> None:
    async def fail(tx) -> None:
        await adding("ada")(tx)
        await tx._session.flush()
        await tx._session.run(text("UPDATE users SET role = 'ADMIN'"))
        raise LookupError

    with pytest.raises(LookupError):
        run(database.write(fail))

    assert run(names(database)) == set()


def test_a_failed_unit_takes_no_neighbour_with_it(run, database) -> None:
    async def fail(tx) -> None:
        await adding("eve")(tx)
        await tx._session.flush()
        raise LookupError

    results = run(
        gathered(
            database.write(adding("ada")),
            database.write(fail),
            database.write(adding("bob")),
        )
    )

    assert isinstance(results[1], LookupError)
    assert run(names(database)) == {"ada", "bob"}


def test_a_broken_constraint_is_a_conflict(run, database) -> None:
    with pytest.raises(ConcurrentUpdate):
        run(database.write(adding("ada", "ada")))

    assert run(names(database)) == set()


def test_a_broken_constraint_takes_no_neighbour_with_it(run, database) -> None:
    run(database.write(adding("eve")))

    results = run(
        gathered(
            database.write(adding("ada")),
            database.write(adding("eve")),
            database.write(adding("bob")),
            database.write(adding("cyd", "cyd")),
            database.write(adding("dan")),
        )
    )

    assert [type(each) for each in results] == [str, ConcurrentUpdate, str, ConcurrentUpdate, str]
    assert run(names(database)) == {"ada", "bob", "dan", "eve"}


def test_a_statement_that_breaks_a_constraint_takes_no_neighbour_with_it(run, database) -> None:
    async def promote(tx) -> None:
        await tx._session.run(text("UPDATE users SET role = 'KING'"))

    run(database.write(adding("ada")))

    results = run(gathered(database.write(promote), database.write(adding("bob"))))

    assert isinstance(results[0], ConcurrentUpdate)
    assert run(names(database)) == {"ada", "bob"}


def test_a_unit_must_build_what_it_adds(run, database) -> None:
    ada = User(email="ada@example.com", password_hash="-")

    async def add(tx) -> None:
        tx.users.add(ada)

    run(database.write(add))
    with pytest.raises(RuntimeError, match="must build what it adds"):
        run(database.write(add))


def test_writers_queue_instead_of_losing_updates(run, database) -> None:
    ada = run(database.write(adding("ada")))

    async def count(tx) -> None:
        found = await tx.users.get(ada, lock=True)
        found.token_version += 1

    run(asyncio.wait_for(gathered(*(database.write(count) for _ in range(20))), 30))

    assert run(database.read(lambda tx: tx.users.get(ada))).token_version == 21


def test_a_read_that_changes_an_entity_is_refused(run, database) -> None:
    ada = run(database.write(adding("ada")))

    async def scribble(tx) -> None:
        (await tx.users.get(ada)).role = "ADMIN"

    with pytest.raises(RuntimeError, match="changed in a read"):
        run(database.read(scribble))
    with pytest.raises(RuntimeError, match="changed in a read"):
        run(database.read(adding("eve")))

    assert run(database.read(lambda tx: tx.users.get(ada))).role == "USER"


def test_a_read_that_changes_rows_keeps_nothing(run, database) -> None:
    run(database.write(adding("ada")))

    async def scribble(tx) -> None:
        await tx._session.run(text("DELETE FROM users"))

    run(gathered(database.read(scribble)))

    assert run(names(database)) == {"ada"}


def test_a_unit_inside_a_unit_is_refused(run, database) -> None:
    async def nest(tx) -> None:
        await adding("ada")(tx)
        await database.write(adding("eve"))

    for outer in (database.write, database.read):
        with pytest.raises(RuntimeError, match="already inside"):
            run(outer(nest))
    assert run(names(database)) == set()


def test_after_a_refusal_everything_goes_on(run, database) -> None:
    async def nest(tx) -> None:
        await database.read(lambda inner: inner.ping())

    run(gathered(database.write(nest), database.write(adding("ada")), database.read(nest)))

    assert run(names(database)) == {"ada"}


def test_an_answer_comes_only_when_others_can_see_it(run, opened) -> None:
    here, there = opened(), opened()

    async def write_and_look(number: int) -> bool:
        await here.write(adding(f"u{number}"))
        return f"u{number}" in await names(there)

    assert all(run(gathered(*(write_and_look(number) for number in range(30)))))


def test_two_processes_share_a_database(run, opened) -> None:
    here, there = opened(), opened()
    ada = run(here.write(adding("ada")))

    async def count(tx) -> None:
        found = await tx.users.get(ada, lock=True)
        found.token_version += 1

    results = run(gathered(*(each.write(count) for _ in range(20) for each in (here, there))))

    assert [each for each in results if each is not None] == []
    assert run(there.read(lambda tx: tx.users.get(ada))).token_version == 41


def test_whoever_stops_waiting_hurts_nobody(run, database) -> None:
    async def give_up() -> None:
        writing = asyncio.ensure_future(database.write(adding("ada")))
        others = [asyncio.ensure_future(database.write(adding(f"u{n}"))) for n in range(5)]
        await asyncio.sleep(0)
        writing.cancel()
        await asyncio.gather(*others)

    run(give_up())

    assert run(names(database)) >= {f"u{n}" for n in range(5)}


def test_moments_come_back_as_they_were(run, database) -> None:
    now = utc_now()
    ada = run(database.write(adding("ada", created_at=now)))

    found = run(database.read(lambda tx: tx.users.get(ada)))

    assert found.created_at == now
    assert found.created_at.tzinfo is not None
