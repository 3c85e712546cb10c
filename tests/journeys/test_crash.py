"""Processes are killed at every step of an order and at random, while a hundred orders run.

Every webhook comes three times. Afterwards all must be as if nothing had happened.
"""

import random
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

import pytest
from support.ambushes import Ambush, AtOffice, AtStore, AtWrite, Moment
from support.siege import STOCK, Siege, besieged
from support.traps import Write, wait_until

BUYERS = 100
BUYERS_AT_ONCE = 8
RANDOM_KILLS = 6
ONE_IN_SO_MANY_DOES_NOT_PAY = 8
TIME_TO_FINISH = 180.0  # seconds: what WooCommerce was doing for whoever died is waited for

ARRIVAL = Write("INSERT", "webhook_events")
STEPS = [
    Write("UPDATE", "workflow_status", "NEW.status = 'PENDING' AND NEW.name = 'webhook_event'"),
    Write("UPDATE", "orders", "NEW.status = 'PAID'"),
    Write("INSERT", "operation_outputs", "NEW.function_name = 'process'"),
    Write("UPDATE", "workflow_status", "NEW.status = 'SUCCESS' AND NEW.name = 'webhook_event'"),
    Write("UPDATE", "workflow_status", "NEW.status = 'PENDING' AND NEW.name = 'order_paid'"),
    Write("INSERT", "woocommerce_orders"),
    Write("UPDATE", "woocommerce_orders", "NEW.woo_id IS NOT NULL"),
    Write("INSERT", "operation_outputs", "NEW.function_name = 'WooCommerce order'"),
    Write("INSERT", "sent_messages"),
    Write("INSERT", "operation_outputs", "NEW.function_name = 'confirmation e-mail'"),
    Write("UPDATE", "workflow_status", "NEW.status = 'SUCCESS' AND NEW.name = 'order_paid'"),
]


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def shop(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Siege]:
    """A shop after all that has happened to it."""
    folder = tmp_path_factory.mktemp(request.param)
    workers = 1 if request.param == "postgres" else 0
    with besieged(folder, database_for(request, folder), workers=workers) as shop:
        kill_at_every_step(shop)
        kill_at_random(shop)
        shop.wait_until_ready()
        wait_until(lambda: not shop.unfinished(), "the end of all work", within=TIME_TO_FINISH)
        yield shop


def database_for(request: pytest.FixtureRequest, folder: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{folder / 'shop.db'}"
    uri: str = request.getfixturevalue("postgres").new_database("besieged")
    return uri


def kill_at_every_step(shop: Siege) -> None:
    """Sell one thing for each step, and kill whoever is at work when the step comes."""
    kill_at(shop, AtWrite(shop.traps, ARRIVAL), shop.web)
    for moment in Moment:
        kill_at(shop, AtStore(shop.store, moment), shop.worker)
        kill_at(shop, AtOffice(shop.office, moment), shop.worker)
    for step in STEPS:
        kill_at(shop, AtWrite(shop.traps, step), shop.worker)


def kill_at(shop: Siege, ambush: Ambush, victim) -> None:
    shop.wait_until_ready()
    buyer = shop.buyer()
    buyer.open_session()
    ambush.set()
    with ThreadPoolExecutor(1) as street:
        paying = street.submit(buyer.end_session)
        wait_until(ambush.is_sprung, ambush)
        victim.kill()
        ambush.remove()
        victim.start()
        paying.result()


def kill_at_random(shop: Siege) -> None:
    """Kill now one process, now the other, while everybody buys."""
    with ThreadPoolExecutor(BUYERS_AT_ONCE) as street:
        crowd = [
            street.submit(shop.buyer(pays=number % ONE_IN_SO_MANY_DOES_NOT_PAY != 0).buy)
            for number in range(BUYERS)
        ]
        for number in range(RANDOM_KILLS):
            shop.wait_until_ready()
            wait(crowd, timeout=random.uniform(0.1, 1.5))  # noqa: S311
            victim = (shop.worker, shop.web)[number % 2]
            victim.kill()
            victim.start()
        for purchase in crowd:
            purchase.result()


def test_every_session_that_was_paid_is_one_paid_order(shop) -> None:
    orders = Counter((order["user_id"], order["status"]) for order in shop.ask_all("/admin/orders"))

    assert orders == Counter(
        (buyer.user_id, "PAID" if buyer.pays else "CANCELED") for buyer in shop.buyers
    )


def test_stock_adds_up_to_the_unit(shop) -> None:
    sold = Counter()
    for buyer in shop.buyers:
        sold[buyer.product_id] += buyer.quantity if buyer.pays else 0

    left = {name: shop.ask(f"/products/{name}")["stock"] for name in shop.products}

    assert left == {name: STOCK - sold[name] for name in shop.products}


def test_every_customer_has_exactly_one_confirmation(shop) -> None:
    received = {(mail["To"], mail["Message-ID"]) for mail in shop.office.mails}

    assert Counter(to for to, _ in received) == Counter(
        buyer.email for buyer in shop.buyers if buyer.pays
    )


def test_woocommerce_has_each_order_once(shop) -> None:
    placed = {buyer.user_id: len(shop.store.till.of(buyer.order_id)) for buyer in shop.buyers}

    assert placed == {buyer.user_id: int(buyer.pays) for buyer in shop.buyers}
    assert len(shop.store.till.orders) == sum(placed.values())


def test_nothing_has_failed_and_every_event_is_done_with(shop) -> None:
    events = shop.ask_all("/admin/webhook-events")

    assert shop.ask("/admin/workflows", status="failed")["items"] == []
    assert Counter(event["status"] for event in events) == {"PROCESSED": len(shop.buyers)}
    assert all(event["deliveries"] >= 3 for event in events)
