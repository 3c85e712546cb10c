from datetime import datetime

from common.clock import Clock
from common.pagination import Page, PageRequest
from domain.competitor.errors import CompetitorNotFound, ScanNotFound, ScanUnderWay
from domain.competitor.models import Competitor, Scan
from domain.competitor.ports import CompetitorTransaction
from domain.competitor.scan_jobs import scan_job
from domain.competitor.service import owned
from domain.competitor.terms import ScanTerms
from domain.database import Database
from domain.identity.caller import Caller


class ScanRequestService:
    """Has competitors scanned when their owners ask, and tells what came of it."""

    def __init__(
        self, database: Database[CompetitorTransaction], terms: ScanTerms, clock: Clock
    ) -> None:
        self._database = database
        self._terms = terms
        self._clock = clock

    async def start(self, caller: Caller, competitor_id: str) -> Scan:
        """Have a competitor scanned now; by itself it is the next time a whole pause later."""

        async def unit(tx: CompetitorTransaction) -> Scan:
            competitor = await owned(tx, caller, competitor_id, lock=True)
            owner = await tx.users.get(caller.user_id)
            if owner is None:
                raise CompetitorNotFound(competitor_id=competitor_id)
            await self._terms.require_included(tx, owner.caller, competitor)
            if running := await tx.scans.under_way(competitor_id):
                raise ScanUnderWay(scan_id=running.id)
            now = self._clock()
            competitor.plan_scan(now + self._terms.pause(owner.caller))
            return await enqueue_scan(tx, competitor, now)

        return await self._database.write(unit)

    async def get(self, caller: Caller, competitor_id: str, scan_id: str) -> Scan:
        """Return a scan, as far as it has come."""

        async def unit(tx: CompetitorTransaction) -> Scan:
            await owned(tx, caller, competitor_id)
            scan = await tx.scans.get(scan_id)
            if scan is None or scan.competitor_id != competitor_id:
                raise ScanNotFound(scan_id=scan_id)
            return scan

        return await self._database.read(unit)

    async def page(self, caller: Caller, competitor_id: str, request: PageRequest) -> Page[Scan]:
        """List the scans of a competitor, the latest first."""

        async def unit(tx: CompetitorTransaction) -> Page[Scan]:
            await owned(tx, caller, competitor_id)
            return await tx.scans.page(competitor_id, request)

        return await self._database.read(unit)


async def enqueue_scan(tx: CompetitorTransaction, competitor: Competitor, now: datetime) -> Scan:
    """Have a competitor scanned; it has to be locked, and no other scan of it under way."""
    number = await tx.scans.next_number(competitor.id)
    scan = Scan(competitor_id=competitor.id, number=number, created_at=now)
    tx.scans.add(scan)
    await tx.workflows.enqueue(scan_job(scan.id))
    return scan
