from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite

from infrastructure.databases.session import SqlSession
from infrastructure.databases.tables import stand_in_objects

_GET = select(stand_in_objects).where(stand_in_objects.c.id == bindparam("wanted"))
_GET_LOCKED = _GET.with_for_update()
_KEYED = (
    select(stand_in_objects).where(stand_in_objects.c.key == bindparam("wanted")).with_for_update()
)
_ADD = {
    "sqlite": sqlite.insert(stand_in_objects).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(stand_in_objects).on_conflict_do_nothing(),
}
_REPLACE = (
    update(stand_in_objects)
    .where(stand_in_objects.c.id == bindparam("changed"))
    .values(body=bindparam("new_body"), due_at=bindparam("new_due_at"))
)
_DUE = (
    select(stand_in_objects.c.id)
    .where(stand_in_objects.c.due_at <= bindparam("now"))
    .order_by(stand_in_objects.c.due_at, stand_in_objects.c.id)
    .limit(bindparam("most"))
)


class StandInObject(NamedTuple):
    """A line in the stand-in's books. Card numbers are never part of it."""

    id: str
    kind: str
    key: str | None
    """The idempotency key it was asked for under, which makes one object and no more."""
    asked: str | None
    """A digest of what was asked for: a repeat has to ask for the same."""
    body: dict[str, Any]
    created_at: datetime
    due_at: datetime | None = None
    """When the passing of time changes it, if it does."""


class SqlStandInObjectRepository:
    def __init__(self, session: SqlSession) -> None:
        self._session = session

    async def get(self, object_id: str, *, lock: bool = False) -> StandInObject | None:
        """Find one; with ``lock``, keep other writers out until we are done."""
        return await self._one(_GET_LOCKED if lock else _GET, object_id)

    async def keyed(self, key: str) -> StandInObject | None:
        """Find and lock the one that was asked for under ``key``."""
        return await self._one(_KEYED, key)

    async def add(self, line: StandInObject) -> bool:
        """Write a new one; tell whether nobody had used its key before."""
        return await self._session.run(_ADD[self._session.dialect], line._asdict()) == 1

    async def replace(self, object_id: str, body: dict[str, Any], due_at: datetime | None) -> None:
        changed = {"changed": object_id, "new_body": body, "new_due_at": due_at}
        await self._session.run(_REPLACE, changed)

    async def due(self, now: datetime, most: int) -> list[str]:
        """Name those that time has changed, the longest overdue first."""
        return [row.id for row in await self._session.rows(_DUE, {"now": now, "most": most})]

    async def _one(self, query: Any, wanted: str) -> StandInObject | None:
        for row in await self._session.rows(query, {"wanted": wanted}):
            return StandInObject(*row)
        return None
