"""What knowing the competition needs of the database and of the world.

Whoever changes a competitor, its scans or its products locks the competitor first; and before it
its owner's account, where the plan's limits are counted.
"""

from datetime import datetime
from typing import Protocol

from common.pagination import Page, PageRequest
from domain.competitor.listing import ProductFilter, TrackedProduct
from domain.competitor.models import Competitor, CompetitorProduct, Scan
from domain.identity.plan import PlanTier
from domain.identity.ports import UserRepository
from domain.workflow import WorkflowQueue


class CompetitorRepository(Protocol):
    """Where competitors are kept. Those that were deleted are never found."""

    def add(self, competitor: Competitor) -> None: ...

    async def get(self, competitor_id: str, *, lock: bool = False) -> Competitor | None: ...

    async def page(self, user_id: str, request: PageRequest) -> Page[Competitor]:
        """List somebody's competitors, oldest first."""

    async def count_of(self, user_id: str) -> int: ...

    async def older_than(self, competitor: Competitor) -> int:
        """Count those of the same owner that were there before."""

    async def is_later(self, tier: PlanTier, latest: datetime) -> bool:
        """Tell whether any of those who have a plan is to be scanned later than that."""

    async def bring_forward(self, tier: PlanTier, latest: datetime) -> None:
        """Have those scanned at that moment that would be later."""

    async def due(self, now: datetime, limit: int) -> list[str]:
        """Name some that are to be scanned by now, those that wait longest first."""

    async def disown(self, competitor: Competitor) -> None:
        """Delete a competitor: nobody finds it any more, nor what belongs to it."""

    async def disowned(self, limit: int) -> list[str]:
        """Name some that were deleted, while there is still something that belongs to them."""

    async def erase(self, competitor_id: str, most: int) -> bool:
        """Delete so much of what belongs to a deleted one, at last itself; tell if that was all."""


class CompetitorProductRepository(Protocol):
    """Where competitors' products are kept. Those of deleted competitors are never found."""

    def add(self, product: CompetitorProduct) -> None: ...

    async def get(self, product_id: str, *, lock: bool = False) -> CompetitorProduct | None: ...

    async def details(self, user_id: str, product_id: str) -> TrackedProduct | None:
        """Find a product of somebody's competitors, with its whole history."""

    async def page(
        self, user_id: str, which: ProductFilter, request: PageRequest
    ) -> Page[TrackedProduct]:
        """List products of somebody's competitors, with the latest of their history.

        A competitor that ``which`` names has to be theirs.
        """

    async def count_of(self, user_id: str) -> int:
        """Count the products that somebody tracks: those on sale."""


class ScanRepository(Protocol):
    """Where scans are kept."""

    def add(self, scan: Scan) -> None: ...

    async def get(self, scan_id: str, *, lock: bool = False) -> Scan | None: ...

    async def page(self, competitor_id: str, request: PageRequest) -> Page[Scan]:
        """List the scans of a competitor, the latest first."""

    async def under_way(self, competitor_id: str) -> Scan | None:
        """Find the one that is queued or runs: there is one at most."""

    async def next_number(self, competitor_id: str) -> int:
        """Tell how the next scan is numbered."""


class CompetitorTransaction(Protocol):
    """What a unit of work about competitors reaches."""

    @property
    def users(self) -> UserRepository: ...

    @property
    def competitors(self) -> CompetitorRepository: ...

    @property
    def competitor_products(self) -> CompetitorProductRepository: ...

    @property
    def scans(self) -> ScanRepository: ...

    @property
    def workflows(self) -> WorkflowQueue: ...


class Addresses(Protocol):
    """Knows what may be called on behalf of others."""

    def refused_host(self, url: str) -> str | None:
        """Return the host of a URL that is literally an address not to be called."""
