"""Processes are killed while stores are scanned, and what that sets off is told.

Three stores, one of each format, change before each scan. Afterwards all must be as if nothing
had happened.
"""

import json
import random
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import cycle
from pathlib import Path

import pytest
from support.ambushes import Ambush, AtOffice, AtWrite, Moment
from support.listener import Listener
from support.receiver import ENDPOINTS
from support.siege import besieged
from support.spying import LEAVING, REPRICED, Spy, Target
from support.stores.shopify import ShopifyStore
from support.stores.site import SiteStore
from support.stores.woocommerce import WooStorefront
from support.traps import Write, wait_until

STORES = {ShopifyStore: 300, WooStorefront: 150, SiteStore: 40}
"""More than a page of each list."""
RANDOM_KILLS = 3
MOST_REQUESTS = 15
"""So many pages at most are asked for from one kill to the next."""
TIME_TO_FINISH = 120.0
STEPS = [
    Write("INSERT", "alert_events"),
    Write("INSERT", "sent_messages"),
    Write("UPDATE", "deliveries", "NEW.status = 'DELIVERED'"),
]


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    with Listener().running() as listener:
        listener.may_answer.set()
        yield listener


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def spy(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, listener: Listener
) -> Iterator[Spy]:
    """Somebody who has watched stores all the while."""
    folder = tmp_path_factory.mktemp(request.param)
    workers = 1 if request.param == "postgres" else 0
    settings = {"OUTBOUND_ALLOW": "127.0.0.1", "SCAN_RATE_PER_SECOND": "50"}
    with ExitStack() as running:
        stores = {running.enter_context(kind()): size for kind, size in STORES.items()}
        uri = database_for(request, folder)
        shop = running.enter_context(besieged(folder, uri, workers=workers, **settings))
        spy = Spy(shop, [Target(store, size) for store, size in stores.items()])
        spy.insist(ENDPOINTS, {"url": listener.url, "event_types": ["alert.*"]})
        listener.got.clear()
        scan(spy, *spy.targets)
        kill_at_every_step(spy)
        kill_at_random(spy)
        yield spy


def database_for(request: pytest.FixtureRequest, folder: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{folder / 'shop.db'}"
    uri: str = request.getfixturevalue("postgres").new_database("scanned")
    return uri


def scan(spy: Spy, *targets: Target) -> None:
    for target in targets:
        spy.begin_scan(target)
    wait_until(spy.is_done, "the end of all work", within=TIME_TO_FINISH)


def kill_at_every_step(spy: Spy) -> None:
    """Scan one store after the other, and kill whoever is at work when the step comes."""
    ambushes: list[Ambush] = [AtWrite(spy.shop.traps, step) for step in STEPS]
    ambushes += [AtOffice(spy.shop.office, moment) for moment in Moment]
    for target, ambush in zip(cycle(spy.targets), ambushes, strict=False):
        target.change()
        ambush.set()
        with ThreadPoolExecutor(1) as elsewhere:
            asking = elsewhere.submit(spy.begin_scan, target)
            wait_until(ambush.is_sprung, ambush)
            spy.shop.worker.kill()
            ambush.remove()
            spy.shop.worker.start()
            asking.result()
        spy.shop.wait_until_ready()
        wait_until(spy.is_done, "the end of all work", within=TIME_TO_FINISH)


def kill_at_random(spy: Spy) -> None:
    """Kill now one process, now the other, while all stores are scanned at once."""
    for target in spy.targets:
        target.change()
    with ThreadPoolExecutor(len(spy.targets)) as elsewhere:
        asking = [elsewhere.submit(spy.begin_scan, target) for target in spy.targets]
        for number in range(RANDOM_KILLS):
            spy.shop.wait_until_ready()
            wait_a_while(spy)
            victim = (spy.shop.worker, spy.shop.web)[number % 2]
            victim.kill()
            victim.start()
        spy.shop.wait_until_ready()
        for each in asking:
            each.result()
    wait_until(spy.is_done, "the end of all work", within=TIME_TO_FINISH)


def wait_a_while(spy: Spy) -> None:
    """Let some more pages be asked for, if there are any left."""
    enough = spy.requests() + random.randrange(MOST_REQUESTS)  # noqa: S311
    wait_until(
        lambda: spy.requests() >= enough or spy.is_done(), "so many pages", within=TIME_TO_FINISH
    )


def test_every_scan_is_complete_and_has_counted_each_change_once(spy) -> None:
    for target in spy.targets:
        first, *later = (spy.scan(target, scan) for scan in target.scans)

        assert {(each["status"], each["error"]) for each in (first, *later)} == {
            ("completed", None)
        }
        assert first["new_products_count"] == target.size
        assert Counter(map(told, later)) == {(target.size, LEAVING, LEAVING, REPRICED): len(later)}


def told(scan: dict[str, int]) -> tuple[int, ...]:
    counts = ("products_seen", "new_products_count", "removed_products_count")
    return (*(scan[each] for each in counts), scan["price_changes_count"])


def test_what_is_known_of_a_store_is_what_it_has_shown(spy) -> None:
    for target in spy.targets:
        known = spy.known(target)
        shown = spy.shop.ask(f"/api/v1/competitors/{target.id}")
        on_sale = sorted(each["title"] for each in known if each["status"] == "active")

        assert on_sale == target.on_sale()
        assert (shown["product_count"], shown["status"]) == (len(on_sale), "active")
        assert {
            each["title"]: [point["price_cents"] for point in each["price_history"]]
            for each in known
        } == target.histories


def test_every_change_has_set_its_alert_off_once(spy) -> None:
    events = Counter((each["scan_id"], each["alert_type"]) for each in spy.events())

    assert events == spy.expected_events()


def test_there_is_one_mail_for_every_scan(spy) -> None:
    mails = {mail["Message-ID"] for mail in spy.shop.office.mails}

    assert sorted(each.partition("@")[0].rpartition(".")[2] for each in mails) == sorted(
        spy.scans()
    )


def test_the_other_system_has_been_told_of_every_alert_in_one_event(spy, listener) -> None:
    events = {headers["webhook-id"]: json.loads(body) for body, headers in listener.got}
    alerts = Counter(alert["id"] for each in events.values() for alert in each["data"]["alerts"])

    assert alerts == Counter(each["id"] for each in spy.events())


def test_nothing_has_failed(spy) -> None:
    assert spy.shop.ask("/admin/workflows", status="failed")["items"] == []
