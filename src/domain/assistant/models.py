from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from common.clock import utc_now
from common.ids import new_id
from domain.assistant.errors import DraftDecided
from domain.assistant.usage import Usage
from domain.entity import ID, Entity


class LlmCall(Entity, kw_only=True):
    """What a language model was asked for, and what it cost. The texts are not kept."""

    __tablename__ = "llm_calls"
    __table_args__ = (Index(None, "user_id", "created_at"), Index(None, "created_at"))

    id: Mapped[str] = mapped_column(ID, primary_key=True, default_factory=new_id)
    user_id: Mapped[str | None] = mapped_column(
        ID, ForeignKey("users.id", ondelete="SET NULL"), default=None
    )
    task_type: Mapped[str]
    provider: Mapped[str | None] = mapped_column(default=None)
    model: Mapped[str | None] = mapped_column(default=None)
    input_tokens: Mapped[int] = mapped_column(default=0)
    output_tokens: Mapped[int] = mapped_column(default=0)
    cost_microdollars: Mapped[int] = mapped_column(BigInteger, default=0)
    """Millionths of a US dollar."""
    cached: Mapped[bool] = mapped_column(default=False)
    latency_ms: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(default=None)
    """Why no answer came."""
    created_at: Mapped[datetime] = mapped_column(default_factory=utc_now)

    def end(self, usage: Usage, error: str | None) -> None:
        """Write down what came of it: an answer, unless there is an ``error``."""
        for name, value in usage._asdict().items():
            setattr(self, name, value)
        self.error = error


class DraftStatus(StrEnum):
    PROPOSED = "PROPOSED"
    ACCEPTED = "ACCEPTED"
    REJECTED = "REJECTED"


class DescriptionDraft(Entity, kw_only=True):
    """A description that was drafted for a product, which no shopper sees before it is accepted."""

    __tablename__ = "description_drafts"
    __table_args__ = (
        CheckConstraint("status IN ('PROPOSED', 'ACCEPTED', 'REJECTED')", name="status"),
        Index(None, "product_id", "created_at"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True, default_factory=new_id)
    product_id: Mapped[str] = mapped_column(ID, ForeignKey("products.id", ondelete="CASCADE"))
    description: Mapped[str]
    status: Mapped[str] = mapped_column(default=DraftStatus.PROPOSED)
    provider: Mapped[str]
    model: Mapped[str]
    decided_by: Mapped[str | None] = mapped_column(
        ID, ForeignKey("users.id", ondelete="SET NULL"), default=None
    )
    decided_at: Mapped[datetime | None] = mapped_column(default=None)
    created_at: Mapped[datetime] = mapped_column(default_factory=utc_now)

    def decide(self, status: DraftStatus, by: str, now: datetime) -> None:
        """Accept or reject, once; raises ``DraftDecided``."""
        if self.status != DraftStatus.PROPOSED:
            raise DraftDecided(status=self.status.lower())
        self.status, self.decided_by, self.decided_at = status, by, now
