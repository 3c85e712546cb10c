from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from common.clock import utc_now
from domain.entity import Entity


class EventStatus(StrEnum):
    RECEIVED = "RECEIVED"
    PROCESSED = "PROCESSED"
    IGNORED = "IGNORED"
    """There was nothing for us to do: the note says why."""
    FAILED = "FAILED"


class WebhookEvent(Entity, kw_only=True):
    """An event a payment provider sent, once however often it came."""

    __tablename__ = "webhook_events"
    __table_args__ = (
        CheckConstraint("status IN ('RECEIVED', 'PROCESSED', 'IGNORED', 'FAILED')", name="status"),
        Index(None, "received_at"),
        Index(None, "status", "received_at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    """The provider's own id of it."""
    type: Mapped[str]
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    status: Mapped[str] = mapped_column(default=EventStatus.RECEIVED)
    note: Mapped[str | None] = mapped_column(default=None)
    deliveries: Mapped[int] = mapped_column(default=1)
    """How often the provider has sent it."""
    reruns: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    """When it happened, by the provider's clock."""
    received_at: Mapped[datetime] = mapped_column(default_factory=utc_now)
    processed_at: Mapped[datetime | None] = mapped_column(default=None)

    def dealt_with(self, status: EventStatus, note: str, now: datetime) -> None:
        """Write down what came of it."""
        self.status, self.note, self.processed_at = status, note, now
