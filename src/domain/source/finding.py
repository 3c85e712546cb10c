import asyncio
from collections.abc import Mapping, Sequence
from time import perf_counter

from domain.database import Database
from domain.source.matching import Likeness, Match, Matcher, Offered, Wanted
from domain.source.ports import SourceTransaction

_STRETCH = 2000
_MOST_BY_NUMBER = 2000


class SourceFinder:
    """Goes through somebody's offers once for a few products, two thousand at a time.

    Comparing is done in a thread; a search that nobody waits for ``rests`` as long as it works,
    so that whoever is waiting gets on.
    """

    def __init__(self, database: Database[SourceTransaction], likeness: Likeness) -> None:
        self._database = database
        self._likeness = likeness

    async def find(
        self, user_id: str, products: Sequence[Wanted], *, rests: bool = False
    ) -> Mapping[str, list[Match]]:
        """Tell what may be the same as each of the products."""
        matcher = Matcher(products, self._likeness)
        known = await self._database.read(
            lambda tx: tx.supplier_offers.by_number(
                user_id, matcher.gtins, matcher.skus, _MOST_BY_NUMBER
            )
        )
        await asyncio.to_thread(matcher.meet, known)
        for feed_id in await self._database.read(lambda tx: tx.supplier_feeds.ids(user_id)):
            start = 0
            while offers := await self._stretch(feed_id, start):
                began = perf_counter()
                await asyncio.to_thread(matcher.pass_by, offers)
                start += _STRETCH
                if rests:
                    await asyncio.sleep(perf_counter() - began)
        return dict(matcher.found())

    async def _stretch(self, feed_id: str, start: int) -> Sequence[Offered]:
        return await self._database.read(
            lambda tx: tx.supplier_offers.stretch(feed_id, start, _STRETCH)
        )
