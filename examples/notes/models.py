from datetime import datetime

from sqlalchemy import ForeignKey, Index, MetaData
from sqlalchemy.orm import Mapped, mapped_column

from common.clock import utc_now
from common.ids import new_id
from domain.entity import ID, Entity
from domain.identity.models import User


class NotesEntity(Entity, kw_only=True):
    """What this service keeps, apart from what Peregrine does: each migrates its own tables."""

    __abstract__ = True
    metadata = MetaData(naming_convention=Entity.metadata.naming_convention)


class Note(NotesEntity, kw_only=True):
    __tablename__ = "notes"
    __table_args__ = (Index(None, "user_id", "created_at"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True, default_factory=new_id)
    user_id: Mapped[str] = mapped_column(ID, ForeignKey(User.id, ondelete="CASCADE"))
    text: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default_factory=utc_now)
