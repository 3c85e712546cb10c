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
    """The right to carry out a keyed request, until somebody claims it later."""

    scope: str
    key: str
    made_at: datetime


current_claim: ContextVar[Claim | None] = ContextVar("current_claim", default=None)
"""The claim being worked on: the database counts each commit against it.

A claim that has been taken over commits nothing any more, however slow its holder was.
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered, to be answered again."""

    status: int
    content_type: str | None
    body: bytes | None


class KeyedRequestRepository(Protocol):
    """Where keyed requests are kept."""

    async def open(self, claim: Claim, fingerprint: str) -> bool:
        """Keep a new one; tell whether nobody was a moment faster."""

    async def get_locked(self, scope: str, key: str) -> KeyedRequest | None:
        """Find one, and keep other writers out of it until we are done."""

    async def count_effect(self, claim: Claim) -> bool:
        """Count a commit; tell whether the claim is still good."""

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

    async def claim(
        self, scope: str, key: str, fingerprint: str, *, resumable: bool
    ) -> Answer | Claim:
        """Claim a request, or return the answer it has had."""

        async def unit(tx: KeyedTransaction) -> Answer | Claim:
            now = self._clock()
            claim = Claim(scope, key, now)
            known = await tx.keyed_requests.get_locked(scope, key)
            if known and now - known.created_at > KEPT:
                await tx.keyed_requests.delete(known)
                known = None
            if known is None:
                if not await tx.keyed_requests.open(claim, fingerprint):
                    raise RequestInProgress(retry_after=1)
                return claim
            if known.fingerprint != fingerprint:
                raise IdempotencyKeyReused
            if known.status is not None:
                return Answer(known.status, known.content_type, known.body)
            if (running := now - known.claimed_at) < LEASE:
                raise RequestInProgress(retry_after=(LEASE - running).seconds + 1)
            if known.effects and not resumable:
                raise AnswerLost
            known.claimed_at = now
            return claim

        return await self._database.write(unit)

    async def keep(self, claim: Claim, answer: Answer) -> None:
        """Keep the answer of a request that has been carried out."""

        async def unit(tx: KeyedTransaction) -> None:
            if known := await _claimed(tx, claim):
                known.status = answer.status
                known.content_type = answer.content_type
                known.body = answer.body

        await self._database.write(unit)

    async def release(self, claim: Claim) -> None:
        """Give up a claim that led to nothing, so that the request may be made again."""

        async def unit(tx: KeyedTransaction) -> None:
            if known := await _claimed(tx, claim):
                await tx.keyed_requests.delete(known)

        await self._database.write(unit)

    async def release_unused(self, claim: Claim) -> None:
        """Give up a claim if nothing was committed under it; else leave it to run out."""

        async def unit(tx: KeyedTransaction) -> None:
            known = await _claimed(tx, claim)
            if known and not known.effects:
                await tx.keyed_requests.delete(known)

        await self._database.write(unit)

    async def forget(self) -> int:
        """Forget requests older than a day; tell how many."""
        return await self._database.write(lambda tx: tx.keyed_requests.forget(self._clock() - KEPT))


async def _claimed(tx: KeyedTransaction, claim: Claim) -> KeyedRequest | None:
    """Find the request of a claim, unless somebody has taken it over."""
    known = await tx.keyed_requests.get_locked(claim.scope, claim.key)
    return known if known and known.claimed_at == claim.made_at else None
