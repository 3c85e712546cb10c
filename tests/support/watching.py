"""Competitors that somebody watches, and what scans find there: written past the scanner."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any

from common.money import Money
from domain.alert.evaluation import AlertEvaluation
from domain.competitor.changes import Change, ChangeKind
from domain.competitor.models import Competitor, CompetitorProduct, Scan, ScanStatus
from domain.workflow import Job
from infrastructure.databases.transaction import SqlTransaction
from support.client import Client

ALERTS = "/api/v1/alerts"
STORE = "https://rival.example"

_numbers = count(1)


@dataclass
class Rival:
    """A competitor of somebody's, as if it had been scanned once before."""

    owner: Client
    clock: Callable[[], datetime]
    id: str
    name: str
    scans: int = 1

    def sells(self, *titles: str) -> list[str]:
        """Put products on sale there; return their ids."""

        async def unit(tx: SqlTransaction) -> list[str]:
            products = [self._product(title) for title in titles]
            for product in products:
                tx.session.add(product)
            return [product.id for product in products]

        return self._write(unit)

    def scanned(self, *changes: Change, ends: bool = True) -> str:
        """Have a scan find these changes, all on one page; return its id."""
        return self.scanned_in([changes], ends=ends)

    def scanned_in(self, pages: Sequence[Sequence[Change]], *, ends: bool = True) -> str:
        """Have a scan find changes page by page, each in a transaction of its own."""
        scan_id = self.begins_scan()
        for changes in pages:
            self._write(self.hearing(scan_id, changes))
        if ends:
            self.ends_scan(scan_id)
        return scan_id

    def begins_scan(self) -> str:
        self.scans += 1

        async def unit(tx: SqlTransaction) -> str:
            scan = Scan(competitor_id=self.id, number=self.scans, status=ScanStatus.RUNNING)
            tx.session.add(scan)
            return scan.id

        return self._write(unit)

    def hearing(self, scan_id: str, changes: Sequence[Change]) -> Callable[..., Any]:
        """Make the unit of work in which a scan writes down a page."""

        async def unit(tx: SqlTransaction) -> None:
            competitor = await tx.session.get(Competitor, self.id, lock=True)
            scan = await tx.session.get(Scan, scan_id)
            assert competitor
            assert scan
            await AlertEvaluation(self.clock).hear(tx, competitor, scan, list(changes))

        return unit

    def ends_scan(self, scan_id: str) -> None:
        async def unit(tx: SqlTransaction) -> None:
            scan = await tx.session.get(Scan, scan_id)
            assert scan
            scan.status = ScanStatus.COMPLETED
            await tx.workflows.enqueue(Job("alert_digest", f"alert-digest:{scan_id}", (scan_id,)))

        self._write(unit)

    def _product(self, title: str) -> CompetitorProduct:
        key = f"product-{next(_numbers)}"
        return CompetitorProduct(
            competitor_id=self.id,
            user_id=self.owner.user_id,
            key=key,
            title=title,
            sort_title=title.lower(),
            url=f"{STORE}/products/{key}",
            first_seen=self.clock(),
            last_seen=self.clock(),
        )

    def _write(self, unit: Callable[..., Any]) -> Any:
        return self.owner._run(self.owner.shop.database.write(unit))


def rival_of(
    owner: Client,
    clock: Callable[[], datetime],
    name: str = "Rival Gadgets",
    *,
    scanned_before: bool = True,
) -> Rival:
    """Have somebody watch a competitor."""

    async def unit(tx: SqlTransaction) -> str:
        competitor = Competitor(
            user_id=owner.user_id,
            name=name,
            url=STORE,
            last_scanned=clock() if scanned_before else None,
        )
        tx.session.add(competitor)
        return competitor.id

    return Rival(owner, clock, owner._run(owner.shop.database.write(unit)), name)


def priced(
    product_id: str, before: int | None, after: int | None, currency: str = "USD", **more: Any
) -> Change:
    """Say that a price has changed, in cents."""
    return change(ChangeKind.PRICE, product_id, before, after, currency, **more)


def change(
    kind: ChangeKind,
    product_id: str,
    before: int | None = None,
    after: int | None = None,
    currency: str = "USD",
    *,
    title: str = "Earbuds",
    url: str = f"{STORE}/products/earbuds",
) -> Change:
    def money(amount: int | None) -> Money | None:
        return None if amount is None else Money(amount, currency)

    return Change(kind, product_id, title, url, money(before), money(after))


def alert_on(owner: Client, alert_type: str = "price_drop", **more: Any) -> dict[str, Any]:
    """Set an alert."""
    added = owner.post(ALERTS, {"alert_type": alert_type} | more)
    assert added.status_code == 201, added.json
    shown: dict[str, Any] = added.json
    return shown


def history(owner: Client, alert: dict[str, Any], query: str = "") -> list[dict[str, Any]]:
    """List what has set an alert off."""
    listed = owner.get(f"{ALERTS}/{alert['id']}/history{query}")
    assert listed.status_code == 200, listed.json
    items: list[dict[str, Any]] = listed.json["items"]
    return items
