"""Money that comes when its order was given up, or was paid already, or is another sum."""

from dataclasses import replace

import pytest
from support.bank import Bank
from support.paying import SESSIONS, key_of, look, open_session, tell
from support.shopping import fill, statuses
from support.stripe_events import event, paid_session_of, send

from domain.payment.gateway import PaymentKind
from domain.payment.models import Payment


@pytest.fixture
def gateway(bank) -> Bank:
    return bank


@pytest.fixture
def book(admin):
    return admin.product(price_cents=899, stock=2)


@pytest.fixture
def paid_too_late(run, client, shopper, bank, later, carried_out):
    """Let a session expire, do something else, and then hear that it was paid."""

    def pay(session, meanwhile=lambda: None, times: int = 1) -> None:
        later(minutes=31)
        run(client.shop.checkout.sweep())
        assert look(shopper, session)["status"] == "expired"
        meanwhile()
        bank.events.clear()
        bank.pay_late(key_of(session))
        tell(client, bank, times=times)
        carried_out()

    return pay


def test_late_money_buys_what_is_still_there(shopper, book, bank, paid_too_late) -> None:
    session = open_session(shopper, book, 2)

    paid_too_late(session, times=3)

    order = shopper.get(f"/orders/{session['order_id']}").json
    assert (order["status"], order["refunded_cents"], bank.returned) == ("PAID", 0, {})
    assert (look(shopper, session)["status"], shopper.stock_of(book)) == ("complete", 0)
    assert shopper.get("/cart").json["items"] == []


def test_late_money_goes_back_when_the_stock_is_gone(
    client, admin, shopper, book, bank, paid_too_late
) -> None:
    session = open_session(shopper, book, 2)
    eve = client.as_shopper()

    def sold() -> None:
        fill(eve, book)
        assert eve.post("/checkout", {}).status_code == 201

    paid_too_late(session, sold, times=3)

    order = shopper.get(f"/orders/{session['order_id']}").json
    refunds = shopper.get(f"/orders/{session['order_id']}/refunds").json
    assert (order["status"], shopper.stock_of(book)) == ("CANCELED", 1)
    assert [(each["amount_cents"], each["status"]) for each in refunds] == [(1798, "SUCCEEDED")]
    assert bank.returned_of[key_of(session)] == 1798
    assert admin.post(f"/orders/{order['id']}/refunds", {}).json["error"] == "nothing_to_refund"
    assert shopper.get("/cart").json["items"][0]["quantity"] == 2


@pytest.mark.parametrize("lacking", [0, 1])
def test_late_money_takes_all_of_an_order_or_nothing(
    admin, shopper, book, bank, paid_too_late, lacking
) -> None:
    shelf = [admin.product(stock=5), admin.product(stock=5)]
    in_lock_order = sorted(shelf, key=lambda product: product["variants"][0]["id"])
    for product in shelf:
        fill(shopper, product, 5)
    session = open_session(shopper)
    sold_out = f"/admin/products/{in_lock_order[lacking]['id']}/stock"

    paid_too_late(session, lambda: admin.patch(sold_out, {"stock": 4}))

    assert shopper.stock_of(in_lock_order[lacking]) == 4
    assert shopper.stock_of(in_lock_order[1 - lacking]) == 5
    assert statuses(shopper) == ["CANCELED"]
    assert bank.returned_of[key_of(session)] == bank.taken[key_of(session)].amount


def test_an_order_whose_money_is_going_back_is_not_deleted_meanwhile(
    client, admin, shopper, book, bank, carried_out
) -> None:
    session = open_session(shopper, book)
    shopper.post(f"{SESSIONS}/{session['session_id']}/cancel")
    admin.patch(f"/admin/products/{book['id']}/stock", {"stock": 0})
    bank.pay_late(key_of(session))
    bank.is_away = True
    tell(client, bank)
    carried_out(failing_is_fine=True)

    refused = admin.delete(f"/orders/{session['order_id']}")

    (refund,) = admin.get(f"/orders/{session['order_id']}/refunds").json
    assert (refused.status_code, refused.json["error"]) == (409, "order_settled")
    assert (refund["status"], refund["amount_cents"]) == ("PENDING", 899)


def test_goods_of_an_order_that_was_given_up_are_not_put_back_twice(
    admin, shopper, book, bank, paid_too_late, carried_out
) -> None:
    session = open_session(shopper, book, 2)
    item = shopper.get(f"/orders/{session['order_id']}").json["items"][0]["id"]
    bank.refunds_fail = True
    paid_too_late(session, lambda: admin.patch(f"/admin/products/{book['id']}/stock", {"stock": 1}))
    bank.refunds_fail = False
    path = f"/orders/{session['order_id']}/refunds"

    some = admin.post(path, {"items": [{"item_id": item, "quantity": 1}]})
    everything = admin.post(path, {"restock": True})
    carried_out()

    assert (some.status_code, some.json["error"]) == (409, "restock_too_large")
    assert (everything.status_code, everything.json["restock"]) == (202, {})
    assert (bank.returned_of[key_of(session)], admin.stock_of(book)) == (1798, 1)


def test_a_second_payment_of_an_order_goes_back(
    run, client, admin, shopper, book, bank, carried_out
) -> None:
    session = open_session(shopper, book)
    first = key_of(session)
    bank.pay(first)
    tell(client, bank)
    carried_out()
    second = run(client.shop.database.write(lambda tx: _another(tx, session["order_id"])))
    bank.bills[second] = replace(bank.bills[first], key=second, metadata={"payment_id": second})

    bank.pay(second)
    tell(client, bank, times=2)
    carried_out()

    order = shopper.get(f"/orders/{session['order_id']}").json
    assert (order["status"], order["refunded_cents"]) == ("PAID", 0)
    assert (bank.returned_of[first], bank.returned_of[second]) == (0, 899)
    assert shopper.stock_of(book) == 1
    assert admin.post(f"/orders/{order['id']}/refunds", {}).json["amount_cents"] == 899


def test_an_event_with_another_sum_is_left_for_somebody_to_look_at(
    client, admin, shopper, book, bank, carried_out
) -> None:
    session = open_session(shopper, book)
    wrong = event(
        "checkout.session.completed", paid_session_of(bank.bills[key_of(session)], amount_total=1)
    )

    send(client, wrong)
    carried_out()

    told = admin.get(f"/admin/webhook-events/{wrong['id']}").json
    assert (told["status"], told["note"]) == ("FAILED", "1 was paid, 899 was asked")
    assert (statuses(shopper), shopper.stock_of(book)) == (["PENDING"], 1)


async def _another(tx, order_id) -> str:
    """Write a second payment of an order, as no door of the shop does."""
    order = await tx.orders.get(order_id)
    payment = Payment(
        order_id=order_id,
        kind=PaymentKind.SESSION,
        amount=order.total_amount,
        currency=order.currency,
    )
    tx.payments.add(payment)
    return payment.id
