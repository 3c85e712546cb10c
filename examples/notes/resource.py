from typing import Self

from app.http import Request
from app.operation import operation
from app.schema import Input, Line, Moment, View
from domain.billing.errors import PlanLimitExceeded
from notes.models import Note
from notes.service import NoteService


class KeepNote(Input):
    text: Line


class NoteView(View, frozen=True, kw_only=True):
    id: str
    text: str
    created_at: Moment

    @classmethod
    def of(cls, note: Note) -> Self:
        return cls(id=note.id, text=note.text, created_at=note.created_at)


class Notes:
    def __init__(self, notes: NoteService) -> None:
        self._notes = notes

    @operation()
    async def on_get(self, req: Request) -> list[NoteView]:
        """List one's notes, oldest first."""
        return [NoteView.of(note) for note in await self._notes.of(req.caller)]

    @operation(status=201, raises=[PlanLimitExceeded])
    async def on_post(self, req: Request, body: KeepNote) -> NoteView:
        """Keep a note."""
        return NoteView.of(await self._notes.keep(req.caller, body.text))
