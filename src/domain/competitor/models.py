from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from common.clock import utc_now
from common.ids import new_id
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
    user_id: Mapped[str] = mapped_column(ID, ForeignKey("users.id", ondelete="CASCADE"))
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


class ProductStatus(StrEnum):
    ACTIVE = "active"
    REMOVED = "removed"


class CompetitorProduct(Entity, kw_only=True):
    """Something a competitor sells, as it was seen last."""

    __tablename__ = "competitor_products"
    __table_args__ = (
        CheckConstraint("status IN ('active', 'removed')", name="status"),
        UniqueConstraint("competitor_id", "key"),
        Index("ix_competitor_products_user_last_seen", "user_id", "last_seen", "id"),
        Index("ix_competitor_products_user_first_seen", "user_id", "first_seen", "id"),
        Index("ix_competitor_products_user_price", "user_id", "price_amount", "id"),
        Index("ix_competitor_products_user_title", "user_id", "sort_title", "id"),
        Index("ix_competitor_products_user_status", "user_id", "status"),
        Index("ix_competitor_products_competitor_scan", "competitor_id", "seen_in"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True, default_factory=new_id)
    competitor_id: Mapped[str] = mapped_column(ID, ForeignKey("competitors.id", ondelete="CASCADE"))
    user_id: Mapped[str] = mapped_column(ID, ForeignKey("users.id", ondelete="CASCADE"))
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
