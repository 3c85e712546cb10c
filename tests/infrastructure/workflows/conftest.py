"""DBOS itself, in the test's own process and event loop, on the database of the test's shop."""

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from support.client import Client

from app.settings import Settings
from domain.workflow import Job
from infrastructure.workflows.engine import WorkflowEngine

type Begin = Callable[..., WorkflowEngine]

_LONGEST = 120.0


@pytest.fixture
def begin(run, settings: Settings, tmp_path: Path) -> Iterator[Begin]:
    """Start an engine that knows these workflows. There is one at a time."""
    begun: list[WorkflowEngine] = []

    def begin(
        workflows: Mapping[str, Any], schedules: Mapping[str, str] | None = None, **options: Any
    ) -> WorkflowEngine:
        engine = WorkflowEngine(
            settings.database, tmp_path, workflows, schedules or {}, patrol=0.2, **options
        )
        begun.append(engine)
        run(engine.open())
        return engine

    yield begin
    for engine in begun:
        run(engine.close())


@pytest.fixture
def enqueue(run, client: Client) -> Callable[..., None]:
    """Enqueue a job, as a process does that runs none."""

    def enqueue(name: str, job_id: str, *arguments: str) -> None:
        job = Job(name, job_id, arguments)
        run(client.shop.database.write(lambda tx: tx.workflows.enqueue(job)))

    return enqueue


@pytest.fixture
def until(run) -> Callable[[Callable[[], Any]], Any]:
    """Let everything go on until something is so."""

    async def until(happened: Callable[[], Any]) -> Any:
        deadline = time.monotonic() + _LONGEST
        while not (result := happened()):
            assert time.monotonic() < deadline, "it never happened"
            await asyncio.sleep(0.02)
        return result

    return lambda happened: run(until(happened))


@pytest.fixture
def ended(run, client: Client) -> Callable[[str], str]:
    """Wait for the end of a workflow, and tell how it ended."""

    async def ended(run_id: str) -> str:
        deadline = time.monotonic() + _LONGEST
        while (status := (await client.shop.runs.get(run_id)).status) in ("waiting", "running"):
            assert time.monotonic() < deadline, f"{run_id} is still {status}"
            await asyncio.sleep(0.02)
        return str(status)

    return lambda run_id: run(ended(run_id))
