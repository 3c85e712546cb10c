"""The SQL database: where units of work are run, on SQLite or Postgres.

Nothing else opens a transaction, and nothing else commits.
"""

from contextvars import ContextVar

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from common.errors import ConcurrentUpdate, Overloaded
from common.logging import log
from domain.database import Unit
from domain.idempotency.errors import RequestInProgress
from domain.idempotency.service import Claim, current_claim
from infrastructure.databases.runners import LaneRunner, PoolRunner, Runner, SqlUnit
from infrastructure.databases.session import SqlSession
from infrastructure.databases.transaction import SqlTransaction
from infrastructure.databases.urls import is_sqlite

in_transaction: ContextVar[bool] = ContextVar("in_transaction", default=False)


class SqlDatabase:
    """Runs units of work.

    A unit may run more than once (a deadlock, a neighbour's failed flush), so it builds what
    it stores itself and touches nothing outside its transaction.
    """

    def __init__(self, url: URL, *, lanes: bool = True) -> None:
        self.url = url
        self._runner: Runner = LaneRunner(url) if lanes and is_sqlite(url) else PoolRunner(url)

    async def open(self) -> None:
        await self._runner.open()

    async def close(self) -> None:
        await self._runner.close()

    async def is_reachable(self) -> bool:
        """Tell whether the database answers, by asking it."""
        try:
            return bool(await self.read(lambda tx: tx.ping()))
        except (DBAPIError, OSError, Overloaded):
            return False

    async def read[T](self, unit: Unit[SqlTransaction, T]) -> T:
        _refuse_nesting()
        return await self._runner.read(_bind(unit))

    async def write[T](self, unit: Unit[SqlTransaction, T]) -> T:
        _refuse_nesting()
        claim = current_claim.get()
        counted = _counted(unit, claim) if claim else unit
        try:
            return await self._runner.write(_bind(counted))
        except IntegrityError as error:
            log.opt(exception=error).warning("A constraint stopped what a check let through")
            raise ConcurrentUpdate from error
        except OperationalError as error:
            if "locked" not in str(error.orig):
                raise
            raise Overloaded(retry_after=1) from error  # another process has the write lock


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


def _bind[T](unit: Unit[SqlTransaction, T]) -> SqlUnit[T]:
    async def bound(session: SqlSession) -> T:
        outside = in_transaction.set(True)
        try:
            return await unit(SqlTransaction(session))
        finally:
            in_transaction.reset(outside)

    return bound
