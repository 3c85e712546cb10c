import asyncio
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from typing import IO

from common.clock import Clock
from common.errors import ConcurrentUpdate
from common.ids import new_id
from common.pagination import Page, PageRequest
from domain.billing.errors import PlanLimitExceeded
from domain.billing.plans import PLANS
from domain.database import Database
from domain.identity.caller import Caller
from domain.identity.errors import AuthenticationRequired
from domain.source.errors import (
    FeedUnreadable,
    SupplierFeedNotFound,
    TooManyOffers,
    TooManySupplierFeeds,
)
from domain.source.models import SupplierFeed
from domain.source.ports import FeedFormat, FeedReader, SourceTransaction
from domain.source.rows import Row

MOST_FEEDS = 20
MOST_OFFERS = 1_000_000
"""How many all of somebody's feeds may hold together."""
_BATCH = 1000
_DROPPED = 1000
_GIVEN_UP_AFTER = timedelta(hours=1)


def require_source_finding(caller: Caller) -> None:
    if not caller.is_admin and not PLANS[caller.plan].source_finding:
        raise PlanLimitExceeded(plan=caller.plan, what="source finding")


class FeedService:
    """Keeps what suppliers offer, feed by feed: all of one, or nothing."""

    def __init__(
        self,
        database: Database[SourceTransaction],
        reader: FeedReader,
        default_currency: str,
        clock: Clock,
        *,
        most_offers: int = MOST_OFFERS,
    ) -> None:
        self._database = database
        self._reader = reader
        self._default_currency = default_currency
        self._clock = clock
        self._most_offers = most_offers

    async def check(self, caller: Caller) -> None:
        """Raise if the caller may not send a feed: before it is received, as it may be large."""
        require_source_finding(caller)
        await self._database.read(lambda tx: self._room(tx, caller.user_id))

    async def keep(
        self,
        caller: Caller,
        supplier: str,
        file: IO[bytes],
        written: FeedFormat,
        *,
        compressed: bool,
    ) -> SupplierFeed:
        """Read a feed and keep its offers, which are seen once all of them are there."""
        require_source_finding(caller)
        rows = self._reader.read(
            file, written, compressed=compressed, currency=self._default_currency
        )
        batch = await asyncio.to_thread(_next, rows)
        if not batch:
            raise FeedUnreadable(row=1, reason="there are no offers")
        feed_id = new_id()
        room = await self._database.write(
            lambda tx: self._open(tx, caller.user_id, feed_id, supplier)
        )
        count = 0
        try:
            while batch:
                if count + len(batch) > room:
                    raise TooManyOffers(maximum=self._most_offers)
                await self._keep(feed_id, caller.user_id, count, batch)
                count += len(batch)
                batch = await asyncio.to_thread(_next, rows)
            return await self._database.write(
                lambda tx: self._complete(tx, caller.user_id, feed_id, count)
            )
        except BaseException:
            await self._drop(feed_id)
            raise

    async def page(self, caller: Caller, request: PageRequest) -> Page[SupplierFeed]:
        """List the caller's feeds, the latest first."""
        return await self._database.read(lambda tx: tx.supplier_feeds.page(caller.user_id, request))

    async def get(self, caller: Caller, feed_id: str) -> SupplierFeed:
        return await self._database.read(lambda tx: _theirs(tx, caller, feed_id))

    async def delete(self, caller: Caller, feed_id: str) -> None:
        """Delete a feed: it is gone at once, and its offers and sources a little at a time."""
        await self._database.read(lambda tx: _theirs(tx, caller, feed_id))
        await self._drop(feed_id)

    async def sweep(self) -> int:
        """Delete what is left of a feed that broke off or was deleted; tell how many offers."""
        before = self._clock() - _GIVEN_UP_AFTER
        feed_id = await self._database.read(lambda tx: tx.supplier_feeds.left_over(before))
        return await self._drop(feed_id) if feed_id else 0

    async def _room(self, tx: SourceTransaction, user_id: str) -> int:
        """Tell how many offers there is room for."""
        feeds, offers = await tx.supplier_feeds.extent(user_id)
        if feeds >= MOST_FEEDS:
            raise TooManySupplierFeeds(maximum=MOST_FEEDS)
        return self._most_offers - offers

    async def _open(self, tx: SourceTransaction, user_id: str, feed_id: str, supplier: str) -> int:
        if await tx.users.get(user_id, lock=True) is None:
            raise AuthenticationRequired
        room = await self._room(tx, user_id)
        now = self._clock()
        tx.supplier_feeds.add(
            SupplierFeed(id=feed_id, user_id=user_id, supplier=supplier, created_at=now)
        )
        return room

    async def _keep(self, feed_id: str, user_id: str, start: int, rows: list[Row]) -> None:
        await self._database.write(lambda tx: tx.supplier_feeds.keep(feed_id, user_id, start, rows))

    async def _complete(
        self, tx: SourceTransaction, user_id: str, feed_id: str, count: int
    ) -> SupplierFeed:
        """Show the feed, unless others have taken the room for it meanwhile."""
        await tx.users.get(user_id, lock=True)
        _, offers = await tx.supplier_feeds.extent(user_id)
        if offers + count > self._most_offers:
            raise TooManyOffers(maximum=self._most_offers)
        feed = await tx.supplier_feeds.get(feed_id, lock=True)
        if feed is None or feed.user_id != user_id:  # the account is gone, or it took an hour
            raise ConcurrentUpdate
        feed.complete(count)
        return feed

    async def _drop(self, feed_id: str) -> int:
        async def abandon(tx: SourceTransaction) -> None:
            if feed := await tx.supplier_feeds.get(feed_id, lock=True):
                feed.abandon()

        await self._database.write(abandon)
        dropped = 0
        while some := await self._database.write(
            lambda tx: tx.supplier_feeds.drop(feed_id, _DROPPED)
        ):
            dropped += some
        return dropped


def _next(rows: Iterator[Row]) -> list[Row]:
    return list(islice(rows, _BATCH))


async def _theirs(tx: SourceTransaction, caller: Caller, feed_id: str) -> SupplierFeed:
    feed = await tx.supplier_feeds.get(feed_id)
    if feed is None or feed.user_id != caller.user_id or not feed.is_complete:
        raise SupplierFeedNotFound(feed_id=feed_id)
    return feed
