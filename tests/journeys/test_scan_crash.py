"""A server is killed at every step of a scan: the next one finishes it, and nothing is doubled."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx2
import pytest
from support.process import Process
from support.server import Server, web_process
from support.stores.product import Product
from support.stores.woocommerce import API, WooStorefront
from support.traps import SqliteTraps, Write, wait_until

KNOWN, LEAVING, REPRICED = 450, 60, 40
STEPS = {
    "as it begins": Write("UPDATE", "scans", "NEW.status = 'running'"),
    "as a product is added": Write("INSERT", "price_points", "NEW.price_amount = 777"),
    "as a page is kept": Write("UPDATE", "scanned_pages", "NEW.url LIKE '%page=3%'"),
    "as one is removed": Write("UPDATE", "competitor_products", "NEW.status = 'removed'"),
    "as it is completed": Write("UPDATE", "scans", "NEW.status = 'completed'"),
    "as its workflow ends": Write(
        "UPDATE", "workflow_status", "NEW.status = 'SUCCESS' AND NEW.name = 'scan'"
    ),
}


class Shop:
    """A server that is killed now and then, and somebody who watches a store there."""

    def __init__(self, folder: Path, web: Process, store: WooStorefront) -> None:
        self.web, self.store = web, store
        self._database = str(folder / "shop.db")
        self.traps = SqliteTraps(self._database)
        shop = Server(web.url, web.pid, web.log)
        self.client = shop.client(shop.token(shop.logins()["ADMIN"]))
        self.competitor = self._post("/competitors", {"name": "Rival", "url": store.url})["id"]

    def begin_scan(self) -> str:
        return str(self._post(f"/competitors/{self.competitor}/scans")["id"])

    def until_done(self, scan_id: str) -> dict[str, object]:
        path = f"/api/v1/competitors/{self.competitor}/scans/{scan_id}"
        wait_until(lambda: self._get(path)["status"] in ("completed", "failed"), "its end")
        return self._get(path)

    def restart(self) -> None:
        self.web.start()
        self.web.wait_until_ready()

    def on_sale(self) -> int:
        path = f"/api/v1/competitors/{self.competitor}/products?status=active"
        return int(self._get(path)["total"])

    def price_points(self) -> int:
        with closing(sqlite3.connect(self._database)) as connection:
            return int(connection.execute("SELECT count(*) FROM price_points").fetchone()[0])

    def _get(self, path: str):
        try:
            return self.client.get(path).raise_for_status().json()
        except httpx2.TransportError:
            return {"status": "nobody answers"}

    def _post(self, path: str, body: object = None):
        return self.client.post(f"/api/v1{path}", json=body).raise_for_status().json()


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    folder = tmp_path_factory.mktemp("scanned")
    settings = {"OUTBOUND_ALLOW": "127.0.0.1", "SCAN_RATE_PER_SECOND": "50"}
    with WooStorefront() as store, web_process(folder, demo=True, **settings) as web:
        web.wait_until_ready()
        store.fill(KNOWN)
        shop = Shop(folder, web, store)
        shop.until_done(shop.begin_scan())
        yield shop
        shop.client.close()


def change(store: WooStorefront) -> None:
    """Put other things on the shelves in the place of some, and reprice some that stay."""
    for handle in list(store.products)[:LEAVING]:
        del store.products[handle]
    for product in list(store.products.values())[:REPRICED]:
        product.sale = "8.00" if product.sale is None else None
    for number in range(LEAVING):
        name = f"late-{len(store.requests)}-{number}"
        store.products[name] = Product(name, "7.77")


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
def test_a_scan_outlives_its_process(shop, step) -> None:
    change(shop.store)
    points = shop.price_points()
    shop.traps.set(step)
    scan_id = shop.begin_scan()
    wait_until(shop.traps.is_sprung, step)
    shop.web.kill()
    shop.traps.remove()
    shop.restart()

    scan = shop.until_done(scan_id)

    assert (scan["status"], scan["error"]) == ("completed", None)
    assert scan["products_seen"] == KNOWN == shop.on_sale()
    assert scan["new_products_count"] == scan["removed_products_count"] == LEAVING
    assert scan["price_changes_count"] == REPRICED
    assert shop.price_points() == points + LEAVING + REPRICED


def test_a_scan_outlives_a_process_that_waits_for_a_page(shop) -> None:
    change(shop.store)
    shop.store.is_slow(f"{API}?per_page=100&page=3", 60)
    asked = len(shop.store.asked(API))
    scan_id = shop.begin_scan()
    wait_until(lambda: len(shop.store.asked(API)) == asked + 3, "the third page")
    shop.web.kill()
    shop.store.recovers()
    shop.restart()

    scan = shop.until_done(scan_id)

    assert (scan["status"], scan["products_seen"]) == ("completed", KNOWN)
    assert scan["new_products_count"] == scan["removed_products_count"] == LEAVING
    assert len(shop.store.asked(API)) == asked + 3 + 3  # pages 3 to 5: the first two were kept
