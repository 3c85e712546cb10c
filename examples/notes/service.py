from typing import Protocol

from domain.billing.plans import UNLIMITED
from domain.billing.usage import Limits, Period, require_within
from domain.database import Database
from domain.identity.caller import Caller
from domain.identity.plan import PlanTier
from domain.identity.ports import UserRepository
from notes.models import Note

LIMITS: Limits = {PlanTier.FREE: 3, PlanTier.PRO: 100, PlanTier.ENTERPRISE: UNLIMITED}


class NoteRepository(Protocol):
    def add(self, note: Note) -> None: ...

    async def of_user(self, user_id: str) -> list[Note]: ...

    async def count(self, user_id: str) -> int: ...


class NotesTransaction(Protocol):
    @property
    def users(self) -> UserRepository: ...

    @property
    def notes(self) -> NoteRepository: ...


class NoteService:
    def __init__(self, database: Database[NotesTransaction]) -> None:
        self._database = database

    async def keep(self, caller: Caller, text: str) -> Note:
        """Keep a note; raises ``PlanLimitExceeded`` when there are as many as the plan includes."""

        async def unit(tx: NotesTransaction) -> Note:
            await tx.users.get(caller.user_id, lock=True)  # of two at once, one counts the other
            require_within(caller, LIMITS, await tx.notes.count(caller.user_id), "notes")
            note = Note(user_id=caller.user_id, text=text)
            tx.notes.add(note)
            return note

        return await self._database.write(unit)

    async def of(self, caller: Caller) -> list[Note]:
        return await self._database.read(lambda tx: tx.notes.of_user(caller.user_id))

    async def count(self, user_id: str, period: Period) -> int:
        return await self._database.read(lambda tx: tx.notes.count(user_id))
