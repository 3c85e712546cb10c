"""News of one payment arrives from every side at the same moment: it counts once."""

import asyncio

import pytest
from support.bank import Bank
from support.crowd import Ask, all_at_once
from support.paying import SESSIONS, WISH, key_of, look, open_intent, open_session, tell
from support.shopping import buy, statuses
from support.stripe_events import signed


@pytest.fixture
def gateway(bank) -> Bank:
    return bank


@pytest.fixture
def book(admin):
    return admin.product(price_cents=1000, stock=5)


@pytest.fixture
def at_once(run):
    """Do everything at once; whatever is raised is a failure."""

    async def everything(work) -> list:
        return await asyncio.gather(*work)

    return lambda *work: run(everything(work))


@pytest.fixture
def dealing_with(run, client, bank):
    """Take in all the bank has to tell; give the work that is to be done about it."""

    def receive(times: int = 1) -> list:
        for told in bank.events:
            run(client.shop.webhooks.receive(*signed(client.shop, told)))
        return [client.shop.webhooks.process(told["id"]) for told in bank.events * times]

    return receive


def test_a_payment_told_of_from_every_side_is_settled_once(
    client, shopper, book, bank, later, at_once, dealing_with, carried_out
) -> None:
    session = open_session(shopper, book, 2)
    bank.pay(key_of(session))
    later(minutes=31)
    work = dealing_with(times=3)

    at_once(*work, *(client.shop.checkout.sweep() for _ in range(3)))
    carried_out()

    order = shopper.get(f"/orders/{session['order_id']}").json
    assert (order["status"], order["refunded_cents"], bank.returned) == ("PAID", 0, {})
    assert (shopper.stock_of(book), shopper.get("/cart").json["items"]) == (3, [])


def test_looking_canceling_and_replacing_what_is_paid_end_in_one_paid_order(
    client, shopper, book, bank, at_once, dealing_with, carried_out
) -> None:
    session = open_session(shopper, book, 2)
    path = f"{SESSIONS}/{session['session_id']}"
    bank.pay(key_of(session))

    results = all_at_once(
        *[Ask(shopper, "GET", path)] * 3,
        *[Ask(shopper, "POST", f"{path}/cancel")] * 3,
        *[Ask(shopper, "POST", SESSIONS, WISH)] * 3,
        *[Ask(shopper, "POST", "/checkout", {})] * 3,
    )
    at_once(*dealing_with(times=2))
    carried_out()

    assert {each.status_code for each in results} <= {200, 400, 409}
    assert (look(shopper, session)["status"], statuses(shopper)) == ("complete", ["PAID"])
    assert (len(bank.taken), bank.returned, shopper.stock_of(book)) == (1, {}, 3)


def test_a_decline_and_a_payment_at_once_end_one_way(
    client, shopper, book, bank, at_once, dealing_with, carried_out
) -> None:
    intent = open_intent(shopper, book, 2)
    bank.decline(key_of(intent))
    bank.pay(key_of(intent))

    at_once(*dealing_with(times=3))
    carried_out()

    assert (statuses(shopper), shopper.stock_of(book), bank.returned) == (["PAID"], 3, {})


def test_an_expiry_told_of_from_every_side_gives_the_stock_back_once(
    client, shopper, book, bank, later, run, at_once, dealing_with
) -> None:
    session = open_session(shopper, book, 2)
    later(minutes=31)
    run(bank.close(bank.bills[key_of(session)]))
    path = f"{SESSIONS}/{session['session_id']}"

    at_once(*dealing_with(times=3), *(client.shop.checkout.sweep() for _ in range(3)))
    all_at_once(*[Ask(shopper, "GET", path)] * 3, *[Ask(shopper, "POST", f"{path}/cancel")] * 3)

    assert (statuses(shopper), shopper.stock_of(book)) == (["CANCELED"], 5)


def test_late_money_told_of_many_times_at_once_buys_once(
    client, shopper, book, bank, at_once, dealing_with, carried_out
) -> None:
    session = open_session(shopper, book, 5)
    shopper.post(f"{SESSIONS}/{session['session_id']}/cancel")
    bank.pay_late(key_of(session))

    at_once(*dealing_with(times=3))
    carried_out()

    assert (statuses(shopper), shopper.stock_of(book), bank.returned) == (["PAID"], 0, {})


def test_of_many_refunds_asked_for_at_once_one_is_made(
    admin, shopper, book, bank, carried_out
) -> None:
    order = buy(shopper, book, 3)
    ask = Ask(admin, "POST", f"/orders/{order['id']}/refunds", {"restock": True})

    results = all_at_once(*[ask] * 5)
    carried_out()

    assert sorted(each.status_code for each in results) == [202, 409, 409, 409, 409]
    assert [money.amount for money in bank.returned.values()] == [3000]
    assert (statuses(shopper), shopper.stock_of(book)) == (["REFUNDED"], 5)


def test_a_refund_carried_out_twice_at_once_counts_once(
    client, admin, shopper, book, bank, at_once, dealing_with
) -> None:
    order = buy(shopper, book, 3)
    asked = {"amount_cents": 1000, "restock": True}
    refund = admin.post(f"/orders/{order['id']}/refunds", asked).json

    at_once(*(client.shop.refunds.carry_out(refund["id"]) for _ in range(4)))
    at_once(*dealing_with(times=2))

    assert admin.get(f"/orders/{order['id']}").json["refunded_cents"] == 1000
    assert (bank.returned_of.total(), shopper.stock_of(book)) == (1000, 5)


def test_refunds_here_and_there_at_once_are_all_counted(
    client, admin, shopper, book, bank, carried_out
) -> None:
    order = buy(shopper, book, 3)
    (key,) = bank.taken
    ask = Ask(admin, "POST", f"/orders/{order['id']}/refunds", {"amount_cents": 500})
    all_at_once(*[ask] * 3)
    bank.give_back(key, 700)

    tell(client, bank, times=2)
    carried_out(failing_is_fine=True)
    tell(client, bank)
    carried_out(failing_is_fine=True)

    assert admin.get(f"/orders/{order['id']}").json["refunded_cents"] == 2200
    assert bank.returned_of[key] == 2200
