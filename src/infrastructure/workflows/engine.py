"""Running workflows in this process."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

from dbos import DBOS, DBOSConfig
from sqlalchemy import URL

from common.logging import log
from infrastructure.workflows.queue import QUEUE
from infrastructure.workflows.slots import Slots, slots_for
from infrastructure.workflows.system import (
    APPLICATION,
    SERIALIZER,
    VERSION,
    system_engine,
    system_url,
)

type Workflow = Callable[..., Awaitable[None]]

_POLL = 0.2  # seconds between looks at the queue
_AT_ONCE = 100  # most wait for somebody: they cost little
_RECOVERIES = 1000  # a shop that is killed often has to go on
_PATROL = 5.0  # seconds between looks at who has died
_LAST_WORDS = 10  # seconds that what is under way has to finish, when we stop


class WorkflowEngine:
    """Executes what is enqueued. On SQLite the first process does, and the others stand by."""

    def __init__(
        self, url: URL, files: Path, workflows: Mapping[str, Workflow], schedules: Mapping[str, str]
    ) -> None:
        self._url = url
        self._slots: Slots = slots_for(url, files)
        self._workflows = workflows
        self._schedules = schedules
        self._running = False
        self._patrol: asyncio.Task[None] | None = None

    async def open(self) -> None:
        await self._start()
        self._patrol = asyncio.create_task(self._patrolling())

    async def close(self) -> None:
        if self._patrol:
            self._patrol.cancel()
            with suppress(asyncio.CancelledError):
                await self._patrol
        if self._running:  # in a thread: what is under way still needs this loop
            await asyncio.to_thread(
                DBOS.destroy, destroy_registry=True, workflow_completion_timeout_sec=_LAST_WORDS
            )
            # It made its threads the loop's own, and took them along.
            asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor())
        await asyncio.to_thread(self._slots.release)

    async def _start(self) -> None:
        name = await asyncio.to_thread(self._slots.claim)
        if name is None:
            return
        DBOS(config=self._config(name))
        registered = {
            each: DBOS.workflow(name=each, max_recovery_attempts=_RECOVERIES)(_plain(work))
            for each, work in self._workflows.items()
        }
        DBOS.launch()
        self._running = True
        await DBOS.register_queue_async(
            QUEUE, polling_interval_sec=_POLL, worker_concurrency=_AT_ONCE
        )
        await DBOS.apply_schedules_async(
            [
                {
                    "schedule_name": each,
                    "workflow_fn": registered[each],
                    "schedule": cron,
                    "queue_name": QUEUE,
                }
                for each, cron in self._schedules.items()
            ]
        )
        log.info("Workflows run here, as executor {}", name)

    def _config(self, name: str) -> DBOSConfig:
        config: DBOSConfig = {
            "name": APPLICATION,
            "system_database_url": system_url(self._url),
            "application_version": VERSION,
            "executor_id": name,
            "serializer": SERIALIZER,
            "enable_otlp": False,
            "log_level": "WARNING",
        }
        if engine := system_engine(self._url):
            config["system_database_engine"] = engine
        return config

    async def _patrolling(self) -> None:
        while True:
            await asyncio.sleep(_PATROL)
            try:
                await (self._take_over() if self._running else self._start())
            except Exception as error:  # the next round may fare better
                log.opt(exception=error).error("Looking after workflows failed")

    async def _take_over(self) -> None:
        """Enqueue again what executors had begun that are dead now."""
        pending = await DBOS.list_workflows_async(
            status="PENDING", load_input=False, load_output=False
        )
        names = {each.executor_id for each in pending if each.executor_id}
        dead = {name for name in names if await asyncio.to_thread(self._slots.is_dead, name)}
        stranded = [each.workflow_id for each in pending if each.executor_id in dead]
        if stranded:
            log.warning("Taking over {} workflows of {}", len(stranded), ", ".join(sorted(dead)))
            await DBOS.resume_workflows_async(stranded, queue_name=QUEUE)


def _plain(work: Workflow) -> Callable[..., Coroutine[Any, Any, None]]:
    """Make a workflow a function of its own, which DBOS can mark as it likes."""

    async def run(*arguments: Any) -> None:
        await work(*arguments)

    return run
