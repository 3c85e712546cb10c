import asyncio
from collections.abc import Mapping, Sequence
from time import monotonic
from typing import Protocol

from app.http import Request
from app.middleware.metrics import Traffic
from app.operation import operation
from app.schema import Raw
from common.errors import DatabaseUnavailable
from domain.database import Level
from domain.identity.caller import Access
from domain.workflow import Runs, RunStatus

_OPENMETRICS = "application/openmetrics-text"
_MEDIA = ("text/plain", _OPENMETRICS)
_FRESH = 5.0  # seconds for which workflows are not counted again


class Busy(Protocol):
    def load(self) -> Sequence[Level]: ...


class Metrics:
    """What Prometheus collects: each process tells of itself."""

    def __init__(self, traffic: Traffic, database: Busy, runs: Runs) -> None:
        self._traffic = traffic
        self._database = database
        self._runs = runs
        self._counts: Mapping[RunStatus, int] = {}
        self._count_again_at = 0.0
        self._counting = asyncio.Lock()

    @operation(access=Access.ADMIN, every_plan=True, media=_MEDIA)
    async def on_get(self, req: Request) -> Raw:
        """Show the metrics of this process, as Prometheus reads them."""
        return await self._written(req)

    async def _written(self, req: Request) -> Raw:
        from app.exposition import write  # it takes time to load

        accepted = req.get_header("Accept", default="")
        return write(
            self._traffic,
            await self._workflows(),
            self._database.load(),
            as_openmetrics=_OPENMETRICS in accepted,
        )

    async def _workflows(self) -> Mapping[RunStatus, int]:
        """Count workflows; without a database there are the other figures, wanted then the most."""
        async with self._counting:
            if monotonic() >= self._count_again_at:
                try:
                    self._counts = await self._runs.counts()
                except DatabaseUnavailable:
                    self._counts = {}
                self._count_again_at = monotonic() + _FRESH
            return self._counts


class PublicMetrics(Metrics):
    """The same, for anybody: ``METRICS_PUBLIC``."""

    @operation(access=Access.ANYONE, media=_MEDIA)
    async def on_get(self, req: Request) -> Raw:
        """Show the metrics of this process, as Prometheus reads them."""
        return await self._written(req)
