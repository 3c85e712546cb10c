"""What other systems are told of an order, whichever way it goes."""

import pytest
from support.bank import Bank
from support.client import Client
from support.paying import key_of, open_intent, open_session, tell
from support.receiver import Receiver, allowing, deliveries, listen
from support.shopping import DECLINED, buy, fill, order_in, place

from app.settings import Settings


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return allowing(settings, "127.0.0.1")


@pytest.fixture
def gateway(bank: Bank) -> Bank:
    return bank


@pytest.fixture
def book(admin):
    return admin.product(price_cents=1000)


@pytest.fixture
def events(admin, endpoint):
    """Tell which events were kept, in the order in which they happened."""

    def events() -> list[str]:
        return [each["event_type"] for each in reversed(deliveries(admin, endpoint))]

    return events


def test_a_purchase_that_is_refunded_bit_by_bit(
    admin, shopper, book, events, receiver, carried_out
) -> None:
    order = buy(shopper, book, 2)
    admin.patch(f"/orders/{order['id']}", {"status": "FULFILLED"})
    for amount in (500, 1500):
        admin.post(f"/orders/{order['id']}/refunds", {"amount_cents": amount})
        carried_out()

    happened = [
        "order.created",
        "order.paid",
        "order.fulfilled",
        "order.partially_refunded",
        "order.refunded",
    ]
    assert events() == happened
    told = sorted(receiver.told, key=lambda each: each["timestamp"])
    assert [each["type"] for each in told] == happened
    assert [each["data"]["status"] for each in told] == [
        "PENDING",
        "PAID",
        "FULFILLED",
        "FULFILLED",
        "REFUNDED",
    ]
    assert [each["data"]["refunded_cents"] for each in told] == [0, 0, 0, 500, 2000]
    assert {each["data"]["id"] for each in told} == {order["id"]}


@pytest.mark.parametrize("status", ["PAID", "FAILED", "CANCELED"])
def test_an_administrators_changes_are_told(admin, shopper, book, events, status) -> None:
    order_in(status, admin, shopper, book)

    assert events() == ["order.created", f"order.{status.lower()}"]


def test_a_declined_payment_is_told(shopper, book, events) -> None:
    fill(shopper, book)

    assert shopper.post("/checkout", {"payment_token": DECLINED}).status_code == 402

    assert events() == ["order.created", "order.failed"]


def test_an_order_that_costs_nothing_is_placed_and_paid_at_once(admin, shopper, events) -> None:
    buy(shopper, admin.product(price_cents=0))

    assert events() == ["order.created", "order.paid"]


def test_an_order_that_nobody_pays_is_canceled(run, shop, shopper, book, events, later) -> None:
    place(shopper, book)
    later(minutes=31)

    run(shop.checkout.sweep())

    assert events() == ["order.created", "order.canceled"]


def test_a_deleted_order_is_told_of(admin, shopper, book, events) -> None:
    order = place(shopper, book).json

    assert admin.delete(f"/orders/{order['id']}").status_code == 204

    assert events() == ["order.created", "order.deleted"]


def test_money_that_comes_after_all_reopens_an_order(
    run, shop, client, shopper, book, bank, events, carried_out, later
) -> None:
    opened = open_session(shopper, book)
    later(minutes=32)
    run(shop.checkout.sweep())
    bank.pay_late(key_of(opened))

    tell(client, bank, times=3)
    carried_out()

    assert events() == ["order.created", "order.canceled", "order.reopened", "order.paid"]


def test_a_change_that_is_refused_is_not_told(admin, shopper, book, events) -> None:
    order = buy(shopper, book)
    before = events()

    refusals = [
        admin.patch(f"/orders/{order['id']}", {"status": "PAID"}),
        admin.patch(f"/orders/{order['id']}", {"total_cents": 1}),
        admin.delete(f"/orders/{order['id']}"),
        place(shopper, book, 11),
        shopper.post("/checkout", {}),
    ]

    assert [each.status_code for each in refusals] == [409, 409, 409, 409, 400]
    assert events() == before == ["order.created", "order.paid"]


def test_a_cart_whose_prices_changed_makes_no_order_and_no_event(
    admin, shopper, book, events
) -> None:
    fill(shopper, book)
    admin.patch(f"/admin/products/{book['id']}", {"price_cents": 1200})

    refused = shopper.post("/checkout", {})

    assert (refused.status_code, refused.json["error"]) == (409, "price_changed")
    assert events() == []


def test_a_repeated_request_tells_of_one_order(shopper, book, events) -> None:
    line = {"items": [{"product_id": book["id"]}]}

    first, again = (shopper.post("/orders", line, Idempotency_Key="order-1") for _ in range(2))

    assert first.json == again.json
    assert events() == ["order.created"]


def test_each_endpoint_is_told_what_it_wants(
    run, admin, shopper, book, receiver, carried_out
) -> None:
    with Receiver().opened(run) as paid, Receiver().opened(run) as alerts:
        listen(admin, receiver.url)
        listen(admin, paid.url, "order.paid", "subscription.*")
        listen(admin, alerts.url, "alert.*")
        buy(shopper, book)
        carried_out()

    assert sorted(receiver.types) == ["order.created", "order.paid"]
    assert (paid.types, alerts.types) == (["order.paid"], [])
    both = {each["id"] for each in receiver.told if each["type"] == "order.paid"}
    assert both == {paid.told[0]["id"]}


def test_nobody_is_told_twice_where_the_bank_says_everything_three_times(
    client: Client, shopper, book, bank, events, carried_out
) -> None:
    intent = open_intent(shopper, book)
    bank.pay(key_of(intent))

    tell(client, bank, times=3)
    carried_out()

    assert events() == ["order.created", "order.paid"]
