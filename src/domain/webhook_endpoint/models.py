from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from common.clock import utc_now
from common.ids import new_id
from domain.entity import ID, Entity
from domain.workflow import Job, Queue

DELIVER_WEBHOOK = "deliver_webhook"
"""The workflow that makes one attempt at a delivery, and enqueues the next."""
ROTATION = timedelta(hours=24)
_MINUTE, _HOUR = timedelta(minutes=1), timedelta(hours=1)
PAUSES = (
    timedelta(seconds=5),
    5 * _MINUTE,
    30 * _MINUTE,
    2 * _HOUR,
    5 * _HOUR,
    10 * _HOUR,
    14 * _HOUR,
)
"""How long to wait after each attempt that failed, as Standard Webhooks recommends."""
_LONGEST_WISH = 6 * _HOUR
_LONGEST_NOTE = 500


def is_wanted(type_: str, event_types: Iterable[str]) -> bool:
    """Tell whether a type of events is among these: ``order.*`` stands for all that begin so."""
    return any(
        type_.startswith(each[:-1]) if each.endswith("*") else type_ == each for each in event_types
    )


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

    def rotate(self, secret: str, now: datetime) -> None:
        """Sign by another secret, and for a day by the present one too."""
        self.previous_secret, self.previous_expires_at = self.secret, now + ROTATION
        self.secret = secret
        self.updated_at = now

    def secrets(self, now: datetime) -> list[str]:
        """List the secrets to sign by: two, while one replaces the other."""
        if self.previous_secret and self.previous_expires_at and now < self.previous_expires_at:
            return [self.secret, self.previous_secret]
        return [self.secret]


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
    """It was tried for more than a day; somebody may have it tried again."""


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
    """How often it was tried, since it was last asked for."""
    reruns: Mapped[int] = mapped_column(default=0)
    """How often it was asked for again."""
    response_status: Mapped[int | None] = mapped_column(default=None)
    note: Mapped[str | None] = mapped_column(default=None)
    """Why the latest attempt failed."""
    created_at: Mapped[datetime] = mapped_column(default_factory=utc_now)
    attempted_at: Mapped[datetime | None] = mapped_column(default=None)
    next_attempt_at: Mapped[datetime | None] = mapped_column(default=None)
    delivered_at: Mapped[datetime | None] = mapped_column(default=None)

    @property
    def job(self) -> Job:
        """Name the attempt that comes next. It is good for that one only, and for this run."""
        run = f":{self.reruns}" if self.reruns else ""
        attempt = f".{self.attempts}" if self.attempts else ""
        return Job(
            DELIVER_WEBHOOK,
            f"delivery:{self.id}{run}{attempt}",
            (self.id, str(self.reruns), str(self.attempts)),
            self.next_attempt_at,
            Queue.DELIVERIES,
        )

    def is_due(self, run: str, attempt: str) -> bool:
        """Tell whether an attempt is still to be made: not made before, nor overtaken."""
        awaited = (str(self.reruns), str(self.attempts)) == (run, attempt)
        return awaited and self.status == DeliveryStatus.PENDING

    def succeed(self, response_status: int, now: datetime) -> None:
        self._count(response_status, None, now)
        self.status, self.delivered_at = DeliveryStatus.DELIVERED, now

    def miss(
        self, note: str, now: datetime, *, response_status: int | None, wait: timedelta
    ) -> None:
        """Count an attempt that failed, and plan the next, if there is to be one.

        ``wait`` is for how long the receiver wants to be left alone.
        """
        self._count(response_status, note, now)
        if self.attempts > len(PAUSES):
            self.status = DeliveryStatus.FAILED
            return
        pause = max(PAUSES[self.attempts - 1], min(wait, _LONGEST_WISH))
        self.next_attempt_at = now + pause * (1 + self._spread)

    def give_up(self, note: str, now: datetime, *, response_status: int | None = None) -> None:
        """Count an attempt after which no other makes sense."""
        self._count(response_status, note, now)
        self.status = DeliveryStatus.FAILED

    def start_over(self) -> None:
        """Have it tried again from the first attempt, whatever came of it before."""
        self.status, self.attempts, self.reruns = DeliveryStatus.PENDING, 0, self.reruns + 1
        self.response_status = self.note = None
        self.attempted_at = self.next_attempt_at = self.delivered_at = None

    def _count(self, response_status: int | None, note: str | None, now: datetime) -> None:
        self.attempts += 1
        self.response_status, self.note = response_status, note and note[:_LONGEST_NOTE]
        self.attempted_at, self.next_attempt_at = now, None

    @property
    def _spread(self) -> float:
        """Up to a tenth more: what failed together is not tried again together."""
        return int(self.id[:2], 16) / 2550
