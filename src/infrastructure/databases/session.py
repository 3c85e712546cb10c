"""One face for two sessions.

Repositories are written once, with ``await``. On Postgres the awaits are real. On SQLite the
whole unit runs inside the connection's own thread, over a plain ``Session``, and they never
suspend: a thread hop a statement costs more than the statement.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, cast

from sqlalchemy import Connection, CursorResult, Executable, Row, Select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import instance_state

from domain.announcement import Announcing

type Params = Mapping[str, Any] | None
type Record = Row[*tuple[Any, ...]]

_LOCK = {"key_share": True}  # writers wait for it; rows that merely refer to it do not


class SqlSession(Protocol):
    """What repositories need of a session."""

    dialect: str
    speakers: list[Announcing]
    """The entities in it that may announce something. They are held here: once written out, a
    session itself lets go of what nobody else holds."""

    def add(self, entity: object) -> None: ...

    async def get[E](self, entity: type[E], key: str, *, lock: bool = False) -> E | None: ...

    async def find[E](self, query: Select[E], params: Params = None) -> E | None: ...

    async def find_all[E](self, query: Select[E], params: Params = None) -> list[E]: ...

    async def delete(self, entity: object) -> None: ...

    async def flush(self) -> None: ...

    async def rows(
        self, statement: Executable, params: Params | Sequence[Mapping[str, Any]] = None
    ) -> Sequence[Record]:
        """Run a query that maps no entities."""

    async def run(
        self, statement: Executable, params: Params | Sequence[Mapping[str, Any]] = None
    ) -> int:
        """Change rows without entities, and tell how many."""

    async def in_sync[T](self, work: Callable[[Session], T]) -> T:
        """Let a library that knows only synchronous sessions work in this transaction."""


class InlineSession:
    """A session whose every answer is there at once.

    The ``Session`` itself is made when the first entity is touched: most reads touch none.
    """

    dialect = "sqlite"

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._made: Session | None = None
        self.speakers: list[Announcing] = []

    @property
    def _session(self) -> Session:
        if self._made is None:
            self._made = Session(
                self._connection,
                autoflush=False,
                expire_on_commit=False,
                join_transaction_mode="rollback_only",
            )
        return self._made

    def add(self, entity: object) -> None:
        self._session.add(_new(entity))
        _hear(self.speakers, entity)

    async def get[E](self, entity: type[E], key: str, *, lock: bool = False) -> E | None:
        found = self._session.get(entity, key)  # a writer is alone here: it needs no row lock
        return _hear(self.speakers, found)

    async def find[E](self, query: Select[E], params: Params = None) -> E | None:
        return _hear(self.speakers, self._session.scalars(query, params).unique().first())

    async def find_all[E](self, query: Select[E], params: Params = None) -> list[E]:
        return [_hear(self.speakers, each) for each in self._session.scalars(query, params)]

    async def delete(self, entity: object) -> None:
        self._session.delete(entity)

    async def flush(self) -> None:
        self.write_out()

    async def rows(
        self, statement: Executable, params: Params | Sequence[Mapping[str, Any]] = None
    ) -> Sequence[Record]:
        return self._connection.execute(statement, params).all()

    async def run(
        self, statement: Executable, params: Params | Sequence[Mapping[str, Any]] = None
    ) -> int:
        return self._connection.execute(statement, params).rowcount

    async def in_sync[T](self, work: Callable[[Session], T]) -> T:
        try:
            return work(self._session)
        finally:
            _clear_options(self._connection)

    def write_out(self) -> None:
        """Send what entities have changed to the database."""
        if self._made:
            self._made.flush()

    def refuse_changes(self) -> None:
        """Raise if entities were changed where nothing may be."""
        made = self._made
        if made and (made.new or made.dirty or made.deleted):
            raise RuntimeError("something was changed in a read")

    def forget(self) -> None:
        """Let go of the entities; whoever got them keeps them as they are."""
        if self._made:
            self._made.expunge_all()


class AwaitedSession:
    """A session over a driver that has to be waited for."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self.dialect = session.get_bind().dialect.name
        self.speakers: list[Announcing] = []

    def add(self, entity: object) -> None:
        self._session.add(_new(entity))
        _hear(self.speakers, entity)

    async def get[E](self, entity: type[E], key: str, *, lock: bool = False) -> E | None:
        found = await self._session.get(
            entity, key, with_for_update=_LOCK if lock else None, populate_existing=lock
        )
        return _hear(self.speakers, found)

    async def find[E](self, query: Select[E], params: Params = None) -> E | None:
        found = cast("E | None", await self._session.scalar(query, params))
        return _hear(self.speakers, found)

    async def find_all[E](self, query: Select[E], params: Params = None) -> list[E]:
        return [_hear(self.speakers, each) for each in await self._session.scalars(query, params)]

    async def delete(self, entity: object) -> None:
        await self._session.delete(entity)

    async def flush(self) -> None:
        await self._session.flush()

    async def rows(
        self, statement: Executable, params: Params | Sequence[Mapping[str, Any]] = None
    ) -> Sequence[Record]:
        connection = await self._session.connection()
        return (await connection.execute(statement, params)).all()

    async def run(
        self, statement: Executable, params: Params | Sequence[Mapping[str, Any]] = None
    ) -> int:
        connection = await self._session.connection()
        result = cast("CursorResult[Any]", await connection.execute(statement, params))
        return result.rowcount

    async def in_sync[T](self, work: Callable[[Session], T]) -> T:
        return await self._session.run_sync(work)


def _clear_options(connection: Connection) -> None:
    """Forget the schema names DBOS puts in: every later statement would be searched for them."""
    connection.execution_options(schema_translate_map=None)


def _new(entity: object) -> object:
    """Refuse to store again what was stored once: in a unit that runs twice it would be lost."""
    if instance_state(entity).key is not None:
        raise RuntimeError("a unit of work must build what it adds")
    return entity


def _hear[E](speakers: list[Announcing], entity: E) -> E:
    """Hold an entity that may have something to announce at the end of the unit."""
    if isinstance(entity, Announcing):
        speakers.append(entity)
    return entity
