from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from common.clock import utc_now
from common.ids import new_id
from common.money import Money
from domain.alert.errors import ThresholdOutOfReach
from domain.entity import ID, Entity


class AlertType(StrEnum):
    PRICE_DROP = "price_drop"
    PRICE_INCREASE = "price_increase"
    NEW_PRODUCT = "new_product"
    OUT_OF_STOCK = "out_of_stock"
    BACK_IN_STOCK = "back_in_stock"

    @property
    def is_about_price(self) -> bool:
        """Whether it takes notice of a threshold: other changes are no matter of more or less."""
        return self in (AlertType.PRICE_DROP, AlertType.PRICE_INCREASE)

    @property
    def largest_threshold(self) -> int:
        """In hundredths of a percent: nothing falls below 0."""
        return 100_00 if self == AlertType.PRICE_DROP else 1000_00


_TYPES = "'price_drop', 'price_increase', 'new_product', 'out_of_stock', 'back_in_stock'"


class Alert(Entity, kw_only=True):
    """A kind of change somebody wants to be told of: of a product, of a competitor, or of all."""

    __tablename__ = "alerts"
    __table_args__ = (
        CheckConstraint(f"alert_type IN ({_TYPES})", name="alert_type"),
        Index(None, "user_id", "created_at"),
        Index(None, "competitor_id"),
        Index(None, "product_id"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True, default_factory=new_id)
    user_id: Mapped[str] = mapped_column(ID, ForeignKey("users.id", ondelete="CASCADE"))
    alert_type: Mapped[str]
    threshold_hundredths: Mapped[int] = mapped_column(default=0)
    """From how large a change of the price on, in hundredths of a percent."""
    competitor_id: Mapped[str | None] = mapped_column(
        ID, ForeignKey("competitors.id", ondelete="CASCADE"), default=None
    )
    """Whose products; where it is about one product, the competitor that sells it."""
    product_id: Mapped[str | None] = mapped_column(
        ID, ForeignKey("competitor_products.id", ondelete="CASCADE"), default=None
    )
    is_active: Mapped[bool] = mapped_column(default=True)
    last_triggered_at: Mapped[datetime | None] = mapped_column(default=None)
    created_at: Mapped[datetime] = mapped_column(default_factory=utc_now)
    updated_at: Mapped[datetime] = mapped_column(default_factory=utc_now)

    @property
    def threshold(self) -> Decimal:
        """The same in percent."""
        return Decimal(self.threshold_hundredths) / 100

    def watch_for(self, alert_type: AlertType, threshold: int | None) -> None:
        """Change what it is for; without another threshold it goes on with the one it has."""
        largest = alert_type.largest_threshold
        chosen = self.threshold_hundredths if threshold is None else threshold
        if chosen > largest:
            raise ThresholdOutOfReach(alert_type=alert_type, largest=largest // 100)
        self.alert_type, self.threshold_hundredths = alert_type, chosen


class AlertEvent(Entity, kw_only=True):
    """A change that somebody wanted to be told of, as it was then."""

    __tablename__ = "alert_events"
    __table_args__ = (
        CheckConstraint(f"alert_type IN ({_TYPES})", name="alert_type"),
        UniqueConstraint("alert_id", "scan_id", "product_id"),
        Index(None, "alert_id", "created_at"),
        Index(None, "product_id"),
        Index(None, "scan_id"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True, default_factory=new_id)
    alert_id: Mapped[str] = mapped_column(ID, ForeignKey("alerts.id", ondelete="CASCADE"))
    scan_id: Mapped[str] = mapped_column(ID, ForeignKey("scans.id", ondelete="CASCADE"))
    product_id: Mapped[str] = mapped_column(
        ID, ForeignKey("competitor_products.id", ondelete="CASCADE")
    )
    alert_type: Mapped[str]
    product_title: Mapped[str]
    product_url: Mapped[str]
    competitor_name: Mapped[str]
    old_price_amount: Mapped[int | None] = mapped_column(BigInteger, default=None)
    new_price_amount: Mapped[int | None] = mapped_column(BigInteger, default=None)
    currency: Mapped[str | None] = mapped_column(default=None)
    change_hundredths: Mapped[int | None] = mapped_column(BigInteger, default=None)
    """By how much the price changed, in hundredths of a percent of the old one; below 0 it fell."""
    created_at: Mapped[datetime] = mapped_column(default_factory=utc_now)

    @property
    def old_price(self) -> Money | None:
        return _money(self.old_price_amount, self.currency)

    @property
    def new_price(self) -> Money | None:
        return _money(self.new_price_amount, self.currency)

    @property
    def change_percent(self) -> Decimal | None:
        return in_percent(self.change_hundredths)

    def told(self) -> dict[str, Any]:
        """Show it to another system."""
        old, new = self.old_price, self.new_price
        return {
            "id": self.id,
            "alert_id": self.alert_id,
            "product_id": self.product_id,
            "product_title": self.product_title,
            "product_url": self.product_url,
            "old_price": old and old.major,
            "old_price_cents": self.old_price_amount,
            "new_price": new and new.major,
            "new_price_cents": self.new_price_amount,
            "currency": self.currency,
            "change_percent": self.change_percent,
        }


def in_percent(hundredths: int | None) -> Decimal | None:
    return None if hundredths is None else Decimal(hundredths) / 100


def _money(amount: int | None, currency: str | None) -> Money | None:
    return None if amount is None or currency is None else Money(amount, currency)
