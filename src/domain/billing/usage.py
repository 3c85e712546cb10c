"""How much of a plan is used. Whatever can be counted registers a metric, in one line."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from common.clock import Clock
from domain.billing.errors import PlanLimitExceeded
from domain.billing.plans import UNLIMITED, PlanLimits, PlanTable
from domain.billing.ports import BillingTransaction
from domain.billing.standing import live_of
from domain.database import Database
from domain.identity.caller import Caller
from domain.identity.plan import PlanTier

type Limits = Mapping[PlanTier, int]
"""How much of a thing each plan includes; ``UNLIMITED`` knows no end."""

_NO_LIMITS: Limits = dict.fromkeys(PlanTier, UNLIMITED)


class Period(NamedTuple):
    """The time that is paid for: from its start until just before its end."""

    start: datetime
    end: datetime


type Measure = Callable[[str, Period], Awaitable[int]]
"""``measure(user_id, period)``: counts what somebody has, or has used in the period."""


class Span(StrEnum):
    """What a limit is for."""

    TOTAL = "total"
    """All there is at this moment."""
    MONTH = "month"
    """What is used up in a billing period, and comes anew with the next."""


@dataclass(frozen=True, slots=True)
class UsageMetric:
    """Something that plans include so much of."""

    name: str
    measure: Measure
    limits: Limits = field(default_factory=lambda: _NO_LIMITS)
    span: Span = Span.TOTAL


class Reading(NamedTuple):
    """A metric as it stands for somebody."""

    name: str
    used: int
    limit: int
    span: Span

    @property
    def is_limited(self) -> bool:
        return self.limit != UNLIMITED


@dataclass(frozen=True, slots=True)
class UsageReport:
    """What somebody has used of their plan in the running period."""

    plan: PlanTier
    limits: PlanLimits
    period: Period
    readings: tuple[Reading, ...]

    def used(self, name: str) -> int:
        """Tell how much of a thing is used: nothing, if nobody counts it."""
        return sum(reading.used for reading in self.readings if reading.name == name)


class UsageService:
    """Reports usage, and says no beyond a limit."""

    def __init__(
        self,
        database: Database[BillingTransaction],
        plans: PlanTable,
        metrics: Iterable[UsageMetric],
        clock: Clock,
    ) -> None:
        self._database = database
        self._plans = plans
        self._metrics = {metric.name: metric for metric in metrics}
        self._clock = clock

    async def report(self, caller: Caller) -> UsageReport:
        """Read every metric there is."""
        period = await self._period(caller.user_id)
        readings = await asyncio.gather(
            *(_reading(metric, caller, period) for metric in self._metrics.values())
        )
        return UsageReport(caller.plan, self._plans[caller.plan], period, tuple(readings))

    async def enforce(self, caller: Caller, name: str) -> None:
        """Raise ``PlanLimitExceeded`` if the caller's plan includes no more of a thing.

        It counts before the deed and not together with it: of two requests in one moment both
        may pass. Where that is one too many, count in the deed's own unit of work and call
        ``require_within``.
        """
        metric = self._metrics[name]
        if caller.is_admin or metric.limits[caller.plan] == UNLIMITED:
            return
        period = await self._period(caller.user_id)
        used = await metric.measure(caller.user_id, period)
        require_within(caller, metric.limits, used, name.replace("_", " "))

    async def _period(self, user_id: str) -> Period:
        live = live_of(await self._database.read(lambda tx: tx.subscriptions.of_user(user_id)))
        now = self._clock()
        if live and live.current_period_start <= now < live.current_period_end:
            return Period(live.current_period_start, live.current_period_end)
        return month_of(now)


def require_within(caller: Caller, limits: Limits, used: int, things: str) -> None:
    """Raise ``PlanLimitExceeded`` unless one more fits in; administrators have no limits."""
    limit = limits[caller.plan]
    if not caller.is_admin and limit != UNLIMITED and used >= limit:
        raise PlanLimitExceeded(plan=caller.plan, what=f"more than {limit} {things}")


def month_of(moment: datetime) -> Period:
    """Return the calendar month (UTC) that a moment is in."""
    start = moment.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return Period(start, (start + timedelta(days=32)).replace(day=1))


async def _reading(metric: UsageMetric, caller: Caller, period: Period) -> Reading:
    used = await metric.measure(caller.user_id, period)
    return Reading(metric.name, used, metric.limits[caller.plan], metric.span)
