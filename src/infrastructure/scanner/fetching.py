"""Asking the stores of others for pages."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import version

from common.clock import Clock, utc_now
from domain.competitor.reading import Freshness, StoreUnreadable
from infrastructure.http import AddressRefused, Outbound, OutboundAnswer, OutboundError
from infrastructure.scanner import robots
from infrastructure.scanner.addresses import host_of, origin_of, resolved, web_address
from infrastructure.scanner.hosts import Host, Hosts
from infrastructure.scanner.robots import Rules

LARGEST = 8 * 1024 * 1024
PATIENCE = 30.0
"""Seconds for a page, from the first byte sent to the last one read."""
_MOST_REDIRECTS = 5
_PAUSES = (2, 8)  # before it is asked again, in the time between two requests
_LONGEST_WAIT = 60.0
_LONGEST_REASON = 200
_LONGEST_TAG = 200
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_BUSY = frozenset({429, 503})


class PageForbidden(StoreUnreadable):
    """The robots.txt of the host asks us to stay away from the page."""


class PagePrivate(StoreUnreadable):
    """The page is at an address that may not be called."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A page, or what was answered instead: a 404 is an answer too."""

    status: int
    url: str
    """Where it came from, after redirects."""
    body: bytes
    headers: Mapping[str, str]
    """By their names, in any case."""
    freshness: Freshness
    is_whole: bool
    """Whether the body is all of it, and not only as much as was asked for."""

    @property
    def unchanged(self) -> bool:
        """It is as it was when ``freshness`` was told."""
        return self.status == 304


class Fetcher:
    """Gets pages as a polite visitor does; raises ``StoreUnreadable`` where none can be had."""

    def __init__(
        self,
        outbound: Outbound,
        *,
        rate: float = 1.0,
        home: str = "",
        patience: float = PATIENCE,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
        calendar: Clock = utc_now,
    ) -> None:
        """Ask a host for ``rate`` pages a second at most; ``home`` tells it whose visit it is."""
        self._outbound = outbound
        self._agent = f"{robots.NAME}/{version('peregrine')}" + (f" (+{home})" if home else "")
        self._interval, self._patience = 1 / rate, patience
        self._sleep, self._calendar = sleep, calendar
        self._hosts = Hosts(self._interval, sleep, clock)

    async def get(
        self, url: str, freshness: Freshness | None = None, *, largest: int = LARGEST
    ) -> Fetched:
        """Get a page, unless it is as it was when ``freshness`` was told."""
        headers = _conditions(freshness)
        target = web_address(url)
        for _ in range(_MOST_REDIRECTS + 1):
            if target is None:
                raise StoreUnreadable(reason="it leads to what is no address of a page")
            async with self._hosts.turn(host_of(target)) as host:
                await self._ask_leave(host, target)
                answer = await self._ask(host, target, headers, largest)
            if answer.status == 304 and not headers:
                raise StoreUnreadable(reason="it answered 304, as if it had been asked what is new")
            if (onward := _onward(answer)) is None:
                return _fetched(answer, freshness)
            target = resolved(target, onward)
        raise StoreUnreadable(reason=f"it redirects more than {_MOST_REDIRECTS} times")

    async def rules(self, url: str) -> Rules:
        """Tell what the host of a page asks of robots."""
        async with self._hosts.turn(host_of(url)) as host:
            return await self._rules(host, url)

    async def _ask_leave(self, host: Host, url: str) -> None:
        rules = await self._rules(host, url)
        if not await asyncio.to_thread(rules.let, url):
            raise PageForbidden(reason=f"its robots.txt asks us to stay away from {url[:200]}")

    async def _rules(self, host: Host, url: str) -> Rules:
        if known := self._hosts.rules_of(host):
            return known
        body = await self._robots(host, f"{origin_of(url)}/robots.txt")
        return self._hosts.learn(host, await asyncio.to_thread(Rules.of, body))

    async def _robots(self, host: Host, url: str) -> bytes:
        """Read a robots.txt; where there is none, everything is allowed.

        It may be at another host, whose turn is not awaited: two that send us to each other would
        wait forever.
        """
        target: str | None = url
        for _ in range(_MOST_REDIRECTS + 1):
            if target is None:
                break
            answer = await self._ask(host, target, {}, robots.LARGEST, "its robots.txt")
            if (onward := _onward(answer)) is None:
                return answer.body if answer.status == 200 else b""
            target = resolved(target, onward)
        return b""

    async def _ask(
        self, host: Host, url: str, headers: Mapping[str, str], largest: int, subject: str = "it"
    ) -> OutboundAnswer:
        """Ask until there is an answer that counts: for a while, with pauses."""
        pauses = [pause * self._interval for pause in _PAUSES]
        may_wait = True
        while True:
            await self._hosts.pace(host)
            try:
                answer = await self._outbound.ask(
                    "GET",
                    url,
                    headers={"User-Agent": self._agent, **headers},
                    seconds=self._patience,
                    largest=largest,
                )
            except AddressRefused as error:
                reason = f"{host_of(url)} is at an address that may not be called"
                raise PagePrivate(reason=reason) from error
            except OutboundError as error:
                reason, asked = _plain(str(error)), None
            else:
                if answer.status < 500 and answer.status != 429:
                    return answer
                reason = f"{subject} answered {answer.status}"
                asked = _asked_to_wait(answer, self._calendar())
            if asked is not None and asked > _LONGEST_WAIT:
                raise StoreUnreadable(reason=f"{reason}, and asks for {asked:.0f} s without us")
            if asked is not None and may_wait:
                may_wait = False
                await self._sleep(asked)
            elif asked is None and pauses:
                await self._sleep(pauses.pop(0))
            else:
                raise StoreUnreadable(reason=reason)


def _onward(answer: OutboundAnswer) -> str | None:
    return answer.headers.get("Location") if answer.status in _REDIRECTS else None


def _conditions(freshness: Freshness | None) -> dict[str, str]:
    told = freshness or Freshness()
    pairs = {"If-None-Match": told.etag, "If-Modified-Since": told.last_modified}
    return {name: value for name, value in pairs.items() if value}


def _fetched(answer: OutboundAnswer, told: Freshness | None) -> Fetched:
    etag, modified = (_tag(answer.headers.get(name)) for name in ("ETag", "Last-Modified"))
    freshness = Freshness(etag, modified)
    if answer.status == 304 and told and freshness == Freshness():
        freshness = told
    return Fetched(
        answer.status, answer.url, answer.body, answer.headers, freshness, answer.is_whole
    )


def _tag(value: str | None) -> str | None:
    """Keep of what a server told only what can be told to it again."""
    is_sound = value and len(value) <= _LONGEST_TAG and value.isascii() and value.isprintable()
    return value if is_sound else None


def _asked_to_wait(answer: OutboundAnswer, now: datetime) -> float | None:
    """Tell how many seconds a busy server wants to be left alone, if it says so."""
    wait = answer.headers.get("Retry-After", "") if answer.status in _BUSY else ""
    if wait.isascii() and wait.isdigit():
        return float(wait[:9])
    try:
        return max((parsedate_to_datetime(wait).astimezone(now.tzinfo) - now).total_seconds(), 0)
    except (ValueError, OverflowError):
        return None


def _plain(text: str) -> str:
    printable = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(printable.split())[:_LONGEST_REASON].rstrip(".")
