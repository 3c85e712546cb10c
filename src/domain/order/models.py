from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from common.clock import utc_now
from common.ids import new_id, new_order_number
from common.money import Money
from domain.announcement import Announcing
from domain.catalog.details import Offer
from domain.entity import ID, Entity
from domain.order.errors import OrderSettled, WrongStatus


class OrderStatus(StrEnum):
    PENDING = "PENDING"
    PAID = "PAID"
    FULFILLED = "FULFILLED"
    REFUNDED = "REFUNDED"
    FAILED = "FAILED"
    CANCELED = "CANCELED"


_FOLLOWS = {
    OrderStatus.PENDING: {OrderStatus.PAID, OrderStatus.FAILED, OrderStatus.CANCELED},
    OrderStatus.PAID: {OrderStatus.FULFILLED, OrderStatus.REFUNDED},
    OrderStatus.FULFILLED: {OrderStatus.REFUNDED},
}


class OrderItem(Entity, kw_only=True):
    """A line of an order: what was bought, as it was then. It outlives the product."""

    __tablename__ = "order_items"
    __table_args__ = (
        CheckConstraint("quantity >= 1", name="quantity_positive"),
        Index(None, "order_id"),
        Index(None, "product_id"),
        Index(None, "variant_id"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True, default_factory=new_id)
    order_id: Mapped[str] = mapped_column(
        ID, ForeignKey("orders.id", ondelete="CASCADE"), init=False
    )
    position: Mapped[int]
    product_id: Mapped[str | None] = mapped_column(
        ID, ForeignKey("products.id", ondelete="SET NULL")
    )
    variant_id: Mapped[str | None] = mapped_column(
        ID, ForeignKey("variants.id", ondelete="SET NULL")
    )
    title_snapshot: Mapped[str]
    price_snapshot: Mapped[int] = mapped_column(BigInteger)
    quantity: Mapped[int]
    image_url: Mapped[str | None] = mapped_column(default=None)
    restocked: Mapped[int] = mapped_column(default=0)
    """How many of them were put back on the shelves after a refund."""

    def told(self, currency: str) -> dict[str, Any]:
        """Show the line to another system."""
        price = Money(self.price_snapshot, currency)
        return {
            "id": self.id,
            "product_id": self.product_id,
            "variant_id": self.variant_id,
            "title": self.title_snapshot,
            "quantity": self.quantity,
            **price.told("price"),
            **(price * self.quantity).told("total"),
        }


class Order(Announcing, Entity, kw_only=True):
    """Something a user has bought or is about to pay for. While PENDING it holds its stock."""

    __tablename__ = "orders"
    __table_args__ = (
        CheckConstraint(
            "status IN ('PENDING', 'PAID', 'FULFILLED', 'REFUNDED', 'FAILED', 'CANCELED')",
            name="status",
        ),
        CheckConstraint("total_amount >= 0", name="total_not_negative"),
        UniqueConstraint("user_id", "checkout_key"),
        Index(None, "user_id", "created_at"),
        Index(None, "status", "expires_at"),
        Index(None, "cart_id"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True, default_factory=new_id)
    order_number: Mapped[str] = mapped_column(unique=True, default_factory=new_order_number)
    user_id: Mapped[str] = mapped_column(ID, ForeignKey("users.id"))
    status: Mapped[str] = mapped_column(default=OrderStatus.PENDING)
    currency: Mapped[str]
    subtotal_amount: Mapped[int] = mapped_column(BigInteger, default=0)
    tax_amount: Mapped[int] = mapped_column(BigInteger, default=0)
    shipping_amount: Mapped[int] = mapped_column(BigInteger, default=0)
    total_amount: Mapped[int] = mapped_column(BigInteger, default=0)
    refunded_amount: Mapped[int] = mapped_column(BigInteger, default=0)
    shipping_address: Mapped[dict[str, Any] | None] = mapped_column(JSON, default=None)
    cart_id: Mapped[str | None] = mapped_column(ID, default=None)
    """The cart it was made from; the cart itself is gone once the order is paid."""
    checkout_key: Mapped[str | None] = mapped_column(default=None)
    """The idempotency key it was asked for with."""
    expires_at: Mapped[datetime | None] = mapped_column(default=None)
    """When a PENDING order gives its stock back; never, for one an administrator made."""
    created_at: Mapped[datetime] = mapped_column(default_factory=utc_now)
    updated_at: Mapped[datetime] = mapped_column(default_factory=utc_now)
    paid_at: Mapped[datetime | None] = mapped_column(default=None)
    items: Mapped[list[OrderItem]] = relationship(
        init=False,
        lazy="selectin",
        cascade="all, delete-orphan",
        order_by=OrderItem.position,
        passive_deletes=True,
    )

    def __post_init__(self) -> None:
        self.items = []
        self.announce("order.created")

    def add_line(self, offer: Offer, quantity: int) -> None:
        """Put a line on an order that is being written."""
        self.items.append(
            OrderItem(
                position=len(self.items),
                product_id=offer.product_id,
                variant_id=offer.variant_id,
                title_snapshot=offer.title,
                price_snapshot=offer.price.amount,
                quantity=quantity,
                image_url=offer.image_url,
            )
        )
        self.subtotal_amount += offer.price.amount * quantity
        self._add_up()

    def charge(self, tax: int, shipping: int) -> None:
        """Add to an order that is being written what its goods cost more."""
        self.tax_amount, self.shipping_amount = tax, shipping
        self._add_up()

    def _add_up(self) -> None:
        self.total_amount = self.subtotal_amount + self.tax_amount + self.shipping_amount

    @property
    def subtotal(self) -> Money:
        return Money(self.subtotal_amount, self.currency)

    @property
    def total(self) -> Money:
        return Money(self.total_amount, self.currency)

    @property
    def is_pending(self) -> bool:
        return self.status == OrderStatus.PENDING

    @property
    def is_settled(self) -> bool:
        """Whether money has been taken for it, and it must be kept as it is."""
        return self.status in (OrderStatus.PAID, OrderStatus.FULFILLED, OrderStatus.REFUNDED)

    def become(self, wanted: OrderStatus, now: datetime) -> None:
        """Move on to a status that can follow the present one; raises ``WrongStatus``."""
        if wanted not in _FOLLOWS.get(OrderStatus(self.status), ()):
            raise WrongStatus(status=self.status, wanted=wanted)
        self.status = wanted
        self.updated_at = now
        if wanted is OrderStatus.PAID:
            self.paid_at = now
        self.announce(f"order.{wanted.lower()}")

    def reopen(self, now: datetime) -> None:
        """Take back that it was given up: its money came after all, and its stock was there."""
        self.status = OrderStatus.PENDING
        self.updated_at = now
        self.announce("order.reopened")

    def refund(self, amount: int, now: datetime) -> None:
        """Count money that went back; once all of it did, the order is REFUNDED."""
        self.refunded_amount += amount
        self.updated_at = now
        if self.refunded_amount < self.total_amount:
            self.announce("order.partially_refunded")
        elif self.is_settled:
            self.become(OrderStatus.REFUNDED, now)
        else:  # it was paid too late, and given up before
            self.announce("order.refunded")

    def reprice(self, total_amount: int, now: datetime) -> None:
        """Ask for another total than the lines add up to, while nothing has been paid."""
        if not self.is_pending:
            raise OrderSettled(status=self.status)
        self.total_amount = total_amount
        self.updated_at = now

    def vanish(self) -> None:
        """Say that it is being deleted, as nobody paid for it."""
        self.announce("order.deleted")

    def quantities(self) -> Mapping[str, int]:
        """How much of each variant it holds, by variant id, in the order stock is locked in."""
        held: dict[str, int] = {}
        for item in self.items:
            if item.variant_id:
                held[item.variant_id] = held.get(item.variant_id, 0) + item.quantity
        return dict(sorted(held.items()))

    def told(self) -> dict[str, Any]:
        """Show the order to another system: who bought by id only, and not where it goes."""
        sums = {
            "subtotal": self.subtotal_amount,
            "tax": self.tax_amount,
            "shipping": self.shipping_amount,
            "total": self.total_amount,
            "refunded": self.refunded_amount,
        }
        shown: dict[str, Any] = {
            "id": self.id,
            "order_number": self.order_number,
            "user_id": self.user_id,
            "status": self.status,
            "currency": self.currency,
            "items": [item.told(self.currency) for item in self.items],
            "created_at": self.created_at,
            "updated_at": self.updated_at,
            "paid_at": self.paid_at,
        }
        for name, amount in sums.items():
            shown |= Money(amount, self.currency).told(name)
        return shown
