"""What reads the stores of competitors, and what it sets off."""

from app.plans import plans_of
from app.settings import Settings
from common.clock import Clock
from domain.alert.digest import ALERT_DIGEST
from domain.alert.evaluation import AlertEvaluation
from domain.competitor.scan_progress import ScanProgress
from domain.competitor.scanning import ScanService
from domain.workflow import Job
from infrastructure.databases.db import SqlDatabase
from infrastructure.databases.transaction import SqlTransaction
from infrastructure.http import Outbound
from infrastructure.scanner.fetching import Fetcher
from infrastructure.scanner.scanner import Scanner
from infrastructure.scanner.site import SiteReader
from infrastructure.workflows.runs import DbosRuns

type Scans = ScanService[SqlTransaction]


def scans(
    settings: Settings, database: SqlDatabase, outbound: Outbound, runs: DbosRuns, clock: Clock
) -> Scans:
    """Join the reader of stores with whoever hears of what has changed there."""
    fetcher = Fetcher(outbound, rate=settings.scan_rate_per_second, home=settings.public_url)
    progress = ScanProgress[SqlTransaction](
        plans_of(settings), AlertEvaluation(clock), _digest, clock
    )
    return ScanService(database, Scanner(fetcher, SiteReader(fetcher)), progress, runs, clock)


def _digest(scan_id: str) -> Job:
    """Mail what a scan has set off, once it is over, however it ended."""
    return Job(ALERT_DIGEST, f"alert-digest:{scan_id}", (scan_id,))
