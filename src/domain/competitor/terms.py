"""What of somebody's competitors is scanned by themselves, and how often."""

from datetime import timedelta

from domain.billing.plans import PLANS, PlanTable
from domain.billing.usage import require_within
from domain.competitor.models import Competitor
from domain.competitor.ports import CompetitorTransaction
from domain.identity.caller import Caller
from domain.identity.plan import PlanTier

_PAUSES = {"weekly": timedelta(weeks=1), "daily": timedelta(days=1), "hourly": timedelta(hours=1)}
PAUSES = {tier: _PAUSES[plan.scan_frequency] for tier, plan in PLANS.items()}
"""How long each plan lets pass from one scan to the next."""


class ScanTerms:
    """The terms of the plan that somebody has at this moment, whichever it was before."""

    def __init__(self, plans: PlanTable) -> None:
        self._limits = {tier: limits.max_items for tier, limits in plans.items()}

    def require_room(self, owner: Caller, used: int) -> None:
        """Raise ``PlanLimitExceeded`` unless the plan includes one more competitor."""
        require_within(owner, self._limits, used, "competitors")

    async def require_included(
        self, tx: CompetitorTransaction, owner: Caller, competitor: Competitor
    ) -> None:
        """Raise ``PlanLimitExceeded`` for a competitor that is one too many since a downgrade.

        The oldest are those that the plan includes.
        """
        self.require_room(owner, await tx.competitors.older_than(competitor))

    def pause(self, owner: Caller) -> timedelta:
        """Tell how long to wait for the next scan; administrators have no limits."""
        return PAUSES[PlanTier.ENTERPRISE if owner.is_admin else owner.plan]
