"""The power goes out between two beats of a checkout. The bank's books outlive the shop."""

import pytest
from support.bank import Bank, Cut, PowerCut
from support.client import PASSWORD, Client
from support.shopping import DECLINED, fill, place, statuses

from common.money import Money
from domain.payment.gateway import Bill, PaymentKind

CUTS = list(Cut)


@pytest.fixture
def gateway(bank) -> Bank:
    return bank


def die_in_checkout(bank, cut, client, path="/checkout", body=None, **headers) -> None:
    """Send a request during which the power goes out, and put the power back on."""
    bank.cut = cut
    with pytest.raises(PowerCut):
        client.post(path, body or {}, **headers)
    bank.cut = None


def log_in(client, shopper) -> Client:
    """Let a shopper in by this client, perhaps long after their first token was good."""
    login = {"username": shopper.email, "password": PASSWORD}
    token = client.post("/login", login).json["access_token"]
    return client.bearing(token, shopper.user_id, shopper.email)


@pytest.mark.parametrize("cut", CUTS)
def test_a_crash_leaves_an_order_that_holds_its_stock(admin, shopper, bank, cut) -> None:
    book = admin.product(stock=5)
    fill(shopper, book, 2)

    die_in_checkout(bank, cut, shopper)

    assert statuses(shopper) == ["PENDING"]
    assert admin.stock_of(book) == 3
    assert len(shopper.get("/cart").json["items"]) == 1


@pytest.mark.parametrize("cut", CUTS)
def test_a_shopper_who_tries_again_finishes_the_same_order(admin, shopper, bank, cut) -> None:
    book = admin.product(price_cents=700, stock=5)
    fill(shopper, book, 2)
    die_in_checkout(bank, cut, shopper)

    bought = shopper.post("/checkout", {})

    assert bought.status_code == 201
    assert bought.json["status"] == "PAID"
    assert statuses(shopper) == ["PAID"]
    assert [money.amount for money in bank.taken.values()] == [1400]
    assert admin.stock_of(book) == 3
    assert shopper.get("/cart").json["items"] == []


@pytest.mark.parametrize("cut", CUTS)
def test_the_same_key_finishes_the_same_order(admin, shopper, bank, cut, later, restarted) -> None:
    book = admin.product(price_cents=700, stock=5)
    fill(shopper, book)
    die_in_checkout(bank, cut, shopper, Idempotency_Key="k1")
    later(seconds=11)

    back = log_in(restarted, shopper)
    bought = back.post("/checkout", {}, Idempotency_Key="k1")
    replayed = back.post("/checkout", {}, Idempotency_Key="k1")

    assert bought.status_code == 201
    assert bought.json["status"] == "PAID"
    assert replayed.json == bought.json
    assert statuses(shopper) == ["PAID"]
    assert len(bank.taken) == 1
    assert admin.stock_of(book) == 4


def test_a_key_first_used_after_the_crash_belongs_to_the_order_it_finished(
    admin, shopper, bank, later
) -> None:
    book, pen = admin.product(stock=5), admin.product(stock=5)
    fill(shopper, book)
    die_in_checkout(bank, Cut.BEFORE, shopper)
    die_in_checkout(bank, Cut.AFTER, shopper, Idempotency_Key="k1")
    first = shopper.post("/checkout", {}).json
    fill(shopper, pen)
    later(seconds=11)

    again = shopper.post("/checkout", {}, Idempotency_Key="k1")

    assert again.json["id"] == first["id"]
    assert statuses(shopper) == ["PAID"]
    assert admin.stock_of(pen) == 5


def test_what_was_added_after_a_crash_stays_in_the_cart(admin, shopper, bank) -> None:
    book, pen = admin.product(title="Emma"), admin.product(title="Pen")
    fill(shopper, book, 2)
    die_in_checkout(bank, Cut.AFTER, shopper)
    fill(shopper, book)
    fill(shopper, pen)

    bought = shopper.post("/checkout", {}).json

    left = {item["name"]: item["quantity"] for item in shopper.get("/cart").json["items"]}
    assert [(line["title"], line["quantity"]) for line in bought["items"]] == [("Emma", 2)]
    assert left == {"Emma": 1, "Pen": 1}


def test_a_card_declined_before_the_crash_stays_declined(admin, shopper, bank) -> None:
    book = admin.product(stock=5)
    fill(shopper, book)
    die_in_checkout(bank, Cut.AFTER, shopper, body={"payment_token": DECLINED})

    refused = shopper.post("/checkout", {"payment_token": "tok_visa"})

    assert refused.status_code == 402
    assert refused.json["details"]["reason"] == "card_declined"
    assert admin.stock_of(book) == 5
    assert bank.taken == {}


def test_a_decline_whose_answer_was_lost_is_told_again(admin, shopper, bank, later, run) -> None:
    book = admin.product(stock=5)
    fill(shopper, book)
    die_in_checkout(bank, Cut.BEFORE, shopper, Idempotency_Key="k1")
    later(minutes=3)
    run(shopper.shop.checkout.sweep())

    refused = shopper.post("/checkout", {}, Idempotency_Key="k1")

    order = shopper.get("/orders/me").json["items"][0]
    assert refused.status_code == 402
    assert refused.json["details"] == {"reason": "abandoned", "order_id": order["id"]}
    assert statuses(shopper) == ["FAILED"]
    assert admin.stock_of(book) == 5


