"""Scanning a store to its end, whatever happens on the way."""

from datetime import timedelta
from typing import Protocol

from common.clock import Clock
from common.errors import Unavailable
from domain.competitor.known import storable
from domain.competitor.reading import Freshness, StoreReader, StoreUnreadable
from domain.competitor.scan_jobs import scan_job
from domain.competitor.scan_ports import ScanTransaction
from domain.competitor.scan_progress import Place, ScanProgress
from domain.database import Database, Unit
from domain.patience import patiently

INTERRUPTED = "The scan was interrupted by a failure on our side."

TURN = timedelta(minutes=10)
"""How long a scan goes on before it stands in line again: large stores keep no others waiting."""
_SURELY_ENQUEUED = timedelta(minutes=1)
_SWEPT_AT_ONCE = 100


class JobStandings(Protocol):
    async def unfinished(self, job_ids: list[str]) -> set[str]:
        """Tell which of these jobs wait or are under way."""


class ScanService[Transaction: ScanTransaction]:
    """Reads stores stretch by stretch, and writes each down before it reads the next.

    How far a scan has come is in the database: it goes on from there after a crash.
    """

    def __init__(
        self,
        database: Database[Transaction],
        reader: StoreReader,
        progress: ScanProgress[Transaction],
        jobs: JobStandings,
        clock: Clock,
    ) -> None:
        self._database = database
        self._reader = reader
        self._progress = progress
        self._jobs = jobs
        self._clock = clock

    async def run(self, scan_id: str, turn: int = 0) -> None:
        """Carry a scan on to its end, complete or failed for a reason that its owner can read.

        What is not at its end after a turn goes on in the next, behind those that wait.
        """
        place = await self._write(lambda tx: self._progress.begin(tx, scan_id, turn))
        over = self._clock() + TURN
        while place:
            if self._clock() >= over:
                await self._stand_in_line(place)
                return
            place = await self._advance(place)

    async def give_up(self, scan_id: str, turn: int = 0) -> bool:
        """Fail a scan that nobody carries on; tell whether it was under way in this turn still."""

        async def unit(tx: Transaction) -> bool:
            place = await self._progress.begin(tx, scan_id, turn)
            if place:
                await self._progress.fail(tx, place, INTERRUPTED)
            return place is not None

        return await self._database.write(unit)

    async def sweep(self) -> int:
        """Give up what says it is under way while its job has ended; tell how many those were.

        A job ends after its scan: only one that broke down, or was canceled, leaves its scan
        behind.
        """
        since = self._clock() - _SURELY_ENQUEUED
        scans = await self._database.read(
            lambda tx: tx.scan_writes.under_way(since, _SWEPT_AT_ONCE)
        )
        if not scans:
            return 0
        jobs = {scan_job(*each).id: each for each in scans}
        unfinished = await self._jobs.unfinished(list(jobs))
        left_behind = [each for job_id, each in jobs.items() if job_id not in unfinished]
        return sum([await self.give_up(*each) for each in left_behind])

    async def _stand_in_line(self, place: Place) -> None:
        await self._write(lambda tx: self._progress.stand_in_line(tx, place))

    async def _advance(self, place: Place) -> Place | None:
        if place.is_read:
            return await self._write(lambda tx: self._progress.remove_missing(tx, place))

        async def remember(url: str) -> Freshness | None:
            if place.is_beyond:
                return None
            try:
                return await self._database.read(
                    lambda tx: tx.scan_writes.freshness(place.competitor_id, url)
                )
            except Unavailable:  # then the page is read as if for the first time
                return None

        try:
            stretch = await self._reader.read(place.url, place.platform, place.cursor, remember)
        except StoreUnreadable as error:
            reason = str(error)
            return await self._write(lambda tx: self._progress.fail(tx, place, reason))
        found = storable(stretch)
        return await self._write(lambda tx: self._progress.write_down(tx, place, found))

    async def _write[T](self, unit: Unit[Transaction, T]) -> T:
        """Write, and wait while the database is away: what was read is not read again for it."""
        return await patiently(lambda: self._database.write(unit))
