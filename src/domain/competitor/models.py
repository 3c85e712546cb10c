from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Computed,
    ForeignKey,
    Index,
    Integer,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from common.clock import utc_now
from common.ids import new_id
from common.money import CURRENCIES, exponent_of
from domain.entity import ID, Entity


class Platform(StrEnum):
    """What a store is built on."""

    SHOPIFY = "shopify"
    WOOCOMMERCE = "woocommerce"
    CUSTOM = "custom"
    """Nobody has said: the scanner finds out, and reads any store page by page."""


class CompetitorStatus(StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"
    """It is not scanned by itself."""
    ERROR = "error"
    """The latest scan failed; the next one is tried all the same."""


class Competitor(Entity, kw_only=True):
    """A store that somebody keeps an eye on."""

    __tablename__ = "competitors"
    __table_args__ = (
        CheckConstraint("platform IN ('shopify', 'woocommerce', 'custom')", name="platform"),
        CheckConstraint("status IN ('active', 'paused', 'error')", name="status"),
        Index(None, "user_id", "created_at"),
        Index(None, "next_scan_at"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True, default_factory=new_id)
    user_id: Mapped[str] = mapped_column(
        ID, ForeignKey("users.id", ondelete="SET NULL"), nullable=True
    )
    """Whose it is. One that was deleted is nobody's, and nobody is shown it, until what belongs to
    it is deleted too, a little at a time."""
    name: Mapped[str]
    url: Mapped[str]
    """Where the store begins: scheme, host and path, without a slash at the end."""
    platform: Mapped[str] = mapped_column(default=Platform.CUSTOM)
    detected_platform: Mapped[str | None] = mapped_column(default=None)
    """What the scanner found a ``custom`` store to be built on."""
    status: Mapped[str] = mapped_column(default=CompetitorStatus.ACTIVE)
    product_count: Mapped[int] = mapped_column(default=0)
    """How many of its products are on sale, of those that are tracked."""
    last_scanned: Mapped[datetime | None] = mapped_column(default=None)
    """When the latest scan that succeeded was done."""
    next_scan_at: Mapped[datetime | None] = mapped_column(default=None)
    """When it is to be scanned by itself; never, while it is paused."""
    created_at: Mapped[datetime] = mapped_column(default_factory=utc_now)
    updated_at: Mapped[datetime] = mapped_column(default_factory=utc_now)

    def is_due(self, now: datetime) -> bool:
        """Tell whether it is time that it is scanned by itself."""
        return self.next_scan_at is not None and self.next_scan_at <= now

    @property
    def built_on(self) -> Platform:
        """On which platform it is, as somebody has said or the scanner has found out."""
        return Platform(self.detected_platform or self.platform)

    def move(self, url: str, platform: Platform | None) -> bool:
        """Be at an address, on a platform if one is said, and tell whether either is another."""
        if url == self.url and platform in (None, self.built_on):
            return False
        self.url, self.platform, self.detected_platform = url, platform or self.platform, None
        return True

    def switch(self, status: CompetitorStatus, soon: datetime) -> None:
        """Be scanned by itself no more, or again, from soon on."""
        self.status = status
        self.plan_scan(self.next_scan_at or soon)

    def plan_scan(self, at: datetime) -> None:
        """Be scanned by itself then, unless it is paused."""
        self.next_scan_at = None if self.status == CompetitorStatus.PAUSED else at


class ProductStatus(StrEnum):
    ACTIVE = "active"
    REMOVED = "removed"


_ORDERS = {
    "last_seen": "last_seen",
    "first_seen": "first_seen",
    "price": "sort_price",
    "title": "sort_title",
}
"""What lists are sorted by. The index tells the page and the status: no row is read in vain."""
_WITHOUT_CENTS = sorted(each for each in CURRENCIES if exponent_of(each) == 0)
_IN_THOUSANDTHS = sorted(each for each in CURRENCIES if exponent_of(each) == 3)
_MAJOR = (
    f"price_amount / CASE WHEN currency IN {tuple(_WITHOUT_CENTS)} THEN 1.0"
    f" WHEN currency IN {tuple(_IN_THOUSANDTHS)} THEN 1000.0 ELSE 100.0 END"
)


class CompetitorProduct(Entity, kw_only=True):
    """Something a competitor sells, as it was seen last."""

    __tablename__ = "competitor_products"
    __table_args__ = (
        CheckConstraint("status IN ('active', 'removed')", name="status"),
        UniqueConstraint("competitor_id", "key"),
        *(
            Index(f"ix_competitor_products_{whose}_{order}", f"{whose}_id", column, "id", "status")
            for whose in ("user", "competitor")
            for order, column in _ORDERS.items()
        ),
        Index("ix_competitor_products_competitor_scan", "competitor_id", "status", "seen_in"),
        Index("ix_competitor_products_competitor_url", "competitor_id", "url"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True, default_factory=new_id)
    competitor_id: Mapped[str] = mapped_column(ID, ForeignKey("competitors.id", ondelete="CASCADE"))
    user_id: Mapped[str] = mapped_column(ID)
    """The competitor's owner, said again for lists across competitors."""
    key: Mapped[str]
    """What it is known by from one scan to the next: the platform's id, or the canonical URL."""
    title: Mapped[str]
    sort_title: Mapped[str]
    """The title in lower case, and its beginning only."""
    url: Mapped[str]
    image_url: Mapped[str | None] = mapped_column(default=None)
    price_amount: Mapped[int | None] = mapped_column(BigInteger, default=None)
    currency: Mapped[str | None] = mapped_column(default=None)
    sort_price: Mapped[float | None] = mapped_column(
        Computed(_MAJOR, persisted=True), init=False, repr=False
    )
    """About the price in major units, whatever the currency: good for sorting, and no more. The
    database works it out."""
    in_stock: Mapped[bool] = mapped_column(default=True)
    brand: Mapped[str | None] = mapped_column(default=None)
    gtin: Mapped[str | None] = mapped_column(default=None)
    sku: Mapped[str | None] = mapped_column(default=None)
    status: Mapped[str] = mapped_column(default=ProductStatus.ACTIVE)
    seen_in: Mapped[int] = mapped_column(default=0)
    """The number of the scan that saw it last."""
    first_seen: Mapped[datetime]
    last_seen: Mapped[datetime]
    created_at: Mapped[datetime] = mapped_column(default_factory=utc_now)
    updated_at: Mapped[datetime] = mapped_column(default_factory=utc_now)


class PricePoint(Entity, kw_only=True):
    """A price from one moment until the next point; the first is that of the first sight."""

    __tablename__ = "price_points"
    __table_args__ = (Index(None, "product_id", "number"),)

    number: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"),
        primary_key=True,
        autoincrement=True,
        init=False,
    )
    product_id: Mapped[str] = mapped_column(
        ID, ForeignKey("competitor_products.id", ondelete="CASCADE")
    )
    at: Mapped[datetime]
    price_amount: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str]


class ScanStatus(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"


class Scan(Entity, kw_only=True):
    """One reading of a competitor's whole store, page by page."""

    __tablename__ = "scans"
    __table_args__ = (
        CheckConstraint("status IN ('queued', 'running', 'completed', 'failed')", name="status"),
        UniqueConstraint("competitor_id", "number"),
        Index(None, "competitor_id", "created_at"),
        Index(
            "ix_scans_under_way",
            "competitor_id",
            unique=True,
            sqlite_where=text("status IN ('queued', 'running')"),
            postgresql_where=text("status IN ('queued', 'running')"),
        ),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True, default_factory=new_id)
    competitor_id: Mapped[str] = mapped_column(ID, ForeignKey("competitors.id", ondelete="CASCADE"))
    number: Mapped[int]
    """Counts the scans of a competitor, from 1."""
    status: Mapped[str] = mapped_column(default=ScanStatus.QUEUED)
    cursor: Mapped[dict[str, Any] | None] = mapped_column(JSON, default=None)
    """Where reading goes on, in the scanner's own words; nothing, before it has begun."""
    pages_read: Mapped[int] = mapped_column(default=0)
    turn: Mapped[int] = mapped_column(default=0)
    """How often it has stood in line again, so that others got their turn."""
    products_seen: Mapped[int] = mapped_column(default=0)
    products_skipped: Mapped[int] = mapped_column(default=0)
    """New ones that the owner's plan has no room for."""
    new_products_count: Mapped[int] = mapped_column(default=0)
    removed_products_count: Mapped[int] = mapped_column(default=0)
    price_changes_count: Mapped[int] = mapped_column(default=0)
    reappeared_products_count: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(default=None)
    """Why it failed, for the owner to read."""
    created_at: Mapped[datetime] = mapped_column(default_factory=utc_now)
    started_at: Mapped[datetime | None] = mapped_column(default=None)
    scanned_at: Mapped[datetime | None] = mapped_column(default=None)
    """When it was done, or failed."""

    @property
    def is_under_way(self) -> bool:
        return self.status in (ScanStatus.QUEUED, ScanStatus.RUNNING)

    @property
    def seconds(self) -> float | None:
        """How long it took, once it is over."""
        if self.started_at is None or self.scanned_at is None:
            return None
        return (self.scanned_at - self.started_at).total_seconds()

    def begin(self, now: datetime) -> None:
        """Run from now on, or again after a crash."""
        self.status = ScanStatus.RUNNING
        self.started_at = self.started_at or now

    def end(self, now: datetime, error: str | None = None) -> None:
        """Be done, or fail for a reason."""
        self.status = ScanStatus.FAILED if error else ScanStatus.COMPLETED
        self.error = error
        self.scanned_at = now


class ScannedPage(Entity, kw_only=True):
    """A page as it was fetched last: one that has not changed since need not be read again."""

    __tablename__ = "scanned_pages"
    __table_args__ = (UniqueConstraint("competitor_id", "url"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True, default_factory=new_id)
    competitor_id: Mapped[str] = mapped_column(ID, ForeignKey("competitors.id", ondelete="CASCADE"))
    url: Mapped[str]
    etag: Mapped[str | None] = mapped_column(default=None)
    last_modified: Mapped[str | None] = mapped_column(default=None)
    keys: Mapped[list[str]] = mapped_column(JSON)
    """The products that are on it."""
