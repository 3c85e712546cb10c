"""Executors die, and lose their names."""

import asyncio

import psycopg
import pytest
from sqlalchemy import create_engine, text

from infrastructure.databases.urls import is_sqlite
from infrastructure.workflows.slots import slots_for
from infrastructure.workflows.steps import durable_step
from infrastructure.workflows.system import system_url

on_postgres = pytest.mark.parametrize("database_uri", ["postgres"], indirect=True)


@pytest.fixture
def notes() -> list[str]:
    return []


@pytest.fixture
def leaving_a_note(notes):
    async def leave(text: str) -> None:
        notes.append(text)

    async def work() -> None:
        await durable_step("note", leave, "was here")

    return {"note": work}


@pytest.fixture
def in_dbos(settings):
    """Look into DBOS's table behind its back, and change it."""
    url = system_url(settings.database).replace("postgresql:", "postgresql+psycopg:", 1)
    engine = create_engine(url)
    table = "workflow_status" if is_sqlite(settings.database) else "dbos.workflow_status"

    def execute(statement: str, **given: object) -> object:
        with engine.begin() as connection:
            answer = connection.execute(text(statement.replace("workflow_status", table)), given)
            return answer.scalar() if answer.returns_rows else None

    yield execute
    engine.dispose()


@pytest.fixture
def begun_by(enqueue, in_dbos):
    """Have a job begun by an executor, who got no further."""

    def begun_by(executor: str | None) -> None:
        enqueue("note", "note-1")
        statement = "UPDATE workflow_status SET status = 'PENDING', executor_id = :executor"
        in_dbos(statement, executor=executor)

    return begun_by


def test_what_an_executor_had_begun_is_taken_up_by_its_successor(
    begin, begun_by, ended, settings, leaving_a_note
) -> None:
    begun_by("shop" if is_sqlite(settings.database) else "worker-0")

    begin(leaving_a_note)

    assert ended("note-1") == "succeeded"


@on_postgres
def test_what_a_dead_executor_had_begun_is_taken_over_by_another(
    begin, begun_by, ended, leaving_a_note
) -> None:
    begun_by("worker-7")

    begin(leaving_a_note)

    assert ended("note-1") == "succeeded"


@on_postgres
def test_what_a_living_executor_has_begun_is_left_to_it_until_it_dies(
    run, begin, begun_by, ended, notes, settings, tmp_path, leaving_a_note
) -> None:
    another = slots_for(settings.database, tmp_path)
    begun_by(another.claim())
    begin(leaving_a_note)

    run(asyncio.sleep(1))
    before = list(notes)
    another.release()

    assert before == []
    assert ended("note-1") == "succeeded"


@on_postgres
def test_an_executor_whose_connection_broke_keeps_its_name(
    run, begin, enqueue, ended, postgres, in_dbos, leaving_a_note
) -> None:
    begin(leaving_a_note)

    run(postgres.drop_connections())
    run(asyncio.sleep(1))
    enqueue("note", "note-1")

    assert ended("note-1") == "succeeded"
    assert in_dbos("SELECT executor_id FROM workflow_status") == "worker-0"
    assert in_dbos("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 0") == 1


@on_postgres
def test_an_executor_whose_name_is_somebody_elses_by_now_takes_another(
    run, begin, enqueue, ended, settings, in_dbos, leaving_a_note
) -> None:
    begin(leaving_a_note)

    with psycopg.connect(system_url(settings.database), autocommit=True) as robber:
        holder = "FROM pg_locks WHERE locktype = 'advisory' AND objid = 0"
        robber.execute(f"SELECT pg_terminate_backend(pid) {holder}")
        robber.execute("SELECT pg_advisory_lock(32350, 0)")
        run(asyncio.sleep(2))
        enqueue("note", "note-1")

        assert ended("note-1") == "succeeded"

    assert in_dbos("SELECT executor_id FROM workflow_status") == "worker-1"
