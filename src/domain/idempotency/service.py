from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from common.clock import Clock
from domain.database import Database
from domain.idempotency.errors import AnswerLost, IdempotencyKeyReused, RequestInProgress
from domain.idempotency.models import KeyedRequest

KEPT = timedelta(hours=24)
LEASE = timedelta(seconds=10)
"""How long a request may run before another may take it for dead and try again."""


class Claim(NamedTuple):
    """The right to carry out a keyed request."""

    scope: str
    key: str


current_claim: ContextVar[Claim | None] = ContextVar("current_claim", default=None)
"""The claim being worked on: the database counts each commit against it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered, to be answered again."""

    status: int
    content_type: str | None
    body: bytes | None


class KeyedRequestRepository(Protocol):
    """Where keyed requests are kept."""

    def add(self, request: KeyedRequest) -> None: ...

    async def get_claimed(self, claim: Claim) -> KeyedRequest | None:
        """Find one, and keep other writers out of it until we are done."""

    async def count_effect(self, claim: Claim) -> None: ...

    async def delete(self, request: KeyedRequest) -> None: ...

    async def forget(self, before: datetime) -> int: ...


class KeyedTransaction(Protocol):
    @property
    def keyed_requests(self) -> KeyedRequestRepository: ...


class IdempotencyService:
    """Gives each keyed request one answer, however often it comes.

    A request is claimed before it is carried out and its answer kept after. If the process dies
    in between, the next attempt carries on when nothing had been committed yet, or when the
    operation can ``resume`` its own work; otherwise it is told so rather than repeat anything.
    """

    def __init__(self, database: Database[KeyedTransaction], clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def claim(self, claim: Claim, fingerprint: str, *, resumable: bool) -> Answer | None:
        """Claim a request, or return the answer it has had."""

        async def unit(tx: KeyedTransaction) -> Answer | None:
            now = self._clock()
            known = await tx.keyed_requests.get_claimed(claim)
            if known and now - known.created_at > KEPT:
                await tx.keyed_requests.delete(known)
                known = None
            if known is None:
                tx.keyed_requests.add(
                    KeyedRequest(
                        scope=claim.scope,
                        key=claim.key,
                        fingerprint=fingerprint,
                        created_at=now,
                        claimed_at=now,
                    )
                )
                return None
            if known.fingerprint != fingerprint:
                raise IdempotencyKeyReused
            if known.status is not None:
                return Answer(known.status, known.content_type, known.body)
            if (running := now - known.claimed_at) < LEASE:
                raise RequestInProgress(retry_after=(LEASE - running).seconds + 1)
            if known.effects and not resumable:
                raise AnswerLost
            known.claimed_at = now
            return None

        return await self._database.write(unit)

    async def keep(self, claim: Claim, answer: Answer) -> None:
        """Keep the answer of a request that has been carried out."""

        async def unit(tx: KeyedTransaction) -> None:
            if known := await tx.keyed_requests.get_claimed(claim):
                known.status = answer.status
                known.content_type = answer.content_type
                known.body = answer.body

        await self._database.write(unit)

    async def release(self, claim: Claim) -> None:
        """Give up a claim that led to nothing, so that the request may be made again."""

        async def unit(tx: KeyedTransaction) -> None:
            if known := await tx.keyed_requests.get_claimed(claim):
                await tx.keyed_requests.delete(known)

        await self._database.write(unit)

    async def forget(self) -> int:
        """Forget requests older than a day; tell how many."""
        return await self._database.write(lambda tx: tx.keyed_requests.forget(self._clock() - KEPT))
