"""Stores whose every page a test writes, and somebody who has one of them scanned."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from app.plans import plans_of
from domain.alert.digest import digest_job
from domain.competitor.changes import Change
from domain.competitor.models import (
    Competitor,
    CompetitorProduct,
    Platform,
    PricePoint,
    Scan,
)
from domain.competitor.reading import (
    Cursor,
    Freshness,
    PageRead,
    Remember,
    Sighting,
    StoreUnreadable,
    Stretch,
)
from domain.competitor.scan_jobs import scan_job
from domain.competitor.scan_progress import ScanProgress
from domain.competitor.scanning import ScanService
from infrastructure.databases.transaction import SqlTransaction
from support.client import Client
from support.sightings import SHOP, sighting

type Page = PageRead | Sequence[Sighting]


class ScriptedStore:
    """Reads what a test has put into it, page by page."""

    def __init__(self) -> None:
        self.pages: list[Page] = []
        self.breaks_at: dict[int, Exception] = {}
        """What is raised, once, instead of reading a page."""
        self.meanwhile: Callable[[], Any] | None = None
        """What happens while the next page is on its way."""
        self.remembered: list[Freshness | None] = []

    def sells(self, *names: str, page_size: int = 2, **told: Any) -> None:
        shown = [sighting(name, **told) for name in names]
        self.pages = [shown[at : at + page_size] for at in range(0, len(shown), page_size)]

    async def read(
        self, url: str, platform: Platform, cursor: Cursor | None, remember: Remember
    ) -> Stretch:
        number = cursor["page"] if cursor else 0
        address = f"{SHOP}/pages/{number}"
        self.remembered.append(await remember(address))
        if self.meanwhile:
            happens, self.meanwhile = self.meanwhile, None
            await happens()
        if number in self.breaks_at:
            raise self.breaks_at.pop(number)
        page = self.pages[number] if self.pages else ()
        if not isinstance(page, PageRead):
            page = PageRead(address, tuple(page), Freshness(etag=f'"{number}"'))
        is_last = number + 1 >= len(self.pages)
        return Stretch(Platform.SHOPIFY, (page,), None if is_last else {"page": number + 1})


class Ear:
    """Hears of changes; what a transaction that failed has said is in here too."""

    def __init__(self) -> None:
        self.heard: list[Change] = []

    async def hear(
        self, tx: object, competitor: Competitor, scan: Scan, changes: list[Change]
    ) -> None:
        self.heard += changes

    def take(self) -> list[tuple[str, str]]:
        """Take what was heard: kinds and titles."""
        heard, self.heard = self.heard, []
        return sorted((str(each.kind), each.title) for each in heard)


@dataclass
class Watch:
    """A competitor that is scanned when a test says so, by a reader that it scripts."""

    owner: Client
    clock: Callable[[], Any]
    store: ScriptedStore = field(default_factory=ScriptedStore)
    ear: Ear = field(default_factory=Ear)
    competitor_id: str = ""

    def __post_init__(self) -> None:
        async def unit(tx: SqlTransaction) -> str:
            competitor = Competitor(user_id=self.owner.user_id, name="Rival", url=SHOP)
            tx.competitors.add(competitor)
            return competitor.id

        self.competitor_id = self.write(unit)

    @property
    def service(self) -> ScanService[SqlTransaction]:
        shop = self.owner.shop
        progress = ScanProgress[SqlTransaction](
            plans_of(shop.settings), self.ear, digest_job, self.clock
        )
        return ScanService(shop.database, self.store, progress, shop.runs, self.clock)

    def scan(self) -> Scan:
        """Have the store scanned as it is now."""
        return self.carry_out(self.enqueue())

    def enqueue(self) -> str:
        async def unit(tx: SqlTransaction) -> str:
            number = await tx.scans.next_number(self.competitor_id)
            scan = Scan(competitor_id=self.competitor_id, number=number, created_at=self.clock())
            tx.scans.add(scan)
            await tx.workflows.enqueue(scan_job(scan.id))
            return scan.id

        return self.write(unit)

    def carry_out(self, scan_id: str) -> Scan:
        self.run(self.service.run(scan_id))
        return self.look(scan_id)

    def look(self, scan_id: str) -> Scan:
        return self.run(self.owner.shop.database.read(lambda tx: tx.scans.get(scan_id)))

    @property
    def competitor(self) -> Competitor:
        return self.run(
            self.owner.shop.database.read(lambda tx: tx.competitors.get(self.competitor_id))
        )

    def change(self, **fields: Any) -> None:
        """Change the competitor."""
        self.write(self._changing(fields))

    async def change_now(self, **fields: Any) -> None:
        await self.owner.shop.database.write(self._changing(fields))

    def _changing(self, fields: dict[str, Any]) -> Callable[..., Any]:
        async def unit(tx: SqlTransaction) -> None:
            competitor = await tx.competitors.get(self.competitor_id, lock=True)
            for name, value in fields.items():
                setattr(competitor, name, value)

        return unit

    def products(self) -> dict[str, CompetitorProduct]:
        """What is known of the store, by title."""
        query = select(CompetitorProduct).where(
            CompetitorProduct.competitor_id == self.competitor_id
        )
        found = self.run(self.owner.shop.database.read(lambda tx: tx.session.find_all(query)))
        return {each.title: each for each in found}

    def on_sale(self) -> list[str]:
        return sorted(title for title, each in self.products().items() if each.status == "active")

    def history(self, title: str) -> list[int]:
        """The amounts that a product was to be had for, one after the other."""
        query = (
            select(PricePoint)
            .where(PricePoint.product_id == self.products()[title].id)
            .order_by(PricePoint.number)
        )
        points = self.run(self.owner.shop.database.read(lambda tx: tx.session.find_all(query)))
        return [point.price_amount for point in points]

    def write(self, unit: Callable[..., Any]) -> Any:
        return self.run(self.owner.shop.database.write(unit))

    def run(self, coroutine: Any) -> Any:
        return self.owner._run(coroutine)


class Crash(Exception):
    """The process is gone, at this very moment."""


def unreadable(reason: str = "it answered 503") -> StoreUnreadable:
    return StoreUnreadable(reason=reason)


def counts(scan: Scan) -> dict[str, int]:
    """What a scan has counted, without what it has not found."""
    counted = {
        "seen": scan.products_seen,
        "skipped": scan.products_skipped,
        "new": scan.new_products_count,
        "removed": scan.removed_products_count,
        "price_changes": scan.price_changes_count,
        "reappeared": scan.reappeared_products_count,
    }
    return {name: number for name, number in counted.items() if number}
