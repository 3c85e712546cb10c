from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from common.clock import utc_now
from common.ids import new_id
from domain.entity import ID, Entity


class SupplierFeed(Entity, kw_only=True):
    """A supplier's list of what they sell, as somebody uploaded it."""

    __tablename__ = "supplier_feeds"
    __table_args__ = (Index(None, "user_id", "created_at"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True, default_factory=new_id)
    user_id: Mapped[str | None] = mapped_column(ID, ForeignKey("users.id", ondelete="SET NULL"))
    """Whose it is. One that was deleted is nobody's, and nobody is shown it, until its offers are
    deleted too, a little at a time."""
    supplier: Mapped[str]
    offers_count: Mapped[int] = mapped_column(default=0)
    is_complete: Mapped[bool] = mapped_column(default=False)
    """Whether all of it has come: what is not is neither shown nor matched."""
    created_at: Mapped[datetime] = mapped_column(default_factory=utc_now)

    def complete(self, offers_count: int) -> None:
        """Show it: all of it has come."""
        self.offers_count, self.is_complete = offers_count, True

    def abandon(self) -> None:
        """Take it away from everybody's sight, to be deleted."""
        self.is_complete = False
        self.user_id = None


class SupplierOffer(Entity, kw_only=True):
    """A row of a supplier's feed."""

    __tablename__ = "supplier_offers"
    __table_args__ = (
        UniqueConstraint("feed_id", "position"),
        Index(None, "user_id", "gtin"),
        Index(None, "user_id", "sku"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True, default_factory=new_id)
    feed_id: Mapped[str] = mapped_column(ID, ForeignKey("supplier_feeds.id", ondelete="CASCADE"))
    user_id: Mapped[str] = mapped_column(ID)
    """The feed's owner, said again for looking offers up by what they are called."""
    position: Mapped[int]
    """Where it stands in the feed, from 0: feeds are read and deleted in this order."""
    title: Mapped[str]
    words: Mapped[str]
    """The title as titles are compared."""
    brand: Mapped[str | None] = mapped_column(default=None)
    gtin: Mapped[str | None] = mapped_column(default=None)
    """In 14 digits; nothing, where what the feed has there cannot be one."""
    sku: Mapped[str | None] = mapped_column(default=None)
    """As SKUs are compared: its letters and digits, in capitals."""
    url: Mapped[str | None] = mapped_column(default=None)
    price_amount: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str]


class Source(Entity, kw_only=True):
    """An offer that may be the same thing as a tracked product."""

    __tablename__ = "sources"
    __table_args__ = (
        UniqueConstraint("product_id", "offer_id"),
        Index(None, "offer_id"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True, default_factory=new_id)
    product_id: Mapped[str] = mapped_column(
        ID, ForeignKey("competitor_products.id", ondelete="CASCADE")
    )
    offer_id: Mapped[str] = mapped_column(ID, ForeignKey("supplier_offers.id", ondelete="CASCADE"))
    confidence_hundredths: Mapped[int]
    """How sure it is that they are the same, in hundredths, 100 for certain."""
    matched_at: Mapped[datetime] = mapped_column(default_factory=utc_now)


class SearchStatus(StrEnum):
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"


class SourceSearch(Entity, kw_only=True):
    """A search for sources of all that somebody tracks."""

    __tablename__ = "source_searches"
    __table_args__ = (
        CheckConstraint("status IN ('running', 'completed', 'failed')", name="status"),
        Index(None, "user_id", "created_at"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True, default_factory=new_id)
    user_id: Mapped[str] = mapped_column(ID, ForeignKey("users.id", ondelete="CASCADE"))
    status: Mapped[str] = mapped_column(default=SearchStatus.RUNNING)
    after_product_id: Mapped[str | None] = mapped_column(ID, default=None)
    """The last product that was searched for: a crash costs one batch."""
    products_count: Mapped[int] = mapped_column(default=0)
    sources_count: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(default=None)
    created_at: Mapped[datetime] = mapped_column(default_factory=utc_now)
    completed_at: Mapped[datetime | None] = mapped_column(default=None)

    @property
    def is_running(self) -> bool:
        return self.status == SearchStatus.RUNNING

    def move(self, product_id: str, products: int, sources: int) -> None:
        """Write down how far it has come."""
        self.after_product_id = product_id
        self.products_count += products
        self.sources_count += sources

    def complete(self, now: datetime) -> None:
        self.status, self.completed_at = SearchStatus.COMPLETED, now

    def fail(self, error: str, now: datetime) -> None:
        self.status, self.error, self.completed_at = SearchStatus.FAILED, error, now
