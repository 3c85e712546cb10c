"""Whose turn it is at each host: one request at a time, and not too many."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from infrastructure.scanner.robots import Rules

REMEMBERED = 3600.0
"""How many seconds the robots.txt of a host is good for."""
_MOST_LINES = 50_000
"""Of all of them together."""


@dataclass(slots=True)
class Host:
    """A server, as it was met last."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    users: int = 0
    free_at: float = 0.0
    rules: Rules | None = None
    rules_until: float = 0.0


class Hosts:
    """Every host that is asked now, or was within the hour."""

    def __init__(
        self,
        interval: float,
        sleep: Callable[[float], Awaitable[None]],
        clock: Callable[[], float],
    ) -> None:
        self._interval, self._sleep, self._clock = interval, sleep, clock
        self._known: dict[str, Host] = {}

    def __len__(self) -> int:
        return len(self._known)

    @asynccontextmanager
    async def turn(self, name: str) -> AsyncIterator[Host]:
        """Wait until nobody else asks this host, and keep others from it."""
        host = self._known.get(name) or self._meet(name)
        host.users += 1
        try:
            async with host.lock:
                yield host
        finally:
            host.users -= 1

    async def pace(self, host: Host) -> None:
        """Wait until the host may be asked again."""
        if (wait := host.free_at - self._clock()) > 0:
            await self._sleep(wait)
        delay = host.rules.delay if host.rules else 0.0
        host.free_at = self._clock() + max(self._interval, delay)

    def rules_of(self, host: Host) -> Rules | None:
        """Tell what a host asks of robots, if that is still known."""
        return host.rules if self._clock() < host.rules_until else None

    def learn(self, host: Host, rules: Rules) -> Rules:
        host.rules, host.rules_until = rules, self._clock() + REMEMBERED
        return rules

    def _meet(self, name: str) -> Host:
        """Make room for a host: forget who was not asked for long, and old rules."""
        now = self._clock()
        self._known = {
            each: host
            for each, host in self._known.items()
            if host.users or max(host.rules_until, host.free_at) > now
        }
        lines = sum(host.rules.lines for host in self._known.values() if host.rules)
        for host in self._known.values():
            if lines > _MOST_LINES and host.rules and not host.users:
                lines -= host.rules.lines
                host.rules, host.rules_until = None, 0.0
        return self._known.setdefault(name, Host())
