"""The SQL database: where units of work are run, on SQLite or Postgres.

Nothing else opens a transaction, and nothing else commits.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError, IntegrityError

from common.clock import Clock, utc_now
from common.errors import ConcurrentUpdate, DatabaseUnavailable, Overloaded, Unavailable
from common.logging import log
from domain.database import Level, Unit
from domain.idempotency.errors import RequestInProgress
from domain.idempotency.service import Claim, current_claim
from infrastructure.databases.announcements import publish
from infrastructure.databases.runners import (
    LaneRunner,
    PoolLimits,
    PoolRunner,
    Runner,
    SqlUnit,
)
from infrastructure.databases.session import SqlSession
from infrastructure.databases.transaction import SqlTransaction
from infrastructure.databases.urls import is_sqlite
from infrastructure.workflows.system import system_client

_POOL = PoolLimits()
_PAUSE = 1  # seconds that a caller is asked to wait
_AWAY = ("08", "57P")  # connection exceptions; shutting down or starting up
_SHORT = "53"  # of connections, of memory, or of room on the disk

in_transaction: ContextVar[bool] = ContextVar("in_transaction", default=False)


class SqlDatabase:
    """Runs units of work.

    A unit may run more than once (a deadlock, a neighbour's failed flush), so it builds what
    it stores itself and touches nothing outside its transaction.
    """

    def __init__(
        self,
        url: URL,
        *,
        lanes: bool = True,
        pool: PoolLimits = _POOL,
        clock: Clock = utc_now,
    ) -> None:
        self.url = url
        self._clock = clock
        self.workflows = system_client(url)
        """DBOS's tables, which are in this database."""
        self._runner: Runner = (
            LaneRunner(url) if lanes and is_sqlite(url) else PoolRunner(url, pool)
        )

    async def open(self) -> None:
        await self._runner.open()

    async def close(self) -> None:
        await self._runner.close()
        self.workflows.destroy()
        self.workflows._sys_db.engine.dispose()  # one that was given to it is ours to close

    def load(self) -> list[Level]:
        """Tell how busy the way to the database is."""
        return self._runner.load()

    async def is_reachable(self) -> bool:
        """Tell whether the database answers, by asking it."""
        try:
            return bool(await self.read(lambda tx: tx.ping()))
        except (DBAPIError, Unavailable):
            return False

    async def read[T](self, unit: Unit[SqlTransaction, T]) -> T:
        _refuse_nesting()
        with _in_our_words():
            return await self._runner.read(self._bind(unit))

    async def write[T](self, unit: Unit[SqlTransaction, T]) -> T:
        _refuse_nesting()
        claim = current_claim.get()
        counted = _counted(unit, claim) if claim else unit
        with _in_our_words():
            return await self._runner.write(self._bind(counted, publishing=True))

    def _bind[T](self, unit: Unit[SqlTransaction, T], *, publishing: bool = False) -> SqlUnit[T]:
        async def bound(session: SqlSession) -> T:
            outside = in_transaction.set(True)
            tx = SqlTransaction(session, self.workflows)
            try:
                result = await unit(tx)
                if publishing and session.speakers:
                    await publish(tx, session, self._clock())
                return result
            finally:
                in_transaction.reset(outside)

        return bound


@contextmanager
def _in_our_words() -> Iterator[None]:
    """Say what the driver says in words that callers can act on."""
    try:
        yield
    except IntegrityError as error:
        log.opt(exception=error).warning("A constraint stopped what a check let through")
        raise ConcurrentUpdate from error
    except OSError as error:
        raise DatabaseUnavailable(retry_after=_PAUSE) from error
    except DBAPIError as error:
        state = str(getattr(error.orig, "sqlstate", ""))
        if error.connection_invalidated or state.startswith(_AWAY):
            raise DatabaseUnavailable(retry_after=_PAUSE) from error
        if "locked" in str(error.orig):  # another process has SQLite's write lock
            raise Overloaded(retry_after=_PAUSE) from error
        if state.startswith(_SHORT) or "disk is full" in str(error.orig):
            log.error("The database is short of something: {}", error.orig)
            raise Overloaded(retry_after=_PAUSE) from error
        raise


def _refuse_nesting() -> None:
    """Refuse a unit inside a unit: on SQLite the inner would wait for the outer."""
    if in_transaction.get():
        raise RuntimeError("this is already inside a transaction")


def _counted[T](unit: Unit[SqlTransaction, T], claim: Claim) -> Unit[SqlTransaction, T]:
    """Count the unit against the keyed request it serves, in the very same transaction."""

    async def counted(tx: SqlTransaction) -> T:
        result = await unit(tx)
        if not await tx.keyed_requests.count_effect(claim):
            raise RequestInProgress(retry_after=1)  # by somebody who thought us dead
        return result

    return counted
