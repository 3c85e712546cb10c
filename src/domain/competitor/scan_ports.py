"""What a scan needs of the database."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from domain.competitor.diff import Difference
from domain.competitor.known import KnownProduct
from domain.competitor.models import Competitor
from domain.competitor.ports import (
    CompetitorProductRepository,
    CompetitorRepository,
    ScanRepository,
)
from domain.competitor.reading import Freshness
from domain.identity.ports import UserRepository
from domain.workflow import WorkflowQueue


class PageKept(NamedTuple):
    """A page as it was fetched, with the products on it."""

    url: str
    freshness: Freshness
    keys: Sequence[str]


class ProductCount(NamedTuple):
    """How many products of a competitor are on sale, as far as we know."""

    all: int
    unseen: int
    """How many of them the present scan has not seen."""


class ScanWrites(Protocol):
    """What scans write down, in bulk: some hundred products take a handful of statements."""

    async def known(
        self, competitor_id: str, keys: Collection[str], urls: Collection[str]
    ) -> list[KnownProduct]:
        """Find products by their key, or by their address."""

    async def keep(self, competitor: Competitor, difference: Difference, now: datetime) -> None:
        """Write down what is different, and what was seen."""

    async def freshness(self, competitor_id: str, url: str) -> Freshness | None:
        """Tell the version of a page that was fetched before.

        Nothing, if products on it have come to be known by other keys: then it is read again.
        """

    async def keys_on(self, competitor_id: str, urls: Collection[str]) -> list[str]:
        """Name the products that are on pages that were fetched before."""

    async def keep_pages(self, competitor_id: str, pages: Sequence[PageKept]) -> None: ...

    async def count(self, competitor_id: str, scan_number: int) -> ProductCount: ...

    async def last_completed(self, competitor_id: str, before: int) -> int:
        """Tell the number of the latest scan that was completed before another; 0 without one."""

    async def pages_before(self, competitor_id: str, number: int) -> int:
        """Tell how many pages the latest scan before another has read, of those that read any."""

    async def unseen(self, competitor_id: str, since_scan: int, limit: int) -> list[KnownProduct]:
        """Find some of the products on sale that no scan has seen from that one on."""

    async def remove(self, products: Sequence[KnownProduct], now: datetime) -> None: ...

    async def under_way(self, created_before: datetime, limit: int) -> list[tuple[str, int]]:
        """Name some scans that are queued or running and their turns, the oldest first."""


class ScanTransaction(Protocol):
    @property
    def users(self) -> UserRepository: ...

    @property
    def competitors(self) -> CompetitorRepository: ...

    @property
    def competitor_products(self) -> CompetitorProductRepository: ...

    @property
    def scans(self) -> ScanRepository: ...

    @property
    def scan_writes(self) -> ScanWrites: ...

    @property
    def workflows(self) -> WorkflowQueue: ...
