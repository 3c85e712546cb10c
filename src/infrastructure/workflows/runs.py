"""What DBOS knows of workflows, in the shop's own words."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any

from dbos import DBOSClient, StepInfo, WorkflowStatus
from dbos import error as dbos_errors
from dbos._schemas.system_database import SystemSchema
from sqlalchemy import func, select, text, union_all
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from common.clock import Clock
from common.errors import DatabaseUnavailable
from common.logging import log
from common.pagination import Page, PageRequest
from domain.workflow import NotRerunnable, Run, RunStatus, StepRun, WorkflowNotFound
from infrastructure.workflows.queue import QUEUE
from infrastructure.workflows.system import VERSION

_STATUSES = {
    RunStatus.WAITING: ["ENQUEUED", "DELAYED"],
    RunStatus.RUNNING: ["PENDING"],
    RunStatus.SUCCEEDED: ["SUCCESS"],
    RunStatus.FAILED: ["ERROR", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"],
    RunStatus.CANCELED: ["CANCELLED"],
}
_OURS = {theirs: ours for ours, all_theirs in _STATUSES.items() for theirs in all_theirs}
_ENDED = [theirs for theirs, ours in _OURS.items() if ours not in ("waiting", "running")]
_UNFINISHED = _STATUSES[RunStatus.WAITING] + _STATUSES[RunStatus.RUNNING]
_KEPT = timedelta(days=30)
_SCHEDULED_KEPT = timedelta(hours=1)
"""Of what runs every few seconds, yesterday's rounds are of no interest."""
_BATCH = 500
_STATUS = SystemSchema.workflow_status.c.status
_INDEXED = (  # in the words of DBOS's partial indexes, by which they are found
    "status IN ('ENQUEUED', 'PENDING')",
    "status = 'DELAYED'",
    "status IN ('ERROR', 'CANCELLED', 'MAX_RECOVERY_ATTEMPTS_EXCEEDED')",
)
_COUNT = union_all(
    *(
        select(_STATUS, func.count()).where(text(condition)).group_by(_STATUS)
        for condition in _INDEXED
    )
)


