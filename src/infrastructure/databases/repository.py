from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from common.pagination import Page, PageRequest
from domain.entity import Entity
from infrastructure.databases.session import SqlSession


def with_parts[E](query: Select[E], parts: Any) -> dict[str, Select[E]]:
    """Fetch an aggregate with its parts, in the way that is right for each database.

    On SQLite one statement does it. On Postgres a row lock may have to be waited for, and parts
    joined to it would be those from before the wait: they are fetched once it is held.
    """
    return {"sqlite": query.options(joinedload(parts)), "postgresql": query}


class SqlRepository[E: Entity]:
    """What every repository can do. Subclasses name their ``entity`` and ask the rest."""

    entity: type[E]

    def __init__(self, session: SqlSession) -> None:
        self._session = session

    def add(self, entity: E) -> None:
        self._session.add(entity)

    async def get(self, key: str, *, lock: bool = False) -> E | None:
        """Find one by its key; with ``lock``, keep other writers out until we are done."""
        return await self._session.get(self.entity, key, lock=lock)

    async def delete(self, entity: E) -> None:
        await self._session.delete(entity)

    async def _page(
        self, query: Select[E], request: PageRequest, params: Mapping[str, Any]
    ) -> Page[E]:
        total = await self._session.rows(
            select(func.count()).select_from(query.order_by(None).subquery()), params
        )
        items = await self._session.find_all(
            query.limit(request.per_page).offset(request.offset), params
        )
        return Page(items, total[0][0], request.page, request.per_page)
