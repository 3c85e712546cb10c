import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, Self

import msgspec
from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field

from app.http import Request
from app.operation import operation
from app.schema import Line, Listing, Moment, Omissible, Paging, QueryInput, Uuid, View
from domain.assistant.calls import LlmCallService
from domain.assistant.errors import EmptyPeriod
from domain.assistant.models import LlmCall
from domain.assistant.usage import TaskUsage
from domain.billing.usage import Period
from domain.identity.caller import Access

_DATE = re.compile(r"\d{4}-")
Dollars = Annotated[Decimal, msgspec.Meta(description="US dollars, exact to the millionth.")]


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("beyond the end of time") from error


def _written_out(text: Any) -> Any:
    if isinstance(text, str) and not _DATE.match(text):  # a bare number would be Unix time
        raise ValueError("Input should be a moment such as 2026-01-31T00:00:00Z")
    return text


_Moment = Annotated[AwareDatetime, BeforeValidator(_written_out), AfterValidator(_in_utc)]


class ListLlmCalls(Paging):
    user_id: Omissible[Uuid] = None
    task_type: Omissible[Line] = None


class LlmUsagePeriod(QueryInput):
    """Without ``to`` it ends now, without ``from`` it begins 30 days before its end."""

    start: Omissible[_Moment] = Field(default=None, alias="from")
    end: Omissible[_Moment] = Field(default=None, alias="to")


class LlmCallView(View, frozen=True, kw_only=True):
    """A call of the language model. An ``error`` says why no answer came of it."""

    id: str
    user_id: str | None
    task_type: str
    provider: str | None
    model: str | None
    input_tokens: int
    output_tokens: int
    cost_usd: Dollars
    cached: bool
    latency_ms: int
    error: str | None
    created_at: Moment

    @classmethod
    def of(cls, call: LlmCall) -> Self:
        return cls(
            id=call.id,
            user_id=call.user_id,
            task_type=call.task_type,
            provider=call.provider,
            model=call.model,
            input_tokens=call.input_tokens,
            output_tokens=call.output_tokens,
            cost_usd=_dollars(call.cost_microdollars),
            cached=call.cached,
            latency_ms=call.latency_ms,
            error=call.error,
            created_at=call.created_at,
        )


class LlmCallList(Listing[LlmCallView], frozen=True, kw_only=True):
    """A page of calls."""


class LlmTotalsView(View, frozen=True, kw_only=True):
    """What some calls took; the ``failures`` are among the ``calls``."""

    calls: int
    failures: int
    input_tokens: int
    output_tokens: int
    cost_usd: Dollars


class LlmTaskUsageView(LlmTotalsView, frozen=True, kw_only=True):
    user_id: str | None
    task_type: str

    @classmethod
    def of(cls, usage: TaskUsage) -> Self:
        return cls(
            user_id=usage.user_id,
            task_type=usage.task_type,
            calls=usage.calls,
            failures=usage.failures,
            input_tokens=usage.input_tokens,
            output_tokens=usage.output_tokens,
            cost_usd=_dollars(usage.cost_microdollars),
        )


class LlmUsageView(View, frozen=True, kw_only=True):
    """What the calls of a period took; by user and task, the dearest first."""

    period_start: Moment
    period_end: Moment
    total: LlmTotalsView
    items: list[LlmTaskUsageView]

    @classmethod
    def of(cls, period: Period, rows: Sequence[TaskUsage]) -> Self:
        return cls(
            period_start=period.start,
            period_end=period.end,
            total=_total(rows),
            items=[LlmTaskUsageView.of(row) for row in rows],
        )


class LlmCalls:
    """What language models were asked for, and what that cost."""

    def __init__(self, calls: LlmCallService) -> None:
        self._calls = calls

    @operation(access=Access.ADMIN)
    async def on_get(self, req: Request, query: ListLlmCalls) -> LlmCallList:
        """List the calls, the latest first."""
        page = await self._calls.page(query.user_id, query.task_type, query.part)
        return LlmCallList.of(page, LlmCallView.of)

    @operation(access=Access.ADMIN, raises=[EmptyPeriod])
    async def on_get_usage(self, req: Request, query: LlmUsagePeriod) -> LlmUsageView:
        """Add up the calls of a period by user and task."""
        return LlmUsageView.of(*await self._calls.usage(query.start, query.end))


def _total(rows: Iterable[TaskUsage]) -> LlmTotalsView:
    rows = list(rows)
    return LlmTotalsView(
        calls=sum(row.calls for row in rows),
        failures=sum(row.failures for row in rows),
        input_tokens=sum(row.input_tokens for row in rows),
        output_tokens=sum(row.output_tokens for row in rows),
        cost_usd=_dollars(sum(row.cost_microdollars for row in rows)),
    )


def _dollars(millionths: int) -> Decimal:
    return Decimal(millionths).scaleb(-6)
