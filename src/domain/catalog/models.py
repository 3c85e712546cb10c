from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from common.clock import utc_now
from common.ids import new_id
from domain.entity import ID, Entity

MAX_STOCK = 1_000_000_000
MAX_PRICE = 100_000_000_000
"""In minor units. A full cart of the dearest things still fits 64 bits."""


class Variant(Entity, kw_only=True):
    """One buyable form of a product. The first one, at position 0, is the default.

    ``stock`` is not set through the entity once it is stored: it moves by guarded updates.
    """

    __tablename__ = "variants"
    __table_args__ = (
        CheckConstraint("stock >= 0", name="stock_not_negative"),
        CheckConstraint("price_amount >= 0", name="price_not_negative"),
        UniqueConstraint("product_id", "position"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True, default_factory=new_id)
    product_id: Mapped[str] = mapped_column(
        ID, ForeignKey("products.id", ondelete="CASCADE"), init=False
    )
    position: Mapped[int] = mapped_column(default=0)
    title: Mapped[str] = mapped_column(default="Default")
    sku: Mapped[str | None] = mapped_column(unique=True, default=None)
    price_amount: Mapped[int] = mapped_column(BigInteger)
    stock: Mapped[int] = mapped_column(BigInteger, default=0)
    stock_changed_at: Mapped[datetime | None] = mapped_column(default=None)
    """When stock last moved; None, if it is as it was at first."""
    ordered: Mapped[int] = mapped_column(BigInteger, default=0)
    """How much of it orders hold or have sold, beyond what they gave back."""
    image_url: Mapped[str | None] = mapped_column(default=None)
    attributes: Mapped[dict[str, Any]] = mapped_column("metadata", JSON, default_factory=dict)


class Product(Entity, kw_only=True):
    """Something the shop sells, in one or more variants, all priced in one currency."""

    __tablename__ = "products"
    __table_args__ = (
        Index("ix_products_for_sale", "created_at", "id", sqlite_where=text("is_active = 1"),
              postgresql_where=text("is_active")),
        Index(None, "series"),
        Index(None, "author"),
    )  # fmt: skip

    id: Mapped[str] = mapped_column(ID, primary_key=True, default_factory=new_id)
    title: Mapped[str]
    author: Mapped[str | None] = mapped_column(default=None)
    series: Mapped[str | None] = mapped_column(default=None)
    description: Mapped[str | None] = mapped_column(default=None)
    currency: Mapped[str]
    is_active: Mapped[bool] = mapped_column(default=True)
    image_url: Mapped[str | None] = mapped_column(default=None)
    attributes: Mapped[dict[str, Any]] = mapped_column("metadata", JSON, default_factory=dict)
    created_at: Mapped[datetime] = mapped_column(default_factory=utc_now)
    updated_at: Mapped[datetime] = mapped_column(default_factory=utc_now)
    variants: Mapped[list[Variant]] = relationship(
        init=False,
        lazy="selectin",
        cascade="all, delete-orphan",
        order_by=Variant.position,
        passive_deletes=True,
    )

    def __post_init__(self) -> None:
        self.variants = []

    @property
    def default_variant(self) -> Variant:
        return self.variants[0]

    def offer(self, variant: Variant) -> None:
        """Sell one more variant, behind those already there."""
        variant.position = len(self.variants)
        self.variants.append(variant)

    def revise(self, changes: Mapping[str, Any], now: datetime) -> None:
        """Change what is described. A price is that of the default variant."""
        for name, value in changes.items():
            setattr(self.default_variant if name == "price_amount" else self, name, value)
        self.updated_at = now

    def withdraw(self, now: datetime) -> None:
        """Take the product off the shelves; orders keep showing it."""
        self.is_active = False
        self.updated_at = now
