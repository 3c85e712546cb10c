from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from common.clock import utc_now
from common.ids import new_id
from domain.entity import ID, Entity


class WebhookEndpoint(Entity, kw_only=True):
    """An address that wants to be told of some kinds of events."""

    __tablename__ = "webhook_endpoints"

    id: Mapped[str] = mapped_column(ID, primary_key=True, default_factory=new_id)
    url: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    event_types: Mapped[list[str]] = mapped_column(JSON)
    """Names such as ``order.paid``, or ``order.*`` for all that begin so."""
    secret: Mapped[str] = mapped_column(repr=False)
    """Sealed: it signs what we send, so it has to be read again."""
    previous_secret: Mapped[str | None] = mapped_column(default=None, repr=False)
    """Signs too until ``previous_expires_at``: time for the receiver to take on the new one."""
    previous_expires_at: Mapped[datetime | None] = mapped_column(default=None)
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(default_factory=utc_now)
    updated_at: Mapped[datetime] = mapped_column(default_factory=utc_now)


class PlatformEvent(Entity, kw_only=True):
    """Something that happened here, as it was then. Kept where somebody wanted to know."""

    __tablename__ = "platform_events"
    __table_args__ = (Index(None, "created_at"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True, default_factory=new_id)
    type: Mapped[str]
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(default_factory=utc_now)


class DeliveryStatus(StrEnum):
    PENDING = "PENDING"
    DELIVERED = "DELIVERED"
    FAILED = "FAILED"
    """It was tried for a day; somebody may have it tried again."""


class Delivery(Entity, kw_only=True):
    """An event on its way to an endpoint, and what came of it."""

    __tablename__ = "deliveries"
    __table_args__ = (
        CheckConstraint("status IN ('PENDING', 'DELIVERED', 'FAILED')", name="status"),
        UniqueConstraint("event_id", "endpoint_id"),
        Index(None, "endpoint_id", "created_at"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True, default_factory=new_id)
    event_id: Mapped[str] = mapped_column(ID, ForeignKey("platform_events.id", ondelete="CASCADE"))
    endpoint_id: Mapped[str] = mapped_column(
        ID, ForeignKey("webhook_endpoints.id", ondelete="CASCADE")
    )
    status: Mapped[str] = mapped_column(default=DeliveryStatus.PENDING)
    attempts: Mapped[int] = mapped_column(default=0)
    reruns: Mapped[int] = mapped_column(default=0)
    response_status: Mapped[int | None] = mapped_column(default=None)
    note: Mapped[str | None] = mapped_column(default=None)
    """Why the latest attempt failed."""
    created_at: Mapped[datetime] = mapped_column(default_factory=utc_now)
    attempted_at: Mapped[datetime | None] = mapped_column(default=None)
    next_attempt_at: Mapped[datetime | None] = mapped_column(default=None)
    delivered_at: Mapped[datetime | None] = mapped_column(default=None)
