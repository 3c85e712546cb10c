"""Somebody who watches stores through a shop that may be away at any moment, and keeps count."""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import httpx2

from support.siege import Siege
from support.stores.product import Product
from support.stores.store import Store

type Json = dict[str, Any]

COMPETITORS = "/api/v1/competitors"
ALERTS = "/api/v1/alerts"
TYPES = ("price_drop", "new_product", "out_of_stock")
LEAVING, REPRICED = 6, 9
_LONGEST = 120.0
_PAUSE = 0.2


@dataclass
class Target:
    """A store that changes between its scans, and what has to be known of it."""

    store: Store
    size: int
    id: str = ""
    scans: list[str] = field(default_factory=list)
    histories: dict[str, list[int]] = field(default_factory=dict)
    """The prices that each thing has had, by its title."""

    def fill(self) -> None:
        self.store.fill(self.size, "1000.00")
        self._note(*self.store.products)

    def change(self) -> None:
        """Take the oldest things off the shelves, sell some for less, and put others there."""
        products = self.store.products
        for handle in list(products)[:LEAVING]:
            del products[handle]
        cheaper = list(products)[:REPRICED]
        for handle in cheaper:
            products[handle].price = str(Decimal(products[handle].price) - 1)
        late = [f"late-{len(self.histories) + number}" for number in range(LEAVING)]
        products |= {handle: Product(handle, "2000.00") for handle in late}
        self._note(*cheaper, *late)

    def on_sale(self) -> list[str]:
        return sorted(product.title for product in self.store.products.values())

    def _note(self, *handles: str) -> None:
        for handle in handles:
            product = self.store.products[handle]
            self.histories.setdefault(product.title, []).append(int(Decimal(product.price) * 100))


class Spy:
    """Watches stores as the administrator of a besieged shop, whose plan has no limits."""

    def __init__(self, shop: Siege, targets: Sequence[Target]) -> None:
        self.shop, self.targets = shop, targets
        for target in targets:
            target.fill()
            told = {"name": type(target.store).__name__, "url": target.store.url}
            target.id = self.insist(COMPETITORS, told)["id"]
        self.alerts = {each: self.insist(ALERTS, {"alert_type": each})["id"] for each in TYPES}

    def begin_scan(self, target: Target) -> None:
        """Have a store scanned: whoever is told that it is already was heard the first time."""
        answer = self.insist(f"{COMPETITORS}/{target.id}/scans")
        target.scans.append(answer.get("id") or answer["details"]["scan_id"])

    def is_done(self) -> bool:
        """Tell whether all scans are over, and whatever they set off."""
        scans = [self.scan(target, target.scans[-1]) for target in self.targets if target.scans]
        under_way = [each for each in scans if each["status"] in ("queued", "running")]
        return not under_way and not self.shop.unfinished()

    def requests(self) -> int:
        """Count what the stores were asked for."""
        return sum(len(target.store.requests) for target in self.targets)

    def scan(self, target: Target, scan_id: str) -> Json:
        return self.shop.ask(f"{COMPETITORS}/{target.id}/scans/{scan_id}")

    def known(self, target: Target) -> list[Json]:
        return self.shop.ask_all(f"{COMPETITORS}/{target.id}/products")

    def events(self) -> list[Json]:
        """List what has set alerts off."""
        histories = (f"{ALERTS}/{alert}/history" for alert in self.alerts.values())
        return [event for path in histories for event in self.shop.ask_all(path)]

    def scans(self) -> list[str]:
        """Name the scans that had something to tell: all but the first of each store."""
        return [scan for target in self.targets for scan in target.scans[1:]]

    def expected_events(self) -> Counter[tuple[str, str]]:
        """Tell how often which alert was set off by which scan."""
        counts = dict(zip(TYPES, (REPRICED, LEAVING, LEAVING), strict=True))
        return Counter({(scan, each): counts[each] for scan in self.scans() for each in TYPES})

    def insist(self, path: str, body: Json | None = None) -> Json:
        """Ask until there is an answer."""
        deadline = time.monotonic() + _LONGEST
        last: object = None
        while time.monotonic() < deadline:
            try:
                last = answer = httpx2.post(
                    f"{self.shop.web.url}{path}",
                    json=body,
                    headers={"Authorization": f"Bearer {self.shop.admin}"},
                    timeout=60,
                    trust_env=False,
                )
            except httpx2.TransportError as error:
                last = error
            else:
                if answer.status_code < 500:
                    found: Json = answer.json()
                    return found
            time.sleep(_PAUSE)
        raise TimeoutError(f"{path} was never answered: {last}")
