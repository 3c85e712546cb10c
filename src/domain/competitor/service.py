from datetime import datetime, timedelta

from common.clock import Clock
from common.pagination import Page, PageRequest
from domain.competitor.endings import FollowUp, end_scan
from domain.competitor.errors import CompetitorNotFound, StoreAddressNotAllowed
from domain.competitor.models import Competitor, CompetitorStatus, Platform
from domain.competitor.ports import Addresses, CompetitorTransaction
from domain.competitor.terms import ScanTerms
from domain.database import Database
from domain.identity.caller import Caller
from domain.identity.errors import AuthenticationRequired
from domain.workflow import Job

FORGET_COMPETITOR = "forget_competitor"
"""The workflow that deletes what belonged to a competitor that was deleted."""

SOON = timedelta(minutes=1)
"""How long a competitor that is new or has changed waits to be scanned by itself."""
_ROWS_AT_ONCE = 500
_OTHER_STORE = "The competitor was changed while it was being scanned."


class CompetitorService:
    """Keeps the stores that somebody keeps an eye on."""

    def __init__(
        self,
        database: Database[CompetitorTransaction],
        addresses: Addresses,
        terms: ScanTerms,
        follow_up: FollowUp,
        clock: Clock,
    ) -> None:
        self._database = database
        self._addresses = addresses
        self._terms = terms
        self._follow_up = follow_up
        self._clock = clock

    async def add(self, caller: Caller, name: str, url: str, platform: Platform) -> Competitor:
        """Keep an eye on a store, if the caller's plan has room for one more."""
        self._check(url)

        async def unit(tx: CompetitorTransaction) -> Competitor:
            owner = await tx.users.get(caller.user_id, lock=True)
            if owner is None:
                raise AuthenticationRequired  # it was deleted a moment ago
            self._terms.require_room(owner.caller, await tx.competitors.count_of(owner.id))
            now = self._clock()
            competitor = Competitor(
                user_id=owner.id,
                name=name,
                url=url,
                platform=platform,
                next_scan_at=now + SOON,
                created_at=now,
                updated_at=now,
            )
            tx.competitors.add(competitor)
            return competitor

        return await self._database.write(unit)

    async def get(self, caller: Caller, competitor_id: str) -> Competitor:
        return await self._database.read(lambda tx: owned(tx, caller, competitor_id))

    async def page(self, caller: Caller, request: PageRequest) -> Page[Competitor]:
        """List the caller's competitors, oldest first."""
        return await self._database.read(lambda tx: tx.competitors.page(caller.user_id, request))

    async def change(
        self,
        caller: Caller,
        competitor_id: str,
        *,
        name: str | None = None,
        url: str | None = None,
        platform: Platform | None = None,
        status: CompetitorStatus | None = None,
    ) -> Competitor:
        """Change what is given. What is known of its products stays, wherever it is from now on."""
        if url is not None:
            self._check(url)

        async def unit(tx: CompetitorTransaction) -> Competitor:
            competitor = await owned(tx, caller, competitor_id, lock=True)
            now = self._clock()
            if competitor.move(url or competitor.url, platform):
                await self._stop(tx, competitor_id, now)
                competitor.plan_scan(now + SOON)
            if status is not None:
                competitor.switch(status, now + SOON)
            competitor.name = name or competitor.name
            competitor.updated_at = now
            return competitor

        return await self._database.write(unit)

    async def delete(self, caller: Caller, competitor_id: str) -> None:
        """Forget a competitor at once; what belongs to it, right away or a little at a time."""

        async def unit(tx: CompetitorTransaction) -> None:
            competitor = await owned(tx, caller, competitor_id, lock=True)
            await tx.competitors.disown(competitor)
            if not await tx.competitors.erase(competitor_id, _ROWS_AT_ONCE):
                await tx.workflows.enqueue(_forgetting(competitor_id))

        await self._database.write(unit)

    async def erase(self, competitor_id: str) -> None:
        """Delete what belonged to a competitor that was deleted; others take turns with us."""
        done = False
        while not done:
            done = await self._database.write(
                lambda tx: tx.competitors.erase(competitor_id, _ROWS_AT_ONCE)
            )

    async def forget_ownerless(self) -> int:
        """Have those erased whose owners' accounts were deleted; tell how many there are."""

        async def unit(tx: CompetitorTransaction) -> int:
            ids = await tx.competitors.disowned(_ROWS_AT_ONCE)
            for each in ids:
                await tx.workflows.enqueue(_forgetting(each))
            return len(ids)

        if not await self._database.read(lambda tx: tx.competitors.disowned(1)):
            return 0
        return await self._database.write(unit)

    async def count_of(self, user_id: str) -> int:
        """Count the competitors of a user."""
        return await self._database.read(lambda tx: tx.competitors.count_of(user_id))

    async def _stop(self, tx: CompetitorTransaction, competitor_id: str, now: datetime) -> None:
        """End the scan under way: it would go on in another store."""
        if scan := await tx.scans.under_way(competitor_id):
            await end_scan(tx, scan, self._follow_up, now, _OTHER_STORE)

    def _check(self, url: str) -> None:
        """Refuse what is plainly private. Names are looked up when they are called."""
        if host := self._addresses.refused_host(url):
            raise StoreAddressNotAllowed(host=host)


async def owned(
    tx: CompetitorTransaction, caller: Caller, competitor_id: str, *, lock: bool = False
) -> Competitor:
    """Find a competitor of the caller's; others' are as good as not there."""
    competitor = await tx.competitors.get(competitor_id, lock=lock)
    if competitor is None or competitor.user_id != caller.user_id:
        raise CompetitorNotFound(competitor_id=competitor_id)
    return competitor


def _forgetting(competitor_id: str) -> Job:
    return Job(FORGET_COMPETITOR, f"forget:{competitor_id}", (competitor_id,))
