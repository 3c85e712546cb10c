"""What is done round after round: a round that comes at a bad moment leaves it to the next."""

from collections.abc import Awaitable, Callable, Mapping

from common.errors import ConcurrentUpdate, Unavailable
from common.logging import log

SWEEP = "sweep"
SCAN_DUE = "scan_due"
TIDY = "tidy"
SCHEDULES = {SWEEP: "*/20 * * * * *", SCAN_DUE: "0 * * * * *", TIDY: "30 * * * * *"}
"""When each round is made: a crontab whose first field is the seconds."""

type Chore = Callable[[], Awaitable[int]]
"""Does what there is to do, and tells how much that was."""


async def do_chores(chores: Mapping[str, Chore]) -> None:
    """Do each, whatever becomes of the others; ``chores`` are listed by what they did.

    What the database cannot take on at the moment is left to the next round. Any other failure
    is raised, once the round is over.
    """
    failures: list[Exception] = []
    for name, chore in chores.items():
        try:
            if done := await chore():
                log.info("{}: {}", name, done)
        except (ConcurrentUpdate, Unavailable) as error:
            log.warning("{}: left to the next round. {}", name, error)
        except Exception as error:
            log.opt(exception=error).error("{}: failed", name)
            failures.append(error)
    if failures:
        raise failures[0]
