"""What scans over real HTTP set off, and what stores may do beside changing their prices."""

import pytest
from support.plans import subscribed
from support.rivals import Rival, rival
from support.stores.product import Product
from support.stores.site import SiteStore
from support.stores.store import scanning

from app.settings import Settings

ALERTS = "/api/v1/alerts"


@pytest.fixture
def settings(settings) -> Settings:
    return scanning(settings)


@pytest.fixture
def store():
    with SiteStore() as store:
        for name in ("Mug", "Cup", "Pot"):
            store.products[name.lower()] = Product(name, "10.00")
        yield store


@pytest.fixture
def watched(shopper, carried_out, store) -> Rival:
    watched = rival(subscribed(shopper), carried_out, store.url)
    watched.scan()
    return watched


def alert(watched: Rival, alert_type: str, **more: object) -> str:
    wanted = {"alert_type": alert_type, "competitor_id": watched.id} | more
    added = watched.owner.post(ALERTS, wanted)
    assert added.status_code == 201, added.json
    return str(added.json["id"])


def set_off(watched: Rival, alert_id: str) -> list[str]:
    """Tell by what an alert was set off."""
    listed = watched.owner.get(f"{ALERTS}/{alert_id}/history").json
    return sorted(each["product_title"] for each in listed["items"])


def test_alerts_hear_of_each_change_exactly_once(watched, store) -> None:
    drops = alert(watched, "price_drop", threshold=20)
    rises = alert(watched, "price_increase")
    gone, back = alert(watched, "out_of_stock"), alert(watched, "back_in_stock")
    new = alert(watched, "new_product")
    store.products["mug"].sale, store.products["cup"].sale = "7.99", "8.01"
    store.products["jug"] = Product("Jug")
    del store.products["pot"]

    watched.scan()
    watched.scan()

    assert set_off(watched, drops) == ["Mug"]
    assert set_off(watched, gone) == ["Pot"]
    assert set_off(watched, new) == ["Jug"]
    assert set_off(watched, rises) == set_off(watched, back) == []


def test_what_is_back_at_another_price_sets_off_both(watched, store) -> None:
    back, rises = alert(watched, "back_in_stock"), alert(watched, "price_increase")
    store.products["mug"].available = False
    watched.scan()
    store.products["mug"] = Product("Mug", "12.00")

    watched.scan()

    assert set_off(watched, back) == set_off(watched, rises) == ["Mug"]


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_page_that_breaks_keeps_its_product(watched, store, status) -> None:
    store.fails("/products/mug", status)
    store.products["cup"].sale = "5.00"

    assert watched.counts() == {"seen": 3, "price_changes": 1}
    assert watched.on_sale() == ["Cup", "Mug", "Pot"]


@pytest.mark.parametrize("status", [404, 410])
def test_a_page_that_is_no_more_has_no_product(watched, store, status) -> None:
    store.fails("/products/mug", status)

    assert watched.counts() == {"seen": 2, "removed": 1}
    assert watched.on_sale() == ["Cup", "Pot"]


def test_a_robots_txt_that_keeps_us_out_is_heeded(shopper, carried_out, store) -> None:
    store.robots = "User-agent: *\nDisallow: /\n"

    reason = rival(subscribed(shopper), carried_out, store.url).failure()

    assert "robots.txt" in reason
    assert {asked.path for asked in store.requests} == {"/robots.txt"}
