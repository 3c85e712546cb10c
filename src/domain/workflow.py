"""Work that is done after the answer, and done to its end whatever happens to the process."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol

from common.errors import Conflict, NotFound
from common.pagination import Page, PageRequest


class Queue(StrEnum):
    """Where a job waits. Those of one queue never wait for those of another."""

    JOBS = "jobs"
    DELIVERIES = "deliveries"
    """Calls of systems that we know nothing of: each may take its time, or never answer."""
    SCANS = "scans"
    """Stores that are read from one end to the other: each takes minutes, or hours."""
    SOURCES = "sources"
    """Comparisons of many things with many: they take a processor for themselves."""


class Job(NamedTuple):
    """A workflow to be run once for its ``id``, however often it is asked for."""

    name: str
    """Which workflow: those of ``app/workflows.py``."""
    id: str
    arguments: tuple[str, ...] = ()
    not_before: datetime | None = None
    """Until when it waits; it holds no place among those that run meanwhile."""
    queue: Queue = Queue.JOBS


class WorkflowQueue(Protocol):
    """Where jobs wait; part of a transaction, so that a fact and its job are kept together."""

    async def enqueue(self, job: Job) -> None: ...


class RunStatus(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"


class StepRun(NamedTuple):
    """A step a workflow has taken."""

    name: str
    error: str | None
    completed_at: datetime | None


class Run(NamedTuple):
    """A workflow that was enqueued, and how it stands."""

    id: str
    name: str
    status: RunStatus
    arguments: list[str]
    error: str | None
    created_at: datetime
    updated_at: datetime
    steps: list[StepRun]


class Runs(Protocol):
    """What there is to see of workflows, and to be done about them."""

    async def page(self, status: RunStatus | None, request: PageRequest) -> Page[Run]:
        """List workflows without their steps, the latest first."""

    async def counts(self) -> Mapping[RunStatus, int]:
        """Count those that have not succeeded; raises ``DatabaseUnavailable``."""

    async def get(self, run_id: str) -> Run:
        """Return one with its steps; raises ``WorkflowNotFound``."""

    async def rerun(self, run_id: str) -> Run:
        """Go on with one that failed, from the step it failed at; raises ``NotRerunnable``."""

    async def tidy(self) -> int:
        """Forget those that ended long ago; tell how many."""

    async def is_reachable(self) -> bool:
        """Tell whether jobs can be enqueued."""


class TryAgain(Exception):
    """A step could not be done, for a reason that is known and may pass."""


class WorkflowNotFound(NotFound):
    code = "workflow_not_found"
    message = "There is no workflow {workflow_id!r}."


class NotRerunnable(Conflict):
    code = "workflow_not_rerunnable"
    message = "The workflow is {status}: only one that failed or was canceled can be run again."
