"""Two ways to run a unit of work in a transaction of its own."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol, cast

import msgspec
from sqlalchemy import URL, QueuePool, create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)

from common.errors import ConcurrentUpdate, Overloaded
from domain.database import Level
from infrastructure.databases.lane import Lane
from infrastructure.databases.session import AwaitedSession, SqlSession
from infrastructure.databases.sqlite import tame
from infrastructure.databases.urls import is_sqlite

type SqlUnit[T] = Callable[[SqlSession], Awaitable[T]]

_RETRYABLE = {"40001", "40P01"}  # serialization failure, deadlock
_ATTEMPTS = 3
_JSON = msgspec.json.Encoder(decimal_format="number")
ENGINE_OPTIONS: dict[str, Any] = {
    "hide_parameters": True,  # an error is logged with its statement, not with people's data
    "json_serializer": lambda value: _JSON.encode(value).decode(),
    "json_deserializer": msgspec.json.decode,
}


@dataclass(frozen=True, slots=True)
class PoolLimits:
    """How many connections there may be, and for how many seconds a unit waits for one."""

    most: int = 10
    patience: float = 5.0
    kept_open: int = 5
    """How many of them stay when nobody needs them."""


class Runner(Protocol):
    """Keeps what a unit wrote when it returns, and nothing of it when it raises."""

    async def open(self) -> None: ...

    async def close(self) -> None: ...

    async def read[T](self, unit: SqlUnit[T]) -> T: ...

    async def write[T](self, unit: SqlUnit[T]) -> T: ...

    def load(self) -> list[Level]:
        """Tell how busy it is."""


class LaneRunner:
    """SQLite: one lane for the writers, which take turns anyway, and one for the readers."""

    def __init__(self, url: URL) -> None:
        self._engine = create_engine(url.set(drivername="sqlite"), **ENGINE_OPTIONS)
        tame(self._engine)
        self._writer = Lane(self._engine, "writer", read_only=False)
        self._reader = Lane(self._engine, "reader", read_only=True)

    async def open(self) -> None:
        await self._writer.open()
        await self._reader.open()

    async def close(self) -> None:
        await self._writer.close()
        await self._reader.close()
        self._engine.dispose()

    async def read[T](self, unit: SqlUnit[T]) -> T:
        return await self._reader.run(unit)

    async def write[T](self, unit: SqlUnit[T]) -> T:
        return await self._writer.run(unit)

    def load(self) -> list[Level]:
        return [
            Level("reader_queue", "Units of work that read, waiting or run.", self._reader.length),
            Level("writer_queue", "Units of work that write, waiting or run.", self._writer.length),
        ]


class PoolRunner:
    """Postgres, or SQLite without lanes: a session a unit, from a pool of connections."""

    def __init__(self, url: URL, limits: PoolLimits) -> None:
        kept_open = min(limits.most, limits.kept_open)
        self._engine = create_async_engine(
            url,
            pool_size=kept_open,
            max_overflow=limits.most - kept_open,
            pool_timeout=limits.patience,
            pool_pre_ping=not is_sqlite(url),  # a restarted Postgres must not cost a request
            **ENGINE_OPTIONS,
        )
        reader = self._engine.execution_options(read_only=True)
        if is_sqlite(url):
            tame(self._engine.sync_engine)
        else:
            reader = self._engine.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        self._readers = _sessions(reader)
        self._writers = _sessions(self._engine)
        self._under_way = 0

    async def open(self) -> None:
        """Fail at boot, not at the first request, when there is no database."""
        async with self._engine.connect():
            pass

    async def close(self) -> None:
        await self._engine.dispose()

    async def read[T](self, unit: SqlUnit[T]) -> T:
        self._under_way += 1
        try:
            async with self._readers() as session:
                result = await unit(AwaitedSession(session))
                if session.new or session.dirty or session.deleted:
                    raise RuntimeError("something was changed in a read")
                return result
        except PoolTimeout as error:
            raise Overloaded(retry_after=1) from error
        finally:
            self._under_way -= 1

    async def write[T](self, unit: SqlUnit[T]) -> T:
        self._under_way += 1
        try:
            return await self._write(unit)
        finally:
            self._under_way -= 1

    def load(self) -> list[Level]:
        pool = cast("QueuePool", self._engine.pool)
        used = pool.checkedout()
        return [
            Level("pool_size", "Connections that are kept open.", pool.size()),
            Level("pool_checked_out", "Connections in use.", used),
            Level("pool_overflow", "Connections beyond the pool's size.", max(0, pool.overflow())),
            Level("pool_waiting", "Units that wait for one.", max(0, self._under_way - used)),
        ]

    async def _write[T](self, unit: SqlUnit[T]) -> T:
        for _ in range(_ATTEMPTS):
            try:
                return await self._write_once(unit)
            except PoolTimeout as error:
                raise Overloaded(retry_after=1) from error
            except DBAPIError as error:
                if getattr(error.orig, "sqlstate", None) not in _RETRYABLE:
                    raise
        raise ConcurrentUpdate

    async def _write_once[T](self, unit: SqlUnit[T]) -> T:
        async with self._writers.begin() as session:
            result = await unit(AwaitedSession(session))
            await session.flush()
            return result


def _sessions(engine: AsyncEngine) -> async_sessionmaker[AsyncSession]:
    return async_sessionmaker(engine, autoflush=False, expire_on_commit=False)
