from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, MappedAsDataclass, mapped_column, relationship

from common.clock import utc_now
from common.ids import new_id
from domain.entity import ID, Entity
from domain.woocommerce.errors import WooCommerceBusy
from domain.woocommerce.store import Place, StoreOrder

LEASE = timedelta(seconds=30)
"""How long a claim holds if nobody gives it up.

It outlasts our longest wait for an answer and PHP's usual limit for a request: once it has run
out, whatever the store was doing for whoever died is done, and can be found.
"""
MOST_FAILURES_IN_A_ROW = 10
_MOST_FAILURES_TOLD = 100


class Claimable(MappedAsDataclass, kw_only=True):
    """Something that one attempt at a time works on. A claim is known by when it runs out."""

    busy_until: Mapped[datetime | None] = mapped_column(default=None)

    def claim(self, now: datetime) -> None:
        """Keep others out for a while; raises ``WooCommerceBusy``."""
        if self.busy_until and self.busy_until > now:
            raise WooCommerceBusy(retry_after=(self.busy_until - now).seconds + 1)
        self.busy_until = now + LEASE

    def renew(self, claim: datetime | None, now: datetime) -> None:
        """Hold a claim for longer; raises ``WooCommerceBusy`` if somebody has taken over."""
        if self.busy_until != claim:
            raise WooCommerceBusy(retry_after=LEASE.seconds)
        self.busy_until = now + LEASE

    def release(self, claim: datetime | None) -> None:
        """Give a claim up, if it still is ours."""
        if self.busy_until == claim:
            self.busy_until = None


class VariantLink(Entity, kw_only=True):
    """What the store makes of one of our variants, and the stock both sides last agreed on."""

    __tablename__ = "woocommerce_variants"
    __table_args__ = (Index(None, "product_id"),)

    variant_id: Mapped[str] = mapped_column(
        ID, ForeignKey("variants.id", ondelete="CASCADE"), primary_key=True
    )
    product_id: Mapped[str] = mapped_column(
        ID, ForeignKey("woocommerce_products.product_id", ondelete="CASCADE"), init=False
    )
    woo_id: Mapped[int | None] = mapped_column(BigInteger, default=None)
    """The store's variation; none, where the product has just this one variant."""
    picture_url: Mapped[str | None] = mapped_column(default=None)
    picture_id: Mapped[int | None] = mapped_column(BigInteger, default=None)
    agreed_stock: Mapped[int | None] = mapped_column(BigInteger, default=None)
    """What the store's stock would be now, if nobody had touched it there since."""
    told: Mapped[int] = mapped_column(BigInteger, default=0)
    """How much of what our orders took the store's stock accounts for."""
    pushing_stock: Mapped[int | None] = mapped_column(BigInteger, default=None)
    """What we are setting the store's stock to; if it is that, it was us."""
    pushing_told: Mapped[int | None] = mapped_column(BigInteger, default=None)
    pushed_at: Mapped[datetime | None] = mapped_column(default=None)
    """When we last set the store's stock, by the store's clock."""
    synced_at: Mapped[datetime | None] = mapped_column(default=None)

    def agree(self, stock: int, told: int, now: datetime) -> None:
        """Write down what the store's stock is, and how much of our orders that covers."""
        self.agreed_stock, self.told, self.synced_at = stock, told, now
        self.push(None, None)

    def push(self, stock: int | None, told: int | None) -> None:
        """Write down what we are about to set, or that we are not: a crash may come between."""
        self.pushing_stock, self.pushing_told = stock, told

    def settled(self, quantity: int | None) -> tuple[int | None, int]:
        """Tell what was agreed and told, given what the store's stock turns out to be."""
        if quantity is not None and quantity == self.pushing_stock:
            return quantity, self.pushing_told or 0
        return self.agreed_stock, self.told

    def reduced(self, quantity: int, at: datetime | None) -> None:
        """Take note that the store took ``quantity`` from its stock for an order of ours."""
        if self.pushed_at and at and at < self.pushed_at:
            return  # we have set the stock since, to what it should be
        self.told += quantity
        if self.agreed_stock is not None:
            self.agreed_stock -= quantity

    def forget(self) -> None:
        """Drop all that concerns a thing in the store that is no more."""
        self.woo_id = self.picture_url = self.picture_id = None
        self.agreed_stock = self.pushed_at = None
        self.push(None, None)


