"""Running workflows in this process."""

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path

from dbos import DBOS
from sqlalchemy import URL, Engine

from common.logging import log
from domain.workflow import Queue
from infrastructure.workflows.chatter import tame_chatter
from infrastructure.workflows.queue import QUEUE
from infrastructure.workflows.registry import Registry, Workflow
from infrastructure.workflows.slots import Slots, slots_for
from infrastructure.workflows.system import (
    VERSION,
    executor_config,
    system_client,
    wait_out_outages,
)

_POLLS = {Queue.JOBS: 0.3, Queue.DELIVERIES: 1.0, Queue.SCANS: 1.0, Queue.SOURCES: 1.0}
"""Seconds between looks at the queue."""
_AT_ONCE = {Queue.JOBS: 100, Queue.DELIVERIES: 100, Queue.SCANS: 8, Queue.SOURCES: 2}
"""Most wait for somebody and cost little; what scans read has to be parsed and compared."""
_PATROL = 5.0
_LAST_WORDS = 5


class WorkflowEngine:
    """Executes what is enqueued. On SQLite the first process does, and the others stand by."""

    def __init__(
        self,
        url: URL,
        files: Path,
        workflows: Mapping[str, Workflow],
        schedules: Mapping[str, str],
        *,
        patrol: float = _PATROL,
        patience: int = _LAST_WORDS,
    ) -> None:
        """Join what it takes.

        Every ``patrol`` seconds it looks who has died; ``patience`` is how many seconds what is
        under way has to finish, when we stop.
        """
        self._url = url
        self._between_rounds, self._patience = patrol, patience
        self._slots: Slots = slots_for(url, files)
        self._registry = Registry(workflows, schedules)
        self._name: str | None = None
        """Which executor we are, while we are one."""
        self._engine: Engine | None = None
        self._suspects: set[str] = set()
        self._patrol: asyncio.Task[None] | None = None

    async def open(self) -> None:
        await self._start()
        if self._name is None:
            log.info("Workflows run in another process; this one stands by")
        self._patrol = asyncio.create_task(self._patrolling())

    async def close(self) -> None:
        if self._patrol:
            self._patrol.cancel()
            with suppress(asyncio.CancelledError):
                await self._patrol
        await self._stop(self._patience)

    async def _start(self) -> None:
        """Become an executor, if there is a name for one, and take up what it left behind."""
        self._name = await asyncio.to_thread(self._slots.claim)
        if self._name is None:
            return
        tame_chatter()
        config = executor_config(self._url, self._name)
        self._engine = config.get("system_database_engine")
        try:
            executor = DBOS(config=config)
            self._registry.register()
            await asyncio.to_thread(self._register_queues)
            DBOS.launch()
            if self._engine is None:  # it has made its own, for Postgres
                wait_out_outages(executor._sys_db.engine)
            await DBOS.apply_schedules_async(self._registry.schedules(QUEUE))
        except BaseException:
            await self._stop(0)
            raise
        log.info("Workflows run here, as executor {}", self._name)

    def _register_queues(self) -> None:
        """Do it ahead of the launch: DBOS looks for new queues only now and then."""
        client = system_client(self._url)
        for queue in Queue:
            client.register_queue(
                queue, polling_interval_sec=_POLLS[queue], worker_concurrency=_AT_ONCE[queue]
            )
        client.destroy()

    async def _stop(self, patience: int) -> None:
        """Begin nothing any more; what is not finished in time is taken up again by others."""
        if self._name is not None:
            under_way = self._registry.under_way
            end = partial(
                DBOS.destroy,
                destroy_registry=True,
                workflow_completion_timeout_sec=patience if under_way else 0,
            )
            loop = asyncio.get_running_loop()
            with ThreadPoolExecutor(1) as thread:  # what is under way still needs this loop
                await loop.run_in_executor(thread, end)
            loop.set_default_executor(ThreadPoolExecutor())  # DBOS had put its own there
            await self._registry.cancel()
            if self._engine:  # DBOS leaves it alone, as it has not made it
                self._engine.dispose()
        self._name = None
        await asyncio.to_thread(self._slots.release)

    async def _patrolling(self) -> None:
        while True:
            await asyncio.sleep(self._between_rounds)
            try:
                await self._look_around()
            except Exception as error:  # the next round may fare better
                log.error("Looking after workflows failed: {!r}", error)

    async def _look_around(self) -> None:
        if self._name is None:
            await self._start()
        elif await asyncio.to_thread(self._slots.still_held):
            await self._take_over()
        else:
            log.warning("Executor {} is somebody else by now: starting over", self._name)
            await self._stop(0)
            await self._start()

    async def _take_over(self) -> None:
        """Have others' work done that have died.

        A name has to be found dead in two rounds: after a break of the database everybody locks
        their own again within one.
        """
        pending = await DBOS.list_workflows_async(
            status="PENDING", app_version=VERSION, load_input=False, load_output=False
        )
        names = {each.executor_id for each in pending if each.executor_id} - {self._name}
        dead = {name for name in names if await asyncio.to_thread(self._inherit, name)}
        self._suspects = dead - self._suspects

    def _inherit(self, name: str) -> bool:
        """Enqueue again what a dead executor had begun; tell whether it is dead.

        Its name is held meanwhile: whoever else looks for the dead, or would be their successor,
        comes too late or waits.
        """
        if not self._slots.seize(name):
            return False
        try:
            if name in self._suspects:
                begun = DBOS._recover_pending_workflows([name])
                log.warning("Executor {} died: taking over {} workflows", name, len(begun))
        finally:
            self._slots.let_go(name)
        return True
