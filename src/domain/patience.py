"""Going on with work that nobody waits for, although the database is away for a while."""

import asyncio
from collections.abc import Awaitable, Callable

from common.errors import ConcurrentUpdate, Unavailable
from common.logging import log

MOST_TRIES = 12
LONGEST_PAUSE = 120.0
"""In seconds. The pauses double from one: they make twelve minutes in all."""

type Sleep = Callable[[float], Awaitable[object]]


async def patiently[T](work: Callable[[], Awaitable[T]], *, sleep: Sleep = asyncio.sleep) -> T:
    """Do a part of it, and again while it cannot be taken on at the moment."""
    for attempt in range(MOST_TRIES):
        try:
            return await work()
        except (ConcurrentUpdate, Unavailable) as error:
            log.warning("This goes on in a moment: {}", error)
            asked_for: float = error.details.get("retry_after", 0)
            await sleep(max(asked_for, min(2.0**attempt, LONGEST_PAUSE)))
    return await work()
