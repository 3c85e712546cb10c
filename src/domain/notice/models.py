from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from domain.entity import Entity


class SentMessage(Entity, kw_only=True):
    """That a message has gone out. Whoever looks here first sends none twice."""

    __tablename__ = "sent_messages"

    message_id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    recipient: Mapped[str]
    sent_at: Mapped[datetime]
