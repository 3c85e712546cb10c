"""Carries out what is enqueued, in the test's own time: each workflow once, in order.

The workflows and services are the shop's own. What DBOS adds, steps that are tried again and
crashes that are recovered from, is tested with DBOS itself in real processes.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from dbos._schemas.system_database import SystemSchema
from sqlalchemy import update

from app.container import Container
from app.workflows import workflows
from common.clock import utc_now

_TABLE = SystemSchema.workflow_status


async def carry_out(
    shop: Container, *, failing_is_fine: bool = False, now: datetime | None = None
) -> list[str]:
    """Run everything that waits, and what that enqueues in turn; tell the ids, in order.

    What was put off until later than ``now`` goes on waiting.
    """
    table, done = workflows(shop, _step), []
    while waiting := _waiting(shop, now):
        for run in waiting:
            done.append(run.workflow_id)
            try:
                await table[run.name](*run.input["args"])
            except Exception:
                _end(shop, run.workflow_id, "ERROR")
                if not failing_is_fine:
                    raise
            else:
                _end(shop, run.workflow_id, "SUCCESS")
    return done


async def carry_out_one(shop: Container, number: int = 0) -> str | None:
    """Run one of those that wait, and tell its id; what fails goes on waiting."""
    runs = _waiting(shop)
    if not runs:
        return None
    run = runs[number % len(runs)]
    await workflows(shop, _step)[run.name](*run.input["args"])
    _end(shop, run.workflow_id, "SUCCESS")
    return str(run.workflow_id)


def waiting(shop: Container) -> list[str]:
    """List the ids of what is enqueued and not begun."""
    return [run.workflow_id for run in _waiting(shop)]


def _waiting(shop: Container, now: datetime | None = None) -> list[Any]:
    latest = (now or utc_now()).timestamp() * 1000
    runs = shop.database.workflows.list_workflows(status=["ENQUEUED", "DELAYED"], load_output=False)
    return [run for run in runs if (run.delay_until_epoch_ms or 0) <= latest]


def _end(shop: Container, workflow_id: str, status: str) -> None:
    known = update(_TABLE).where(_TABLE.c.workflow_uuid == workflow_id)
    statement = known.values(status=status, completed_at=int(utc_now().timestamp() * 1000))
    with shop.database.workflows._sys_db.engine.begin() as connection:
        connection.execute(statement)


async def _step(name: str, work: Callable[..., Awaitable[Any]], *arguments: str) -> None:
    await work(*arguments)
