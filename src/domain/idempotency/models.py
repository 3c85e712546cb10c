from datetime import datetime

from sqlalchemy import Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from domain.entity import Entity


class KeyedRequest(Entity, kw_only=True):
    """A request made under an idempotency key, and its answer once there is one."""

    __tablename__ = "keyed_requests"
    __table_args__ = (Index(None, "created_at"),)

    scope: Mapped[str] = mapped_column(primary_key=True)
    """Who asked: keys of different callers never meet."""
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[str]
    created_at: Mapped[datetime]
    claimed_at: Mapped[datetime]
    """When somebody last set to work on it."""
    effects: Mapped[int] = mapped_column(default=0)
    """Units of work it has committed: written in the very transaction of each."""
    status: Mapped[int | None] = mapped_column(default=None)
    content_type: Mapped[str | None] = mapped_column(default=None)
    body: Mapped[bytes | None] = mapped_column(LargeBinary, default=None)
