from datetime import timedelta

from common.clock import Clock
from common.errors import DomainError
from common.logging import log
from domain.billing.errors import PlanLimitExceeded
from domain.competitor.ports import CompetitorTransaction
from domain.competitor.scans import enqueue_scan
from domain.competitor.terms import PAUSES, ScanTerms
from domain.database import Database
from domain.identity.plan import PlanTier

_AT_ONCE = 500


class ScanSchedule:
    """Has competitors scanned by themselves, as often as their owner's plan says."""

    def __init__(
        self, database: Database[CompetitorTransaction], terms: ScanTerms, clock: Clock
    ) -> None:
        self._database = database
        self._terms = terms
        self._clock = clock

    async def start_due(self) -> int:
        """Have all scanned whose time has come, or some of them; tell how many scans that makes.

        Each is a transaction of its own: one that fails is due again the next time.
        """
        for tier, pause in PAUSES.items():
            await self._keep_up(tier, pause)
        now = self._clock()
        started = 0
        for competitor_id in await self._database.read(
            lambda tx: tx.competitors.due(now, _AT_ONCE)
        ):
            try:
                started += await self._start(competitor_id)
            except DomainError as error:
                log.warning("The scan of competitor {} is put off: {}", competitor_id, error)
        return started

    async def _keep_up(self, tier: PlanTier, pause: timedelta) -> None:
        """Let nobody wait longer than their plan says: they may have had a smaller one before."""
        latest = self._clock() + pause
        if await self._database.read(lambda tx: tx.competitors.is_later(tier, latest)):
            await self._database.write(lambda tx: tx.competitors.bring_forward(tier, latest))

    async def _start(self, competitor_id: str) -> bool:
        async def unit(tx: CompetitorTransaction) -> bool:
            competitor = await tx.competitors.get(competitor_id, lock=True)
            now = self._clock()
            if competitor is None or not competitor.is_due(now):
                return False
            owner = await tx.users.get(competitor.user_id)
            if owner is None:
                return False
            competitor.plan_scan(now + self._terms.pause(owner.caller))
            if not owner.is_active or await tx.scans.under_way(competitor_id):
                return False
            try:
                await self._terms.require_included(tx, owner.caller, competitor)
            except PlanLimitExceeded:
                return False
            await enqueue_scan(tx, competitor, now)
            return True

        return await self._database.write(unit)
