"""Competitors that are watched through the API, and scanned for real."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from support.client import Client

type Json = dict[str, Any]

COMPETITORS = "/api/v1/competitors"
_COUNTS = {
    "seen": "products_seen",
    "skipped": "products_skipped",
    "new": "new_products_count",
    "removed": "removed_products_count",
    "price_changes": "price_changes_count",
    "reappeared": "reappeared_products_count",
}


@dataclass(frozen=True)
class Rival:
    """A competitor of somebody's."""

    owner: Client
    id: str
    carried_out: Callable[..., list[str]]

    def scan(self) -> Json:
        """Have the store scanned now, and wait until it is."""
        asked = self.owner.post(f"{COMPETITORS}/{self.id}/scans")
        assert asked.status_code == 202, asked.json
        assert asked.json["status"] == "queued"
        self.carried_out()
        scan = self.owner.get(f"{COMPETITORS}/{self.id}/scans/{asked.json['id']}").json
        assert scan["status"] in ("completed", "failed")
        return scan

    def counts(self) -> dict[str, int]:
        """Have the store scanned, which has to succeed; tell what it has found, if any."""
        scan = self.scan()
        assert (scan["status"], scan["error"]) == ("completed", None)
        return {name: scan[field] for name, field in _COUNTS.items() if scan[field]}

    def failure(self) -> str:
        """Have the store scanned, which has to fail; tell why."""
        scan = self.scan()
        assert scan["status"] == "failed"
        assert self.shown["status"] == "error"
        return str(scan["error"])

    @property
    def shown(self) -> Json:
        return self.owner.get(f"{COMPETITORS}/{self.id}").json

    def products(self) -> dict[str, Json]:
        """What is known of the store, by title."""
        found: dict[str, Json] = {}
        path, page = f"{COMPETITORS}/{self.id}/products?per_page=100", 0
        while listed := self.owner.get(f"{path}&page={(page := page + 1)}").json["items"]:
            found |= {each["title"]: each for each in listed}
        return found

    def on_sale(self) -> list[str]:
        return sorted(
            title for title, each in self.products().items() if each["status"] == "active"
        )

    def history(self, title: str) -> list[tuple[float, str]]:
        """The prices a product has had, and what they were in."""
        product = self.owner.get(f"/api/v1/products/{self.products()[title]['id']}").json
        return [(float(point["price"]), point["currency"]) for point in product["price_history"]]


def rival(owner: Client, carried_out: Callable[..., list[str]], url: str, **more: Any) -> Rival:
    """Have somebody watch a store."""
    added = owner.post(COMPETITORS, {"name": "Rival", "url": url} | more)
    assert added.status_code == 201, added.json
    return Rival(owner, added.json["id"], carried_out)
