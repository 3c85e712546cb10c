"""The stand-in's books, open for one unit of work."""

import hashlib
from datetime import UTC, datetime

import msgspec

from domain.payment.errors import PaymentRefused
from domain.workflow import Job
from infrastructure.databases.repositories.stand_in_objects import StandInObject
from infrastructure.databases.transaction import SqlTransaction
from infrastructure.payments.stand_in.calendar import due_at
from infrastructure.payments.stand_in.shapes import Json, Parameters, event_about

EVENT_JOB = "stand_in_event"
"""The workflow that delivers an event."""


class Ledger:
    """Finds, keeps and changes objects, and tells the shop what became of them.

    Whatever is found is locked: what is decided upon it still holds when it is written.
    """

    def __init__(self, tx: SqlTransaction, now: datetime) -> None:
        self._objects = tx.stand_in_objects
        self._workflows = tx.workflows
        self.now = now

    async def find(self, name: str) -> Json | None:
        found = await self._objects.get(name, lock=True)
        return found.body if found else None

    async def asked_for(self, key: str, words: Parameters | None = None) -> Json | None:
        """Find what was asked for under an idempotency key.

        Raises ``PaymentRefused`` if it was asked for in other ``words``: a key that was used by
        mistake must not bring what was never meant.
        """
        found = await self._objects.keyed(key)
        if found is None:
            return None
        if words is not None and found.asked not in (None, _digest(words)):
            raise PaymentRefused(reason=f"key {key} was used before, for something else")
        return found.body

    async def once(self, key: str, words: Parameters, made: Json) -> Json:
        """Keep what was made under ``key``, or return what was made under it before."""
        if await self._objects.add(self._line(made, key, _digest(words))):
            return made
        known = await self.asked_for(key, words)
        if known is None:
            raise RuntimeError(f"{made['id']} is in the books already")
        return known

    async def add(self, made: Json) -> None:
        await self._objects.add(self._line(made))

    async def change(self, thing: Json) -> None:
        await self._objects.replace(thing["id"], thing, due_at(thing))

    async def tell(self, type_: str, thing: Json, at: datetime | None = None) -> None:
        """Write the event for a change, and have it delivered once all this is kept."""
        event = event_about(thing, type_, at or self.now)
        await self.add(event)
        await self._workflows.enqueue(Job(EVENT_JOB, f"stand-in:{event['id']}", (event["id"],)))

    def is_past(self, seconds: int) -> bool:
        return self.now >= datetime.fromtimestamp(seconds, UTC)

    def _line(self, made: Json, key: str | None = None, asked: str | None = None) -> StandInObject:
        kind = made["object"]
        return StandInObject(made["id"], kind, key, asked, made, self.now, due_at(made))


def _digest(words: Parameters) -> str:
    return hashlib.blake2b(msgspec.json.encode(words, order="sorted"), digest_size=16).hexdigest()
