"""What reads the stores of competitors, and what it sets off."""

from collections.abc import Callable
from functools import cache

from app.plans import plans_of
from app.settings import Settings
from common.clock import Clock
from domain.alert.digest import digest_job
from domain.alert.evaluation import AlertEvaluation
from domain.competitor.models import Platform
from domain.competitor.reading import Cursor, Remember, StoreReader, Stretch
from domain.competitor.scan_progress import ScanProgress
from domain.competitor.scanning import ScanService
from infrastructure.databases.db import SqlDatabase
from infrastructure.databases.transaction import SqlTransaction
from infrastructure.http import Outbound
from infrastructure.workflows.runs import DbosRuns

type Scans = ScanService[SqlTransaction]


def scans(
    settings: Settings, database: SqlDatabase, outbound: Outbound, runs: DbosRuns, clock: Clock
) -> Scans:
    """Join the reader of stores with whoever hears of what has changed there."""
    reader = _LateReader(lambda: _scanner(settings, outbound))
    progress = ScanProgress[SqlTransaction](
        plans_of(settings), AlertEvaluation(clock), digest_job, clock
    )
    return ScanService(database, reader, progress, runs, clock)


class _LateReader:
    """Loads what reading takes with the first store: many a process never reads one."""

    def __init__(self, load: Callable[[], StoreReader]) -> None:
        self._load = cache(load)

    async def read(
        self, url: str, platform: Platform, cursor: Cursor | None, remember: Remember
    ) -> Stretch:
        return await self._load().read(url, platform, cursor, remember)


def _scanner(settings: Settings, outbound: Outbound) -> StoreReader:
    from infrastructure.scanner.fetching import Fetcher
    from infrastructure.scanner.scanner import Scanner
    from infrastructure.scanner.site import SiteReader

    fetcher = Fetcher(outbound, rate=settings.scan_rate_per_second, home=settings.public_url)
    return Scanner(fetcher, SiteReader(fetcher))