class ProductLink(Claimable, Entity, kw_only=True):
    """Which product of the store is which of ours. It owns the links of the variants."""

    __tablename__ = "woocommerce_products"
    __table_args__ = (UniqueConstraint("woo_id"),)

    product_id: Mapped[str] = mapped_column(
        ID, ForeignKey("products.id", ondelete="CASCADE"), primary_key=True
    )
    woo_id: Mapped[int | None] = mapped_column(BigInteger, default=None)
    picture_url: Mapped[str | None] = mapped_column(default=None)
    picture_id: Mapped[int | None] = mapped_column(BigInteger, default=None)
    """The store's copy of the picture: naming its address again would make another copy."""
    created_at: Mapped[datetime] = mapped_column(default_factory=utc_now)
    synced_at: Mapped[datetime | None] = mapped_column(default=None)
    variants: Mapped[list[VariantLink]] = relationship(
        init=False,
        lazy="selectin",
        cascade="all, delete-orphan",
        order_by=VariantLink.variant_id,
        passive_deletes=True,
    )

    def __post_init__(self) -> None:
        self.variants = []

    def stand_for(self, woo_id: int) -> None:
        """Link to a product of the store, and forget what was known of any other."""
        if self.woo_id != woo_id:
            self.woo_id = woo_id
            self.picture_url = self.picture_id = None
            for variant in self.variants:
                variant.forget()

    def find(self, variant_id: str) -> VariantLink | None:
        return next((each for each in self.variants if each.variant_id == variant_id), None)

    def part(self, variant_id: str, ordered: int) -> VariantLink:
        """Find a variant's link, made if need be."""
        link = self.find(variant_id)
        if link is None:
            link = VariantLink(variant_id=variant_id, told=ordered)
            self.variants.append(link)
        return link

    def place(self, variant: VariantLink) -> Place | None:
        return None if self.woo_id is None else Place(self.woo_id, variant.woo_id)


class OrderLink(Claimable, Entity, kw_only=True):
    """The store's one order for an order of ours. Without a number it is being placed."""

    __tablename__ = "woocommerce_orders"
    __table_args__ = (UniqueConstraint("woo_id"),)

    order_id: Mapped[str] = mapped_column(
        ID, ForeignKey("orders.id", ondelete="CASCADE"), primary_key=True
    )
    woo_id: Mapped[int | None] = mapped_column(BigInteger, default=None)
    number: Mapped[str] = mapped_column(default="")
    status: Mapped[str] = mapped_column(default="")
    total: Mapped[str] = mapped_column(default="")
    """As the store writes it."""
    currency: Mapped[str] = mapped_column(default="")
    started_at: Mapped[datetime] = mapped_column(default_factory=utc_now)
    placed_at: Mapped[datetime | None] = mapped_column(default=None)

    def placed(self, order: StoreOrder, now: datetime) -> None:
        self.woo_id, self.number, self.status = order.id, order.number, order.status
        self.total, self.currency = order.total, order.currency
        self.placed_at = order.created_at or now
        self.busy_until = None


class SyncStatus(StrEnum):
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    """It was given up: the error says why."""


class CatalogueSync(Entity, kw_only=True):
    """One run through the catalogue, product by product in the order of their ids."""

    __tablename__ = "woocommerce_syncs"
    __table_args__ = (
        CheckConstraint("status IN ('running', 'completed', 'failed')", name="status"),
        Index("uq_woocommerce_syncs_running", "status", unique=True,
              sqlite_where=text("status = 'running'"),
              postgresql_where=text("status = 'running'")),
        Index(None, "started_at"),
    )  # fmt: skip

    id: Mapped[str] = mapped_column(ID, primary_key=True, default_factory=new_id)
    status: Mapped[str] = mapped_column(default=SyncStatus.RUNNING)
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    failed_in_a_row: Mapped[int] = mapped_column(default=0)
    failures: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default_factory=list)
    error: Mapped[str | None] = mapped_column(default=None)
    last_product_id: Mapped[str] = mapped_column(ID, default="")
    """How far it has come."""
    started_at: Mapped[datetime] = mapped_column(default_factory=utc_now)
    moved_at: Mapped[datetime] = mapped_column(default_factory=utc_now)
    finished_at: Mapped[datetime | None] = mapped_column(default=None)

    @property
    def is_running(self) -> bool:
        return self.status == SyncStatus.RUNNING

    def move(self, product_id: str, failure: dict[str, Any] | None, now: datetime) -> None:
        """Go past a product; too many failures in a row end the run."""
        self.last_product_id, self.moved_at = product_id, now
        if failure is None:
            self.done, self.failed_in_a_row = self.done + 1, 0
            return
        self.failed, self.failed_in_a_row = self.failed + 1, self.failed_in_a_row + 1
        if len(self.failures) < _MOST_FAILURES_TOLD:
            self.failures = [*self.failures, failure]
        if self.failed_in_a_row >= MOST_FAILURES_IN_A_ROW:
            self.finish(now, error=f"{self.failed_in_a_row} products failed in a row")

    def finish(self, now: datetime, *, error: str | None = None) -> None:
        self.status = SyncStatus.FAILED if error else SyncStatus.COMPLETED
        self.error, self.moved_at, self.finished_at = error, now, now
