"""How a scan goes on, one transaction after the other."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from common.clock import Clock
from domain.billing.plans import UNLIMITED, PlanTable
from domain.competitor.changes import ChangeListener
from domain.competitor.diff import Difference, compare, gone
from domain.competitor.endings import FollowUp, end_scan
from domain.competitor.models import Competitor, CompetitorStatus, Platform, Scan, ScanStatus
from domain.competitor.reading import Cursor, Freshness, PageRead, Stretch
from domain.competitor.scan_jobs import scan_job
from domain.competitor.scan_ports import PageKept, ScanTransaction
from domain.identity.models import User

LONGEST = timedelta(hours=12)
MOST_PAGES = 100_000
MOST_PRODUCTS = 200_000
REMOVED_AT_ONCE = 250
"""A transaction keeps other writers waiting, the alerts that it sets off included."""
FEW = 20
"""From how many products on it is suspicious when more than half are missing."""
PAUSED = "The competitor was paused."
NOTHING_FOUND = "No products were found in the store: what is known of it stays as it was."


class Place(NamedTuple):
    """Where a scan goes on."""

    scan_id: str
    competitor_id: str
    user_id: str
    url: str
    platform: Platform
    turn: int
    pages_read: int
    kept: Mapping[str, Any]
    """What is written down of it in the scan."""

    @property
    def cursor(self) -> Cursor | None:
        """Where the reader goes on."""
        return self.kept.get("next")

    @property
    def is_beyond(self) -> bool:
        """Whether the scan before has not come so far.

        What was on these pages may have been seen elsewhere since, and not as it was on them.
        """
        return self.pages_read >= int(self.kept.get("pages_before", 0))

    @property
    def is_read(self) -> bool:
        """Whether the whole store was read, and only what is missing is left to be removed."""
        return "unseen_since" in self.kept


class ScanProgress[Transaction: ScanTransaction]:
    """The units of work of a scan.

    Each is all of its effects together with the place where the scan goes on: after a crash it
    has happened or it has not, and whoever is late, and still at an earlier place, changes nothing.
    """

    def __init__(
        self,
        plans: PlanTable,
        listener: ChangeListener[Transaction],
        follow_up: FollowUp,
        clock: Clock,
    ) -> None:
        self._plans = plans
        self._listener = listener
        self._follow_up = follow_up
        self._clock = clock

    async def begin(self, tx: Transaction, scan_id: str, turn: int) -> Place | None:
        """Start a scan, or find the place where it was interrupted; nothing in an earlier turn."""
        scan = await tx.scans.get(scan_id)
        found = scan and await self._hold(tx, scan.competitor_id, scan_id)
        if not found or found[1].turn != turn:
            return None
        competitor, scan = found
        if scan.status == ScanStatus.QUEUED:
            scan.cursor = {
                "while_paused": competitor.status == CompetitorStatus.PAUSED,
                "pages_before": await tx.scan_writes.pages_before(competitor.id, scan.number),
            }
        scan.begin(self._clock())
        return _place(competitor, scan)

    async def write_down(self, tx: Transaction, place: Place, stretch: Stretch) -> Place | None:
        """Keep what was read, and tell where to go on."""
        owner = await tx.users.get(place.user_id, lock=True)  # who else fills their last places
        found = await self._hold(tx, place.competitor_id, place.scan_id)
        if owner is None or found is None:
            return None
        competitor, scan = found
        if scan.pages_read != place.pages_read:  # somebody else has gone past it
            return _place(competitor, scan)
        if competitor.platform == Platform.CUSTOM:
            competitor.detected_platform = stretch.platform
        await self._compare(tx, owner, competitor, scan, stretch.pages)
        scan.pages_read += max(1, len(stretch.pages))
        scan.cursor = {**place.kept, "next": stretch.cursor}
        if reason := self._overrun(scan) if stretch.cursor else _nothing_found(scan):
            await self._end(tx, competitor, scan, reason)
            return None
        if not stretch.cursor:
            scan.cursor |= {"unseen_since": await _unseen_since(tx, scan)}
        return _place(competitor, scan)

    async def remove_missing(self, tx: Transaction, place: Place) -> Place | None:
        """Remove some of what the store has no more; when that was all, the scan is complete."""
        found = await self._hold(tx, place.competitor_id, place.scan_id)
        if found is None:
            return None
        competitor, scan = found
        since = place.kept["unseen_since"]
        missing = await tx.scan_writes.unseen(competitor.id, since, REMOVED_AT_ONCE)
        await tx.scan_writes.remove(missing, self._clock())
        scan.removed_products_count += len(missing)
        competitor.product_count -= len(missing)
        if changes := gone(missing):
            await self._listener.hear(tx, competitor, scan, changes)
        if len(missing) == REMOVED_AT_ONCE:
            return _place(competitor, scan)
        await self._end(tx, competitor, scan)
        return None

    async def stand_in_line(self, tx: Transaction, place: Place) -> None:
        """Leave the rest of a scan to its next turn, unless somebody else has gone past it."""
        found = await self._hold(tx, place.competitor_id, place.scan_id)
        if found and found[1].turn == place.turn:
            _, scan = found
            scan.turn += 1
            await tx.workflows.enqueue(scan_job(scan.id, scan.turn))

    async def fail(self, tx: Transaction, place: Place, reason: str) -> None:
        """End a scan that cannot go on; what it has found out so far stays."""
        if found := await self._hold(tx, place.competitor_id, place.scan_id):
            await self._end(tx, *found, reason)

    async def _hold(
        self, tx: Transaction, competitor_id: str, scan_id: str
    ) -> tuple[Competitor, Scan] | None:
        """Keep other writers from a scan under way; nothing, if it is to go on no more.

        One that was begun by hand while its competitor was paused goes on.
        """
        competitor = await tx.competitors.get(competitor_id, lock=True)
        scan = await tx.scans.get(scan_id, lock=True)
        if competitor is None or scan is None or not scan.is_under_way:
            return None
        paused_before = scan.status == ScanStatus.QUEUED or _kept_of(scan).get("while_paused")
        if competitor.status == CompetitorStatus.PAUSED and not paused_before:
            await self._end(tx, competitor, scan, PAUSED)
            return None
        return competitor, scan

    async def _compare(
        self,
        tx: Transaction,
        owner: User,
        competitor: Competitor,
        scan: Scan,
        pages: Sequence[PageRead],
    ) -> None:
        sightings = [each for page in pages for each in page.sightings]
        unchanged = [page.url for page in pages if page.unchanged]
        unchanged_keys = await tx.scan_writes.keys_on(competitor.id, unchanged)
        keys = dict.fromkeys([*(each.key for each in sightings), *unchanged_keys])
        known = await tx.scan_writes.known(competitor.id, keys, ())
        known_keys = {each.key for each in known}
        strange = {each.url for each in sightings if each.key not in known_keys}
        strange.update(each for each in unchanged_keys if each not in known_keys)
        known += await tx.scan_writes.known(competitor.id, (), strange)
        difference = compare(
            known,
            sightings,
            scan_number=scan.number,
            unchanged_keys=unchanged_keys,
            room=await self._room(tx, owner),
        )
        now = self._clock()
        await tx.scan_writes.keep(competitor, difference, now)
        read = [_kept(page, difference) for page in pages if not page.unchanged]
        await tx.scan_writes.keep_pages(competitor.id, read)
        _count(scan, difference)
        competitor.product_count += len(difference.new) + difference.reappeared
        if difference.changes:
            await self._listener.hear(tx, competitor, scan, difference.changes)

    async def _room(self, tx: Transaction, owner: User) -> int | None:
        """Tell how many products more the owner may track; nothing, if that is not limited."""
        most = self._plans[owner.caller.plan].max_secondary
        if owner.caller.is_admin or most == UNLIMITED:
            return None
        return max(0, most - await tx.competitor_products.count_of(owner.id))

    def _overrun(self, scan: Scan) -> str | None:
        """Tell what there is too much of: a trap for robots has no end."""
        if scan.started_at and self._clock() - scan.started_at > LONGEST:
            return f"Reading the store took longer than {LONGEST.total_seconds() / 3600:.0f} hours."
        if scan.pages_read > MOST_PAGES:
            return f"The store has more than {MOST_PAGES:,} pages."
        if scan.products_seen + scan.products_skipped > MOST_PRODUCTS:
            return f"The store has more than {MOST_PRODUCTS:,} products."
        return None

    async def _end(
        self, tx: Transaction, competitor: Competitor, scan: Scan, error: str | None = None
    ) -> None:
        now = self._clock()
        await end_scan(tx, scan, self._follow_up, now, error)
        competitor.product_count = (await tx.scan_writes.count(competitor.id, scan.number)).all
        competitor.updated_at = now
        if error is None:
            competitor.last_scanned = now
        if competitor.status != CompetitorStatus.PAUSED:
            competitor.status = CompetitorStatus.ERROR if error else CompetitorStatus.ACTIVE


async def _unseen_since(tx: ScanTransaction, scan: Scan) -> int:
    """Tell since which scan a product has to be unseen to be removed: since this one.

    If more than half of a store is missing, that may be the store's mistake. Then only that is
    removed which the latest complete scan has not seen either: the second in a row to miss it
    removes it.
    """
    on_sale = await tx.scan_writes.count(scan.competitor_id, scan.number)
    if on_sale.all >= FEW and on_sale.unseen * 2 > on_sale.all:
        return await tx.scan_writes.last_completed(scan.competitor_id, scan.number)
    return scan.number


def _place(competitor: Competitor, scan: Scan) -> Place:
    return Place(
        scan_id=scan.id,
        competitor_id=competitor.id,
        user_id=competitor.user_id,
        url=competitor.url,
        platform=Platform(competitor.platform),
        turn=scan.turn,
        pages_read=scan.pages_read,
        kept=_kept_of(scan),
    )


def _kept_of(scan: Scan) -> dict[str, Any]:
    return scan.cursor or {}


def _kept(page: PageRead, difference: Difference) -> PageKept:
    """Keep a page; one that told more than was written down has to be read again the next time."""
    keys = list(dict.fromkeys(each.key for each in page.sightings))
    is_complete = (difference.turned_away | difference.passed_over).isdisjoint(keys)
    return PageKept(page.url, page.freshness if is_complete else Freshness(), keys)


def _nothing_found(scan: Scan) -> str | None:
    return None if scan.products_seen or scan.products_skipped else NOTHING_FOUND


def _count(scan: Scan, difference: Difference) -> None:
    scan.products_seen += difference.seen
    scan.products_skipped += len(difference.turned_away)
    scan.new_products_count += len(difference.new)
    scan.price_changes_count += difference.price_changes
    scan.reappeared_products_count += difference.reappeared
