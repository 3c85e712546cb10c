"""A step of a workflow, as DBOS runs it."""

from collections.abc import Awaitable, Callable
from typing import Any

from dbos import DBOS
from dbos import error as dbos_errors

from common.errors import BadGateway, ConcurrentUpdate, DomainError, Unavailable
from common.logging import log
from domain.workflow import TryAgain

_ATTEMPTS = 12  # the pauses double from one second: an hour and more in all
_LONGEST = 120.0
_CURABLE = (BadGateway, ConcurrentUpdate, Unavailable)


async def durable_step(name: str, work: Callable[..., Awaitable[Any]], *arguments: object) -> None:
    """Do the work, try it again while that may help, and remember that it was done."""

    async def do() -> None:
        await work(*arguments)

    def may_help(error: BaseException) -> bool:
        """Tell whether trying again may help: a refusal with a reason stays one."""
        known = isinstance(error, DomainError | TryAgain)
        log.opt(exception=None if known else error).warning("Step {!r} failed: {}", name, error)
        return not isinstance(error, DomainError) or isinstance(error, _CURABLE)

    try:
        await DBOS.run_step_async(
            {
                "name": name,
                "retries_allowed": True,
                "max_attempts": _ATTEMPTS,
                "timeout_seconds": _LONGEST,
                "should_retry": may_help,
            },
            do,
        )
    except dbos_errors.DBOSMaxStepRetriesExceeded as spent:
        raise spent.errors[-1] from spent  # it says why
