"""What is announced is kept with the unit that did it: neither lost nor doubled."""

import asyncio
import gc
import shutil

import pytest
from sqlalchemy import text
from support.units import gathered

from domain.identity.models import User
from domain.order.models import Order, OrderStatus
from domain.webhook_endpoint.models import DELIVER_WEBHOOK, WebhookEndpoint
from infrastructure.databases.db import SqlDatabase
from infrastructure.databases.urls import database_url

WAYS = ["sqlite lanes", "sqlite pool", "postgres"]
DEADLOCK = "DO $$ BEGIN RAISE EXCEPTION 'deadlock' USING ERRCODE = '40P01'; END $$"


@pytest.fixture(params=WAYS)
def database(request, run, tmp_path):
    if request.param == "postgres":
        server = request.getfixturevalue("postgres")
        server.empty()
        url = database_url(server.uri)
    else:
        shutil.copy(request.getfixturevalue("migrated_sqlite"), tmp_path / "shop.db")
        url = database_url(f"sqlite:///{tmp_path / 'shop.db'}")
    database = SqlDatabase(url, lanes=request.param == "sqlite lanes")
    run(database.open())
    yield database
    run(database.close())


@pytest.fixture
def buyer(run, database) -> str:
    """Somebody who orders, where somebody else listens."""

    async def unit(tx) -> str:
        user = User(email="ada@example.com", password_hash="-")
        tx.users.add(user)
        tx.webhook_endpoints.add(
            WebhookEndpoint(url="https://erp.example", event_types=["order.*"], secret="-")
        )
        return user.id

    return run(database.write(unit))


@pytest.fixture
def kept(run, database):
    """Tell which events, deliveries and jobs there are."""

    async def unit(tx) -> tuple[list[str], int]:
        rows = await tx._session.rows(text("SELECT type FROM platform_events ORDER BY created_at"))
        deliveries = await tx._session.rows(text("SELECT id FROM deliveries"))
        return [row.type for row in rows], len(deliveries)

    def kept() -> list[str]:
        types, deliveries = run(database.read(unit))
        jobs = database.workflows.list_workflows(name=DELIVER_WEBHOOK)
        assert len(types) == deliveries == len(jobs)
        return types

    return kept


def order_of(buyer: str) -> Order:
    return Order(user_id=buyer, currency="EUR")


def placing(buyer: str):
    async def unit(tx) -> None:
        tx.orders.add(order_of(buyer))

    return unit


def test_what_is_announced_is_kept_with_a_delivery_and_a_job(run, database, buyer, kept) -> None:
    run(database.write(placing(buyer)))

    assert kept() == ["order.created"]


def test_an_entity_that_nobody_holds_any_more_is_still_heard(run, database, buyer, kept) -> None:
    async def unit(tx) -> None:
        order = order_of(buyer)
        tx.orders.add(order)
        await tx._session.flush()
        order.become(OrderStatus.PAID, order.created_at)
        await tx._session.flush()
        del order
        gc.collect()

    run(database.write(unit))

    assert kept() == ["order.created", "order.paid"]


def test_an_entity_that_is_found_twice_is_heard_once(run, database, buyer, kept) -> None:
    order = order_of(buyer)
    order_id, now = order.id, order.created_at

    async def add(tx) -> None:
        again = order_of(buyer)
        again.id = order_id
        tx.orders.add(again)

    async def change(tx) -> None:
        for lock in (False, True):
            found = await tx.orders.get(order_id, lock=lock)
        found.become(OrderStatus.CANCELED, now)
        await tx._session.flush()
        await tx.orders.get(order_id, lock=True)

    run(database.write(add))
    run(database.write(change))

    assert kept() == ["order.created", "order.canceled"]


def test_a_unit_that_raises_tells_nothing(run, database, buyer, kept) -> None:
    async def unit(tx) -> None:
        await placing(buyer)(tx)
        await tx._session.flush()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run(database.write(unit))

    assert kept() == []


def test_what_is_built_and_not_added_is_not_heard(run, database, buyer, kept) -> None:
    async def unit(tx) -> None:
        order_of(buyer)

    run(database.write(unit))

    assert kept() == []


def test_what_is_only_read_is_not_heard(run, database, buyer, kept) -> None:
    async def place(tx) -> str:
        order = order_of(buyer)
        tx.orders.add(order)
        return order.id

    order_id = run(database.write(place))

    async def look(tx) -> None:
        (await tx.orders.get(order_id)).announce("order.read")

    run(database.read(look))

    assert kept() == ["order.created"]


def test_units_that_fail_beside_others_neither_lose_nor_double_their_events(
    run, database, buyer, kept
) -> None:
    async def clash(tx) -> None:
        await placing(buyer)(tx)
        tx.users.add(User(email="ada@example.com", password_hash="-"))

    async def crowd() -> list[object]:
        units = [placing(buyer), clash, placing(buyer), clash, placing(buyer)]
        return await gathered(*(asyncio.ensure_future(database.write(each)) for each in units))

    results = run(crowd())

    assert [each is None for each in results] == [True, False, True, False, True]
    assert kept() == ["order.created"] * 3


def test_a_unit_that_runs_twice_tells_once(run, database, buyer, kept) -> None:
    runs = []

    async def unit(tx) -> None:
        runs.append(tx)
        await placing(buyer)(tx)
        await tx._session.flush()
        if len(runs) == 1 and tx._session.dialect == "postgresql":
            await tx._session.run(text(DEADLOCK))

    run(database.write(unit))

    assert kept() == ["order.created"]
    assert len(runs) == (2 if "postgresql" in str(database.url) else 1)


def test_an_endpoint_that_is_deleted_meanwhile_stops_no_order(run, database, buyer, kept) -> None:
    async def delete(tx) -> None:
        for row in await tx._session.rows(text("SELECT id FROM webhook_endpoints")):
            await tx.webhook_endpoints.delete(await tx.webhook_endpoints.get(row.id, lock=True))

    async def crowd() -> list[object]:
        units = [placing(buyer), placing(buyer), delete, placing(buyer), placing(buyer)]
        return await gathered(*(asyncio.ensure_future(database.write(each)) for each in units))

    assert run(crowd()) == [None] * 5
    assert run(database.read(lambda tx: tx.webhook_endpoints.count())) == 0
