from sqlalchemy import bindparam, func, select

from infrastructure.databases.repository import SqlRepository
from infrastructure.databases.transaction import SqlTransaction
from notes.models import Note

_OF_USER = select(Note).where(Note.user_id == bindparam("user_id")).order_by(Note.created_at)
_COUNT = select(func.count()).where(Note.user_id == bindparam("user_id"))


class SqlNoteRepository(SqlRepository[Note]):
    entity = Note

    async def of_user(self, user_id: str) -> list[Note]:
        return await self._session.find_all(_OF_USER, {"user_id": user_id})

    async def count(self, user_id: str) -> int:
        rows = await self._session.rows(_COUNT, {"user_id": user_id})
        return int(rows[0][0])


class SqlNotesTransaction:
    """One transaction, in which the shop's users and our notes are at hand."""

    def __init__(self, tx: SqlTransaction) -> None:
        self.users = tx.users
        self.notes = SqlNoteRepository(tx.session)
