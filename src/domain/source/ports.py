"""What finding sources needs of the world."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import IO, NamedTuple, Protocol

from common.money import Money
from common.pagination import Page, PageRequest
from domain.identity.ports import UserRepository
from domain.source.matching import Match, Offered, Wanted
from domain.source.models import SourceSearch, SupplierFeed
from domain.source.rows import Row
from domain.workflow import WorkflowQueue


class FeedFormat(StrEnum):
    """How a feed is written."""

    CSV = "csv"
    JSON = "json"
    NDJSON = "ndjson"


class FeedReader(Protocol):
    def read(
        self, file: IO[bytes], written: FeedFormat, *, compressed: bool, currency: str
    ) -> Iterator[Row]:
        """Read a feed row by row; raises ``FeedUnreadable`` at the first one that is wrong."""


class SupplierFeedRepository(Protocol):
    """Where feeds are kept. Only complete ones of somebody's are seen."""

    def add(self, feed: SupplierFeed) -> None: ...

    async def get(self, feed_id: str, *, lock: bool = False) -> SupplierFeed | None: ...

    async def page(self, user_id: str, request: PageRequest) -> Page[SupplierFeed]:
        """List complete feeds, the latest first."""

    async def ids(self, user_id: str) -> Sequence[str]:
        """Name the complete feeds, the latest first."""

    async def extent(self, user_id: str) -> tuple[int, int]:
        """Count feeds, those under way included, and the offers of the complete ones."""

    async def keep(self, feed_id: str, user_id: str, start: int, rows: Sequence[Row]) -> None:
        """Keep rows as offers, from position ``start`` on."""

    async def drop(self, feed_id: str, most: int) -> int:
        """Delete some of a feed's offers with their sources, or at last the feed; tell how many."""

    async def left_over(self, before: datetime) -> str | None:
        """Name a feed that is nobody's, or was begun long ago and never completed."""


class OfferRepository(Protocol):
    """Where the offers of complete feeds are found."""

    async def by_number(
        self, user_id: str, gtins: Sequence[str], skus: Sequence[str], most: int
    ) -> Sequence[Offered]:
        """Find offers by GTIN or SKU."""

    async def stretch(self, feed_id: str, start: int, length: int) -> Sequence[Offered]:
        """List the offers of a feed from a position on."""


class Sourced(NamedTuple):
    """A source, and the offer it is."""

    id: str
    product_id: str
    supplier: str
    title: str
    url: str | None
    price: Money
    confidence: int
    """In hundredths."""
    matched_at: datetime
    product_price: Money | None
    """What the competitor asks now."""

    @property
    def margin_hundredths(self) -> int | None:
        """What selling at the competitor's price would leave, in hundredths of a percent of it."""
        sold = self.product_price
        if sold is None or sold.amount <= 0 or sold.currency != self.price.currency:
            return None
        return _rounded(10_000 * (sold.amount - self.price.amount), sold.amount)


class SourceRepository(Protocol):
    """Where sources are kept, and the tracked products they are of."""

    async def of_product(self, user_id: str, product_id: str) -> list[Sourced] | None:
        """List the sources of a product; nothing, if nobody sells such a product to them."""

    async def wanted(self, user_id: str, product_id: str) -> Wanted | None:
        """Find a product that is tracked for somebody."""

    async def wanted_after(
        self, user_id: str, product_id: str | None, length: int
    ) -> Sequence[Wanted]:
        """List products on sale by their ids, from that one on."""

    async def replace(
        self, user_id: str, found: Mapping[str, Sequence[Match]], now: datetime
    ) -> int:
        """Put what was found in the place of what was found before; tell how many there are now.

        Products and offers that are not there any more are left out.
        """


class SourceSearchRepository(Protocol):
    """Where searches of all that somebody tracks are kept."""

    def add(self, search: SourceSearch) -> None: ...

    async def get(self, search_id: str, *, lock: bool = False) -> SourceSearch | None: ...

    async def running(self, user_id: str) -> SourceSearch | None: ...


class SourceTransaction(Protocol):
    """What a unit of work on sources reaches."""

    @property
    def users(self) -> UserRepository: ...

    @property
    def supplier_feeds(self) -> SupplierFeedRepository: ...

    @property
    def supplier_offers(self) -> OfferRepository: ...

    @property
    def sources(self) -> SourceRepository: ...

    @property
    def source_searches(self) -> SourceSearchRepository: ...

    @property
    def workflows(self) -> WorkflowQueue: ...


def _rounded(dividend: int, divisor: int) -> int:
    """Divide exactly, and round what is between two hundredths to the nearest."""
    return (2 * dividend + divisor) // (2 * divisor)
