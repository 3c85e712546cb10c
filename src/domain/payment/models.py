from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from common.clock import utc_now
from common.ids import new_id
from common.money import Money
from domain.entity import ID, Entity
from domain.payment.gateway import Charge


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
        Index(None, "order_id"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True, default_factory=new_id)
    order_id: Mapped[str] = mapped_column(ID, ForeignKey("orders.id", ondelete="CASCADE"))
    amount: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str]
    status: Mapped[str] = mapped_column(default=PaymentStatus.STARTED)
    reference: Mapped[str | None] = mapped_column(default=None)
    decline_code: Mapped[str | None] = mapped_column(default=None)
    created_at: Mapped[datetime] = mapped_column(default_factory=utc_now)

    @property
    def sum(self) -> Money:
        return Money(self.amount, self.currency)

    @property
    def open(self) -> bool:
        return self.status == PaymentStatus.STARTED

    def settle(self, charge: Charge) -> None:
        """Write down how the attempt ended."""
        self.status = PaymentStatus.SUCCEEDED if charge.paid else PaymentStatus.DECLINED
        self.reference = charge.reference
        self.decline_code = charge.decline_code