def _in_our_words[**P, T](
    ask: Callable[P, Awaitable[T]],
) -> Callable[P, Coroutine[Any, Any, T]]:
    """Say of a database that is away what the rest of the shop says of it."""

    @wraps(ask)
    async def asked(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return await ask(*args, **kwargs)
        except (OperationalError, PoolTimeout) as error:
            raise DatabaseUnavailable(retry_after=1) from error

    return asked


class DbosRuns:
    """Looks at workflows, runs failed ones again, and forgets old ones."""

    def __init__(self, client: DBOSClient, clock: Clock, scheduled: Iterable[str]) -> None:
        self._client = client
        self._clock = clock
        self._scheduled = list(scheduled)

    @_in_our_words
    async def page(self, status: RunStatus | None, request: PageRequest) -> Page[Run]:
        wanted = _STATUSES[status] if status else None
        found = await self._client.list_workflows_async(
            status=wanted, limit=request.per_page, offset=request.offset, sort_desc=True
        )
        total = await asyncio.to_thread(self._count, wanted)
        return Page([_run(each) for each in found], total, request.page, request.per_page)

    @_in_our_words
    async def counts(self) -> dict[RunStatus, int]:
        """Count all but those that succeeded: these are many, and no index leads to them."""
        try:
            by_status = await asyncio.to_thread(self._count_by_status)
        except ProgrammingError as error:  # Postgres has no such tables
            raise DatabaseUnavailable(retry_after=1) from error
        return {
            ours: sum(by_status.get(theirs, 0) for theirs in all_theirs)
            for ours, all_theirs in _STATUSES.items()
            if ours is not RunStatus.SUCCEEDED
        }

    @_in_our_words
    async def get(self, run_id: str) -> Run:
        return _run(await self._known(run_id), await self._client.list_workflow_steps_async(run_id))

    @_in_our_words
    async def unfinished(self, job_ids: list[str]) -> set[str]:
        """Tell which of these jobs wait or are under way."""
        found = await self._client.list_workflows_async(
            workflow_ids=job_ids, status=_UNFINISHED, load_input=False, load_output=False
        )
        return {each.workflow_id for each in found}

    @_in_our_words
    async def rerun(self, run_id: str) -> Run:
        known = await self._known(run_id)
        try:
            if known.status == "ERROR":
                await self._go_on_from_failure(run_id)
            elif known.status in ("CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"):
                await self._client.resume_workflow_async(run_id, queue_name=QUEUE)
            else:
                raise NotRerunnable(status=_OURS[known.status])
        except dbos_errors.DBOSException as error:  # somebody else was faster
            raise NotRerunnable(status=_OURS[(await self._known(run_id)).status]) from error
        return await self.get(run_id)

    @_in_our_words
    async def tidy(self) -> int:
        now = self._clock()
        old = await self._ended_before(now - _KEPT)
        if self._scheduled:
            old |= await self._ended_before(now - _SCHEDULED_KEPT, self._scheduled)
        if old:
            await self._client.delete_workflows_async(sorted(old))
        return len(old)

    async def is_reachable(self) -> bool:
        """Look into the very tables: they may also be missing, or older than this release."""
        try:
            await self._client.list_workflows_async(workflow_ids=["-"])
        except (DBAPIError, PoolTimeout) as error:
            log.error("Jobs cannot be enqueued: {}", str(error).partition("\n")[0])
            return False
        return True

    async def _known(self, run_id: str) -> WorkflowStatus:
        found = await self._client.list_workflows_async(workflow_ids=[run_id])
        if not found:
            raise WorkflowNotFound(workflow_id=run_id)
        return found[0]

    async def _go_on_from_failure(self, run_id: str) -> None:
        steps = await self._client.list_workflow_steps_async(run_id)
        failed = min((each["function_id"] for each in steps if each["error"]), default=None)
        await self._client.rewind_workflow_async(
            run_id, start_step=failed, application_version=VERSION, queue_name=QUEUE
        )

    async def _ended_before(self, moment: datetime, schedules: list[str] | None = None) -> set[str]:
        found = await self._client.list_workflows_async(
            schedule_name=schedules,
            status=_ENDED,
            completed_before=moment.isoformat(),
            end_time=moment.isoformat(),  # says nothing new, but has an index
            limit=_BATCH,
            load_input=False,
            load_output=False,
        )
        return {each.workflow_id for each in found}

    def _count(self, statuses: list[str] | None) -> int:
        table = SystemSchema.workflow_status
        query = select(func.count()).select_from(table)
        if statuses:
            query = query.where(table.c.status.in_(statuses))
        with self._client._sys_db.engine.connect() as connection:
            return connection.scalar(query) or 0

    def _count_by_status(self) -> dict[str, int]:
        with self._client._sys_db.engine.connect() as connection:
            return dict(connection.execute(_COUNT).all())


def _run(known: WorkflowStatus, steps: Iterable[StepInfo] = ()) -> Run:
    arguments = (known.input or {"args": ()})["args"]
    return Run(
        id=known.workflow_id,
        name=known.name,
        status=RunStatus(_OURS[known.status]),
        arguments=[str(each) for each in arguments if each is not None],
        error=str(known.error) if known.error else None,
        created_at=_moment(known.created_at),
        updated_at=_moment(known.updated_at),
        steps=[
            StepRun(
                each["function_name"],
                str(each["error"]) if each["error"] else None,
                _moment(each["completed_at_epoch_ms"]) if each["completed_at_epoch_ms"] else None,
            )
            for each in steps
        ],
    )


def _moment(milliseconds: int | None) -> datetime:
    return datetime.fromtimestamp((milliseconds or 0) / 1000, UTC)
