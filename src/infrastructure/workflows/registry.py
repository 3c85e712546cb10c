"""The shop's workflows, as DBOS is to know them."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any

from dbos import DBOS, ScheduleInput

from common.logging import request_id

type Workflow = Callable[..., Awaitable[None]]

_RECOVERIES = 100  # what was under way in that many crashes may be their cause


class Registry:
    """Registers workflows with DBOS, and knows which of them are under way in this process."""

    def __init__(self, workflows: Mapping[str, Workflow], schedules: Mapping[str, str]) -> None:
        self._workflows = workflows
        self._crontabs = schedules
        self._registered: dict[str, Any] = {}
        self._tasks: set[asyncio.Task[Any]] = set()

    @property
    def under_way(self) -> int:
        return len(self._tasks)

    def register(self) -> None:
        """Tell DBOS of all workflows, after it was made and before it is launched."""
        self._registered = {
            name: DBOS.workflow(name=name, max_recovery_attempts=_RECOVERIES)(self._tracked(work))
            for name, work in self._workflows.items()
        }

    def schedules(self, queue: str) -> list[ScheduleInput]:
        """List which workflows are to be enqueued by themselves, and when."""
        return [
            {
                "schedule_name": name,
                "workflow_fn": self._registered[name],
                "schedule": crontab,
                "queue_name": queue,
            }
            for name, crontab in self._crontabs.items()
        ]

    async def cancel(self) -> None:
        """Drop what is under way. DBOS has it as begun, and will have it taken up again."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _tracked(self, work: Workflow) -> Callable[..., Coroutine[Any, Any, None]]:
        """Make a workflow a function of its own, whose log lines carry its id."""

        async def run(*arguments: Any) -> None:
            if task := asyncio.current_task():
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
            request_id.set(DBOS.workflow_id or "-")
            await work(*arguments)

        return run
