import pytest
from support.client import Client
from support.woo_store import problem

from common.errors import ConcurrentUpdate
from domain.woocommerce.catalogue import CatalogueSyncService

SYNC_ALL = "/api/v1/woocommerce/products/sync-all"
SYNCS = "/api/v1/woocommerce/syncs"


@pytest.fixture
def settings(settings, woo):
    return woo.told(settings)


def start(admin: Client) -> str:
    started = admin.post(SYNC_ALL)
    assert started.status_code == 202, started.json
    return started.json["sync_id"]


def progress(admin: Client, sync_id: str) -> tuple[str, int, int, int]:
    shown = admin.get(f"{SYNCS}/{sync_id}").json
    return shown["status"], shown["total"], shown["done"], shown["failed"]


def test_the_whole_catalogue_goes_over(admin, woo, carried_out) -> None:
    for title in ("One", "Two", "Three"):
        admin.product(title=title)

    started = admin.post(SYNC_ALL)
    carried_out()

    assert started.status_code == 202
    assert (started.json["status"], started.json["total"]) == ("running", 3)
    shown = admin.get(f"{SYNCS}/{started.json['sync_id']}").json
    assert (shown["status"], shown["done"], shown["failed"]) == ("completed", 3, 0)
    assert shown["finished_at"] is not None
    assert {each["name"] for each in woo.shelves.products()} == {"One", "Two", "Three"}


def test_what_is_withdrawn_is_withdrawn_there_too(admin, woo, carried_out) -> None:
    kept, gone, never = (admin.product(title=title) for title in ("Kept", "Gone", "Never"))
    for product in (kept, gone):
        admin.post("/api/v1/woocommerce/products/sync", {"product_id": product["id"]})
    for product in (gone, never):
        admin.delete(f"/products/{product['id']}")

    sync_id = start(admin)
    carried_out()

    assert progress(admin, sync_id) == ("completed", 2, 2, 0)
    there = {each["name"]: each["status"] for each in woo.shelves.products()}
    assert there == {"Kept": "publish", "Gone": "draft"}


def test_a_product_that_fails_holds_up_no_other(admin, woo, carried_out) -> None:
    good, bad = admin.product(title="Good"), admin.product(title="Bad", currency="JPY")

    sync_id = start(admin)
    carried_out()

    assert progress(admin, sync_id) == ("completed", 2, 1, 1)
    (failure,) = admin.get(f"{SYNCS}/{sync_id}").json["failures"]
    assert failure["product_id"] == bad["id"]
    assert failure["error"] == "woocommerce_currency_differs"
    assert "JPY" in failure["message"]
    assert [each["name"] for each in woo.shelves.products()] == [good["title"]]


def test_a_store_that_fails_every_time_ends_the_run(admin, woo, carried_out) -> None:
    for _ in range(12):
        admin.product()
    woo.fails("POST /products", 400, problem(400, "no", "The disk is full."), times=99)

    sync_id = start(admin)
    carried_out()

    assert progress(admin, sync_id) == ("failed", 12, 0, 10)
    shown = admin.get(f"{SYNCS}/{sync_id}").json
    assert shown["error"] == "10 products failed in a row"
    assert "The disk is full." in shown["failures"][0]["message"]


def test_one_run_at_a_time(admin, carried_out) -> None:
    admin.product()
    running = start(admin)

    refused = admin.post(SYNC_ALL)
    carried_out()

    assert (refused.status_code, refused.json["error"]) == (409, "catalogue_sync_running")
    assert refused.json["details"] == {"sync_id": running}
    assert start(admin) != running


def test_a_run_that_nobody_carries_on_makes_room_for_another(admin, later) -> None:
    admin.product()
    abandoned = start(admin)
    later(minutes=16)

    start(admin)

    shown = admin.get(f"{SYNCS}/{abandoned}").json
    assert (shown["status"], shown["error"]) == ("failed", "nobody carried it on")


def test_a_run_goes_on_where_it_stopped(run, admin, shop, woo) -> None:
    for _ in range(3):
        admin.product()
    sync_id = start(admin)

    run(shop.woocommerce.catalogue.advance(sync_id))
    half_way = progress(admin, sync_id)
    run(shop.woocommerce.catalogue.run(sync_id))

    assert half_way == ("running", 3, 1, 0)
    assert progress(admin, sync_id) == ("completed", 3, 3, 0)
    assert len(woo.requests("POST /products")) == 3


class Contested:
    """Brings products over; of the first, somebody else has just changed a row."""

    def __init__(self, products) -> None:
        self._products, self._lost = products, False

    def check(self) -> None:
        self._products.check()

    async def sync(self, product_id, wanted):
        if not self._lost:
            self._lost = True
            raise ConcurrentUpdate
        return await self._products.sync(product_id, wanted)


def test_a_product_that_is_changed_at_that_moment_has_not_failed(run, admin, shop, clock) -> None:
    admin.product()
    sync_id = start(admin)
    syncs = CatalogueSyncService(shop.database, Contested(shop.woocommerce.products), clock)

    with pytest.raises(ConcurrentUpdate):
        run(syncs.advance(sync_id))
    before = progress(admin, sync_id)
    run(syncs.run(sync_id))

    assert before == ("running", 1, 0, 0)
    assert progress(admin, sync_id) == ("completed", 1, 1, 0)


def test_runs_are_listed_the_latest_first(admin, carried_out) -> None:
    first = start(admin)
    carried_out()
    second = start(admin)

    listed = admin.get(SYNCS).json

    assert [each["sync_id"] for each in listed["items"]] == [second, first]
    assert listed["total"] == 2


def test_an_unknown_run_is_not_found(admin) -> None:
    unknown = admin.get(f"{SYNCS}/3f2c8a52-0d5b-4b8c-9f57-7b1b4ad0c111")

    assert (unknown.status_code, unknown.json["error"]) == (404, "catalogue_sync_not_found")
