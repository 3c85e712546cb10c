from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from common.clock import utc_now
from common.ids import new_id
from common.money import Money
from domain.entity import ID, Entity
from domain.payment.gateway import Charge, Opened, PaymentKind, RefundStatus


class PaymentStatus(StrEnum):
    STARTED = "STARTED"
    """We may have asked for the money; how that ended is not written down yet."""
    SUCCEEDED = "SUCCEEDED"
    DECLINED = "DECLINED"


class Payment(Entity, kw_only=True):
    """One attempt to have an order paid. Its id is the key the gateway knows it by."""

    __tablename__ = "payments"
    __table_args__ = (
        CheckConstraint("status IN ('STARTED', 'SUCCEEDED', 'DECLINED')", name="status"),
        CheckConstraint("kind IN ('CHARGE', 'INTENT', 'SESSION')", name="kind"),
        Index(None, "order_id"),
        Index(None, "reference"),
        Index(None, "charge"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True, default_factory=new_id)
    order_id: Mapped[str] = mapped_column(ID, ForeignKey("orders.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(default=PaymentKind.CHARGE)
    amount: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str]
    status: Mapped[str] = mapped_column(default=PaymentStatus.STARTED)
    terms: Mapped[dict[str, Any]] = mapped_column(JSON, default_factory=dict)
    """How it was asked for: kept, as asking again has to be in the very same words."""
    reference: Mapped[str | None] = mapped_column(default=None)
    """The provider's name for it: of the session, the intent, or the charge."""
    charge: Mapped[str | None] = mapped_column(default=None)
    """The provider's name for the money it took, which is what refunds name."""
    client_secret: Mapped[str | None] = mapped_column(default=None)
    url: Mapped[str | None] = mapped_column(default=None)
    decline_code: Mapped[str | None] = mapped_column(default=None)
    expires_at: Mapped[datetime | None] = mapped_column(default=None)
    created_at: Mapped[datetime] = mapped_column(default_factory=utc_now)

    @property
    def sum(self) -> Money:
        return Money(self.amount, self.currency)

    @property
    def open(self) -> bool:
        return self.status == PaymentStatus.STARTED

    @property
    def paid(self) -> bool:
        return self.status == PaymentStatus.SUCCEEDED

    def opened(self, opened: Opened) -> None:
        """Write down what the shopper needs to pay."""
        self.reference = opened.reference
        self.client_secret = opened.client_secret
        self.url = opened.url

    def settle(self, charge: Charge) -> None:
        """Write down how the attempt ended."""
        self.status = PaymentStatus.SUCCEEDED if charge.paid else PaymentStatus.DECLINED
        self.reference = self.reference or charge.reference
        self.charge = charge.reference if charge.paid else None
        self.decline_code = charge.decline_code


class Refund(Entity, kw_only=True):
    """Money on its way back to the shopper. Its id is the key the gateway knows it by."""

    __tablename__ = "refunds"
    __table_args__ = (
        CheckConstraint("status IN ('PENDING', 'SUCCEEDED', 'FAILED')", name="status"),
        CheckConstraint("amount > 0", name="amount_positive"),
        Index(None, "order_id"),
        Index(None, "payment_id"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True, default_factory=new_id)
    order_id: Mapped[str] = mapped_column(ID, ForeignKey("orders.id", ondelete="CASCADE"))
    payment_id: Mapped[str] = mapped_column(ID, ForeignKey("payments.id", ondelete="CASCADE"))
    amount: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str]
    status: Mapped[str] = mapped_column(default=RefundStatus.PENDING)
    reason: Mapped[str | None] = mapped_column(default=None)
    restock: Mapped[dict[str, int]] = mapped_column(JSON, default_factory=dict)
    """What goes back on the shelves once the money is back: quantities by order item."""
    reference: Mapped[str | None] = mapped_column(default=None)
    failure: Mapped[str | None] = mapped_column(default=None)
    created_at: Mapped[datetime] = mapped_column(default_factory=utc_now)

    @property
    def sum(self) -> Money:
        return Money(self.amount, self.currency)

    @property
    def pending(self) -> bool:
        return self.status == RefundStatus.PENDING
