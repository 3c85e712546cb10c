"""A step of a workflow, as DBOS runs it."""

from collections.abc import Awaitable, Callable
from typing import Any

from dbos import DBOS

from common.errors import BadGateway, ConcurrentUpdate, DomainError, Unavailable

_ATTEMPTS = 12  # the pauses double from one second: an hour and more in all
_LONGEST = 120.0
_CURABLE = (BadGateway, ConcurrentUpdate, Unavailable)


async def durable_step(name: str, work: Callable[..., Awaitable[Any]], *arguments: str) -> None:
    """Do the work, try it again while that may help, and remember that it was done."""

    async def do() -> None:
        await work(*arguments)

    await DBOS.run_step_async(
        {
            "name": name,
            "retries_allowed": True,
            "max_attempts": _ATTEMPTS,
            "timeout_seconds": _LONGEST,
            "should_retry": _may_help,
        },
        do,
    )


def _may_help(error: BaseException) -> bool:
    """Tell whether trying again may help: a refusal with a reason stays one."""
    return not isinstance(error, DomainError) or isinstance(error, _CURABLE)
