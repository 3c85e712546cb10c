from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from common.clock import Clock
from common.ids import new_id
from domain.billing.errors import PlanLimitExceeded
from domain.billing.plans import PLANS
from domain.database import Database
from domain.identity.caller import Caller
from domain.identity.errors import AuthenticationRequired
from domain.patience import patiently
from domain.source.errors import SourceSearchNotFound, SourceSearchRunning
from domain.source.finding import SourceFinder
from domain.source.matching import Match
from domain.source.models import SourceSearch
from domain.source.ports import SourceTransaction
from domain.workflow import Job, Queue

FIND_SOURCES = "find_sources"
GIVEN_UP_AFTER = timedelta(days=1)
"""How long after it began another search may begin, whatever became of it."""
_BATCH = 250
_WRITTEN_AT_ONCE = 25
_BROKE_OFF = "it broke off; what was found until then is kept"


class SourceSearchService:
    """Looks for sources of all that somebody tracks, a batch after the other.

    How far a search has come is in the database: it goes on from there after a crash.
    """

    def __init__(
        self, database: Database[SourceTransaction], finder: SourceFinder, clock: Clock
    ) -> None:
        self._database = database
        self._finder = finder
        self._clock = clock

    async def start(self, caller: Caller) -> SourceSearch:
        """Begin a search, unless one is under way."""
        if not caller.is_admin and not PLANS[caller.plan].bulk_source_finding:
            raise PlanLimitExceeded(plan=caller.plan, what="bulk source finding")
        search_id = new_id()

        async def unit(tx: SourceTransaction) -> SourceSearch:
            if await tx.users.get(caller.user_id, lock=True) is None:
                raise AuthenticationRequired
            now = self._clock()
            if running := await tx.source_searches.running(caller.user_id):
                if running.created_at > now - GIVEN_UP_AFTER:
                    raise SourceSearchRunning(search_id=running.id)
                running.fail(_BROKE_OFF, now)
            search = SourceSearch(id=search_id, user_id=caller.user_id, created_at=now)
            tx.source_searches.add(search)
            await tx.workflows.enqueue(
                Job(FIND_SOURCES, f"sources:{search_id}", (search_id,), queue=Queue.SOURCES)
            )
            return search

        return await self._database.write(unit)

    async def get(self, caller: Caller, search_id: str) -> SourceSearch:
        """Return a search, as far as it has come."""
        search = await self._database.read(lambda tx: tx.source_searches.get(search_id))
        if search is None or search.user_id != caller.user_id:
            raise SourceSearchNotFound(search_id=search_id)
        return search

    async def run(self, search_id: str) -> None:
        """Carry a search on to its end. What keeps it from going on for a while is waited out."""
        while await patiently(lambda: self.advance(search_id)):
            pass

    async def advance(self, search_id: str) -> bool:
        """Look for the next batch of products, and tell whether there may be more."""
        search = await self._database.read(lambda tx: tx.source_searches.get(search_id))
        if search is None or not search.is_running:
            return False
        seen = search.after_product_id
        products = await self._database.read(
            lambda tx: tx.sources.wanted_after(search.user_id, seen, _BATCH)
        )
        found = await self._finder.find(search.user_id, products, rests=True) if products else {}
        for part in _parts(found):
            if not await self._write_down(search_id, seen, part):
                return True  # somebody else has gone past it
            seen = max(part)
        if len(products) < _BATCH:
            await self._complete(search_id, seen)
        return len(products) == _BATCH

    async def give_up(self, search_id: str) -> None:
        """Say of a search that it failed."""

        async def unit(tx: SourceTransaction) -> None:
            search = await tx.source_searches.get(search_id, lock=True)
            if search and search.is_running:
                search.fail(_BROKE_OFF, self._clock())

        await self._database.write(unit)

    async def _write_down(
        self, search_id: str, seen: str | None, found: Mapping[str, Sequence[Match]]
    ) -> bool:
        async def unit(tx: SourceTransaction) -> bool:
            search = await tx.source_searches.get(search_id, lock=True)
            if search is None or not search.is_running or search.after_product_id != seen:
                return False
            sources = await tx.sources.replace(search.user_id, found, self._clock())
            search.move(max(found), len(found), sources)
            return True

        return await self._database.write(unit)

    async def _complete(self, search_id: str, seen: str | None) -> None:
        async def unit(tx: SourceTransaction) -> None:
            search = await tx.source_searches.get(search_id, lock=True)
            if search and search.is_running and search.after_product_id == seen:
                search.complete(self._clock())

        await self._database.write(unit)


def _parts(found: Mapping[str, Sequence[Match]]) -> Iterator[dict[str, Sequence[Match]]]:
    """Cut what was found into what is written down in one transaction, by the products' ids."""
    ids = sorted(found)
    for start in range(0, len(ids), _WRITTEN_AT_ONCE):
        yield {
            product_id: found[product_id] for product_id in ids[start : start + _WRITTEN_AT_ONCE]
        }
