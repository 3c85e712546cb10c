"""A lane: one thread, one SQLite connection, and the queue of units in front of it.

Hopping to a thread and back costs more than most statements. So a unit of work makes one hop,
whatever number of statements it holds, and all units that wait are taken together: one BEGIN,
a SAVEPOINT for each, one COMMIT, and one wake-up of the event loop with every answer.
"""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import Future
from contextvars import Context, copy_context
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, NamedTuple, cast

from sqlalchemy import Connection, Engine

from common.errors import Overloaded
from infrastructure.databases.session import InlineSession

type SessionUnit[T] = Callable[[InlineSession], Awaitable[T]]

CAPACITY = 1024
_BATCH = 64


class _Job(NamedTuple):
    unit: SessionUnit[Any]
    answer: asyncio.Future[Any]
    context: Context


class Lane:
    """Runs units one after another on its own connection; never two at a time.

    An answer is given only after the COMMIT that keeps it. A failing unit takes back its own
    changes and no one else's.
    """

    def __init__(self, engine: Engine, name: str, *, read_only: bool) -> None:
        self._engine = engine.execution_options(read_only=read_only)
        self._read_only = read_only
        self._arriving: list[_Job] = []
        self._unanswered = 0
        self._closing = False
        self._jobs: SimpleQueue[list[_Job] | None] = SimpleQueue()
        self._opened: Future[None] = Future()
        self._thread = Thread(target=self._work, name=name, daemon=True)
        self._loop: asyncio.AbstractEventLoop

    async def open(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._thread.start()
        await asyncio.wrap_future(self._opened)

    async def close(self) -> None:
        """Finish what is queued, then close the connection."""
        if self._thread.is_alive():
            self._closing = True
            self._hand_over()
            self._jobs.put(None)
            await asyncio.to_thread(self._thread.join)

    @property
    def length(self) -> int:
        """How many units wait or are under way."""
        return self._unanswered

    async def run[T](self, unit: SessionUnit[T]) -> T:
        if self._closing or self._unanswered >= CAPACITY:
            raise Overloaded(retry_after=1)
        self._unanswered += 1
        answer: asyncio.Future[T] = self._loop.create_future()
        if not self._arriving:
            self._loop.call_soon(self._hand_over)
        self._arriving.append(_Job(unit, answer, copy_context()))
        return await answer

    def _hand_over(self) -> None:
        """Wake the thread once for all that arrived in one turn of the event loop."""
        if self._arriving:
            self._jobs.put(self._arriving)
            self._arriving = []

    def _work(self) -> None:
        try:
            connection = self._engine.connect()
            if self._read_only:
                connection.exec_driver_sql("PRAGMA query_only = ON")
                connection.rollback()
        except Exception as error:
            self._opened.set_exception(error)
            return
        self._opened.set_result(None)
        with connection:
            while batch := self._next_batch():
                answers = _run_batch(connection, batch, read_only=self._read_only)
                self._loop.call_soon_threadsafe(self._deliver, batch, answers)

    def _next_batch(self) -> list[_Job]:
        """Wait for a unit, then take whatever else waits; nothing, once the lane is closed."""
        batch: list[_Job] = []
        arrived = self._jobs.get()
        while arrived is not None:
            batch += arrived
            if len(batch) >= _BATCH:
                return batch
            try:
                arrived = self._jobs.get_nowait()
            except Empty:
                return batch
        if batch:
            self._jobs.put(None)  # answer these first, then find the end again
        return batch

    def _deliver(self, batch: list[_Job], answers: list[object]) -> None:
        self._unanswered -= len(batch)
        for job, answer in zip(batch, answers, strict=True):
            if job.answer.done():  # whoever asked has gone
                continue
            if isinstance(answer, BaseException):
                job.answer.set_exception(answer)
            else:
                job.answer.set_result(answer)


class _Spoilt(Exception):
    """A unit's failed flush took the whole transaction with it."""


def _run_batch(connection: Connection, batch: list[_Job], *, read_only: bool) -> list[object]:
    """Run units in one transaction; the answers are results, or the exceptions raised."""
    run = _look if read_only else _change
    answers: list[object] = []
    try:
        with connection.begin() as transaction:
            for job in batch:
                answers.append(run(connection, job))
                if not transaction.is_active:
                    raise _Spoilt
    except _Spoilt:
        if len(batch) == 1:
            return answers
        return [
            answer for job in batch for answer in _run_batch(connection, [job], read_only=read_only)
        ]
    except Exception as error:  # BEGIN or COMMIT failed: nothing was kept, for anyone
        return [error] * len(batch)
    return answers


def _look(connection: Connection, job: _Job) -> object:
    session = InlineSession(connection)
    try:
        answer = job.context.run(_drive, session, job.unit)
        session.refuse_changes()
    except BaseException as error:  # the thread has to outlive whatever a unit raises
        return error
    finally:
        session.forget()
    return answer


def _change(connection: Connection, job: _Job) -> object:
    """Run a unit inside a savepoint.

    The savepoint is ours and not the session's own kind, which costs five times as much.
    """
    raw = cast("sqlite3.Connection", connection.connection.dbapi_connection)
    raw.execute("SAVEPOINT unit")
    session = InlineSession(connection)
    try:
        answer = job.context.run(_drive, session, job.unit)
        session.write_out()
    except BaseException as error:
        answer = error
        if raw.in_transaction:
            raw.execute("ROLLBACK TO unit")
    session.forget()
    if raw.in_transaction:
        raw.execute("RELEASE unit")
    return answer


def _drive(session: InlineSession, unit: SessionUnit[Any]) -> object:
    """Run a unit to its end, which it reaches without ever suspending."""
    running = cast("Coroutine[Any, Any, Any]", unit(session))
    try:
        running.send(None)
    except StopIteration as stop:
        return cast("object", stop.value)
    running.close()
    raise RuntimeError("a unit of work awaited something other than its transaction")
