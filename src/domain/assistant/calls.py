"""Every call of a language model is accounted for, whatever comes of it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from common.clock import Clock
from common.ids import new_id
from common.logging import log
from common.pagination import Page, PageRequest
from domain.assistant.errors import AssistantFailed, AssistantUnavailable, EmptyPeriod
from domain.assistant.models import LlmCall
from domain.assistant.ports import CallTransaction, LanguageModel, Question
from domain.assistant.usage import TaskUsage, Usage
from domain.billing.usage import Period
from domain.database import Database
from domain.idempotency.service import current_claim

_USUAL = timedelta(days=30)
_FIRST_MOMENT = datetime.min.replace(tzinfo=UTC)
NO_ANSWER_YET = "no answer yet"
"""What is said of a call before its answer, and for good if the process dies meanwhile."""


class LlmCallService:
    """Asks the language model, and keeps the accounts."""

    def __init__(
        self, database: Database[CallTransaction], model: LanguageModel, clock: Clock
    ) -> None:
        self._database = database
        self._model = model
        self._clock = clock

    async def ask[T](self, question: Question, read: Callable[[str], T]) -> tuple[T, Usage]:
        """Ask, and ``read`` the answer, which may raise ``AssistantFailed`` for a useless one.

        The call is written down before it is made, so that no crash loses one, and what came of
        it before anybody sees it.
        """
        call_id = new_id()
        usage = Usage()
        await self._begin(call_id, question)
        try:
            answer = await self._model.ask(question)
            usage = answer.usage
            read_answer = read(answer.content)
        except (AssistantUnavailable, AssistantFailed) as failure:
            reason = failure.details["reason"]
            log.warning("No {} from the language model: {}", question.task_type, reason)
            await self._end(call_id, failure.spent if usage == Usage() else usage, reason)
            raise
        await self._end(call_id, usage, None)
        return read_answer, usage

    async def page(
        self, user_id: str | None, task_type: str | None, request: PageRequest
    ) -> Page[LlmCall]:
        """List calls, the latest first."""
        return await self._database.read(lambda tx: tx.llm_calls.page(user_id, task_type, request))

    async def usage(
        self, start: datetime | None, end: datetime | None
    ) -> tuple[Period, Sequence[TaskUsage]]:
        """Add up the calls of a period by user and task; by default, of the last 30 days."""
        end = end or self._clock()
        start = start or _long_before(end)
        if start >= end:
            raise EmptyPeriod(start=start, end=end)
        period = Period(start, end)
        return period, await self._database.read(lambda tx: tx.llm_calls.usage(period))

    async def calls_of(self, user_id: str, period: Period) -> int:
        """Count what somebody asked in a period."""
        return (await self._database.read(lambda tx: tx.llm_calls.of_user(user_id, period)))[0]

    async def tokens_of(self, user_id: str, period: Period) -> int:
        """Count the tokens that took, in and out."""
        return (await self._database.read(lambda tx: tx.llm_calls.of_user(user_id, period)))[1]

    async def _begin(self, call_id: str, question: Question) -> None:
        async def unit(tx: CallTransaction) -> None:
            tx.llm_calls.add(
                LlmCall(
                    id=call_id,
                    user_id=question.user_id,
                    task_type=question.task_type,
                    error=NO_ANSWER_YET,
                    created_at=self._clock(),
                )
            )

        with _unclaimed():
            await self._database.write(unit)

    async def _end(self, call_id: str, usage: Usage, error: str | None) -> None:
        async def unit(tx: CallTransaction) -> None:
            if call := await tx.llm_calls.get(call_id, lock=True):
                call.end(usage, error)

        with _unclaimed():
            await self._database.write(unit)


def _long_before(end: datetime) -> datetime:
    try:
        return end - _USUAL
    except OverflowError:
        return _FIRST_MOMENT


@contextmanager
def _unclaimed() -> Iterator[None]:
    """Write for the accounts: a call that came to nothing leaves the idempotency key free."""
    claim = current_claim.set(None)
    try:
        yield
    finally:
        current_claim.reset(claim)