@pytest.mark.parametrize(
    ("cut", "status", "left"), [(Cut.BEFORE, "FAILED", 5), (Cut.AFTER, "PAID", 3)]
)
def test_the_sweep_finishes_what_nobody_came_back_for(
    admin, shopper, bank, later, run, restarted, cut, status, left
) -> None:
    book = admin.product(stock=5)
    fill(shopper, book, 2)
    die_in_checkout(bank, cut, shopper)

    later(minutes=2)
    run(restarted.shop.checkout.sweep())

    assert statuses(shopper) == [status]
    assert admin.stock_of(book) == left
    assert len(shopper.get("/cart").json["items"]) == (0 if status == "PAID" else 1)
    assert len(bank.taken) == (1 if status == "PAID" else 0)


def test_the_sweep_leaves_a_fresh_payment_its_time(admin, shopper, bank, later, run) -> None:
    fill(shopper, admin.product())
    die_in_checkout(bank, Cut.BEFORE, shopper)

    later(seconds=119)
    run(shopper.shop.checkout.sweep())

    assert statuses(shopper) == ["PENDING"]


def test_a_charge_that_comes_after_the_sweep_is_refused(admin, shopper, bank, later, run) -> None:
    fill(shopper, admin.product(stock=5))
    die_in_checkout(bank, Cut.BEFORE, shopper)
    later(minutes=2)
    run(shopper.shop.checkout.sweep())
    order = shopper.get("/orders/me").json["items"][0]
    bill = Bill(
        bank.asked[0], PaymentKind.CHARGE, Money(order["total_cents"], "USD"), order["id"], "PG-1"
    )

    late = run(bank.charge(bill, "tok_visa"))

    assert not late.paid
    assert bank.taken == {}
    assert shopper.get(f"/orders/{order['id']}").json == order


def test_a_placed_order_can_be_paid_after_a_crash(admin, shopper, bank) -> None:
    book = admin.product(stock=5)
    order = place(shopper, book).json
    die_in_checkout(bank, Cut.AFTER, shopper, f"/orders/{order['id']}/pay")

    paid = shopper.post(f"/orders/{order['id']}/pay", {})

    assert paid.json["status"] == "PAID"
    assert len(bank.taken) == 1
    assert admin.stock_of(book) == 4


def test_an_order_is_left_alone_while_its_payment_is_under_way(admin, shopper, bank) -> None:
    book = admin.product(stock=5)
    order = place(shopper, book).json
    die_in_checkout(bank, Cut.AFTER, shopper, f"/orders/{order['id']}/pay")

    for verb, body in (
        ("PATCH", {"total_cents": 1}),
        ("PATCH", {"status": "CANCELED"}),
        ("DELETE", None),
    ):
        refused = admin.send(verb, f"/orders/{order['id']}", json=body)
        assert refused.status_code == 409
        assert refused.json["error"] == "payment_in_progress"
    assert admin.stock_of(book) == 4


def test_one_payment_the_bank_cannot_tell_of_does_not_hold_up_the_others(
    admin, client, bank, later, run
) -> None:
    book, (ada, eve) = admin.product(stock=5), (client.as_shopper(), client.as_shopper())
    for shopper in (ada, eve):
        fill(shopper, book)
        die_in_checkout(bank, Cut.BEFORE, shopper)
        later(seconds=1)
    bank.unreachable_for.add(bank.asked[0])

    later(minutes=2)
    run(client.shop.checkout.sweep())

    assert (statuses(ada), statuses(eve)) == (["PENDING"], ["FAILED"])
    assert admin.stock_of(book) == 4


def test_what_the_bank_could_not_tell_is_settled_once_it_can(
    admin, shopper, bank, later, run
) -> None:
    book = admin.product(stock=5)
    fill(shopper, book)
    die_in_checkout(bank, Cut.AFTER, shopper)
    bank.unreachable_for.add(bank.asked[0])
    later(minutes=2)
    run(shopper.shop.checkout.sweep())

    bank.unreachable_for.clear()
    run(shopper.shop.checkout.sweep())

    assert statuses(shopper) == ["PAID"]
    assert admin.stock_of(book) == 4


def test_a_day_later_the_same_key_buys_another_cart(admin, shopper, later) -> None:
    book = admin.product(stock=5)
    fill(shopper, book)
    first = shopper.post("/checkout", {}, Idempotency_Key="k1").json
    later(hours=25)
    shopper = log_in(shopper, shopper)
    fill(shopper, book)

    second = shopper.post("/checkout", {}, Idempotency_Key="k1")

    assert second.status_code == 201
    assert second.json["id"] != first["id"]
    assert statuses(shopper) == ["PAID", "PAID"]
    assert shopper.stock_of(book) == 3


def test_a_bank_that_cannot_be_reached_leaves_the_order_to_be_finished(
    admin, shopper, bank
) -> None:
    book = admin.product(stock=5)
    fill(shopper, book)
    die_in_checkout(bank, Cut.BEFORE, shopper)
    bank.unreachable_for.add(bank.asked[0])
    refused = shopper.post("/checkout", {})

    bank.unreachable_for.clear()
    bought = shopper.post("/checkout", {})

    assert (refused.status_code, refused.json["error"]) == (503, "payments_unavailable")
    assert bought.json["status"] == "PAID"
    assert statuses(shopper) == ["PAID"]
    assert admin.stock_of(book) == 4
