from collections.abc import Sequence

from sqlalchemy import ColumnElement, bindparam, case, func, select

from common.pagination import Page, PageRequest
from domain.assistant.models import LlmCall
from domain.assistant.usage import TaskUsage
from domain.billing.usage import Period
from domain.entity import UtcDateTime
from infrastructure.databases.repository import SqlRepository

_COST = func.sum(LlmCall.cost_microdollars)
_USAGE = (
    select(
        LlmCall.user_id,
        LlmCall.task_type,
        func.count(),
        func.sum(case((LlmCall.error.is_(None), 0), else_=1)),
        func.sum(LlmCall.input_tokens),
        func.sum(LlmCall.output_tokens),
        _COST,
    )
    .where(
        LlmCall.created_at >= bindparam("start", type_=UtcDateTime()),
        LlmCall.created_at < bindparam("end", type_=UtcDateTime()),
    )
    .group_by(LlmCall.user_id, LlmCall.task_type)
    .order_by(_COST.desc(), func.count().desc(), LlmCall.user_id, LlmCall.task_type)
)


_OF_USER = select(
    func.count(), func.coalesce(func.sum(LlmCall.input_tokens + LlmCall.output_tokens), 0)
).where(
    LlmCall.user_id == bindparam("user_id"),
    LlmCall.created_at >= bindparam("start", type_=UtcDateTime()),
    LlmCall.created_at < bindparam("end", type_=UtcDateTime()),
)


class SqlLlmCallRepository(SqlRepository[LlmCall]):
    entity = LlmCall

    async def page(
        self, user_id: str | None, task_type: str | None, request: PageRequest
    ) -> Page[LlmCall]:
        conditions: list[ColumnElement[bool]] = []
        if user_id is not None:
            conditions.append(LlmCall.user_id == user_id)
        if task_type is not None:
            conditions.append(LlmCall.task_type == task_type)
        query = select(LlmCall).where(*conditions).order_by(LlmCall.created_at.desc(), LlmCall.id)
        return await self._page(query, request, {})

    async def usage(self, period: Period) -> Sequence[TaskUsage]:
        rows = await self._session.rows(_USAGE, period._asdict())
        return [TaskUsage(row[0], row[1], *map(int, row[2:])) for row in rows]

    async def of_user(self, user_id: str, period: Period) -> tuple[int, int]:
        [(calls, tokens)] = await self._session.rows(
            _OF_USER, period._asdict() | {"user_id": user_id}
        )
        return int(calls), int(tokens)
