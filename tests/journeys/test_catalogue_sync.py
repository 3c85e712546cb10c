import os
import signal
from threading import Event

import httpx2
from support.server import served
from support.woo_shelves import value_of
from support.woo_store import WooStore

POLL = 0.2
LONGEST = 120


def until_finished(client: httpx2.Client, sync_id: str) -> dict[str, object]:
    """Look at a run until it has ended."""
    for _ in range(int(LONGEST / POLL)):
        shown = client.get(f"/api/v1/woocommerce/syncs/{sync_id}").json()
        if shown["status"] != "running":
            return shown
        Event().wait(POLL)
    raise AssertionError(shown)


def until_made(store: WooStore, count: int) -> None:
    """Wait until the store has some products."""
    for _ in range(int(LONGEST / POLL)):
        if len(store.shelves.products()) >= count:
            return
        Event().wait(POLL / 10)


def test_a_run_through_the_catalogue_outlives_its_process(tmp_path) -> None:
    with WooStore() as store:
        with served(tmp_path, demo=True, **store.environment) as shop:
            token = shop.token(shop.logins()["ADMIN"])
            with shop.client(token) as client:
                started = client.post("/api/v1/woocommerce/products/sync-all").json()
            until_made(store, 10)
            os.kill(shop.pid, signal.SIGKILL)
        made_before = len(store.shelves.products())
        with (
            served(tmp_path, demo=True, **store.environment) as again,
            again.client(token) as client,
        ):
            finished = until_finished(client, started["sync_id"])
        products = store.shelves.products()

    assert made_before < started["total"]
    assert (finished["status"], finished["failed"]) == ("completed", 0)
    assert finished["done"] == started["total"] == len(products)
    assert len({value_of(each, "peregrine_product_id") for each in products}) == len(products)
