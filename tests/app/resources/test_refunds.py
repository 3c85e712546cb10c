import pytest
from support.bank import Bank, Cut, PowerCut
from support.paying import tell
from support.shopping import DECLINED, buy, fill, order_in, place, statuses
from support.worker import carry_out_one

from domain.workflow import TryAgain

MALFORMED_REFUNDS = [
    ({"amount_cents": 0}, "amount_cents"),
    ({"amount": 0}, "amount"),
    ({"amount_cents": -1}, "amount_cents"),
    ({"amount": 1.001}, "amount"),
    ({"amount": 1, "amount_cents": 99}, "amount"),
    ({"amount_cents": None}, "amount_cents"),
    ({"items": []}, "items"),
    ({"items": [{"item_id": "x", "quantity": 1}]}, "items.0.item_id"),
    ({"items": [{"item_id": "8f6f2d1c-0000-4000-8000-000000000001", "quantity": 0}]},
     "items.0.quantity"),
    ({"restock": True, "items": [{"item_id": "8f6f2d1c-0000-4000-8000-000000000001",
                                  "quantity": 1}]}, "items"),
    ({"reason": "x" * 501}, "reason"),
    ({"payment": "all"}, "payment"),
]  # fmt: skip


@pytest.fixture
def gateway(bank) -> Bank:
    return bank


@pytest.fixture
def book(admin):
    return admin.product(price_cents=1000, stock=5)


@pytest.fixture
def order(shopper, book):
    return buy(shopper, book, 3)


@pytest.fixture
def ask(admin, order):
    """Ask for a refund of the order."""
    return lambda **how: admin.post(f"/orders/{order['id']}/refunds", how)


@pytest.fixture
def key(order, bank) -> str:
    """Tell what the bank knows the payment by."""
    (key,) = bank.taken
    return key


def shown(client, order) -> tuple[str, int]:
    order = client.get(f"/orders/{order['id']}").json
    return order["status"], order["refunded_cents"]


def test_a_refund_in_parts_ends_in_a_refunded_order(
    shopper, order, ask, bank, key, carried_out
) -> None:
    first = ask(amount=9.99, reason="a scratch")
    pending = shown(shopper, order)
    carried_out()
    in_part = shown(shopper, order)

    rest = ask()
    carried_out()

    assert (first.status_code, first.json["status"], first.json["amount_cents"]) == (
        202, "PENDING", 999,
    )  # fmt: skip
    assert (pending, in_part) == (("PAID", 0), ("PAID", 999))
    assert (rest.json["amount_cents"], shown(shopper, order)) == (2001, ("REFUNDED", 3000))
    assert bank.returned_of[key] == 3000
    refunds = shopper.get(f"/orders/{order['id']}/refunds").json
    assert [(each["amount"], each["status"], each["reason"]) for each in refunds] == [
        (9.99, "SUCCEEDED", "a scratch"),
        (20.01, "SUCCEEDED", None),
    ]


def test_never_more_goes_back_than_was_paid(ask, bank, key, carried_out) -> None:
    too_much = ask(amount_cents=3001)
    ask(amount_cents=2000)  # not carried out yet, and counted all the same

    beyond = ask(amount_cents=1001)
    rest, none_left = ask(amount_cents=1000), ask()
    carried_out()

    assert (too_much.status_code, too_much.json["error"]) == (409, "refund_too_large")
    assert (beyond.status_code, beyond.json["details"]["refundable_cents"]) == (409, 1000)
    assert rest.status_code == 202
    assert (none_left.status_code, none_left.json["error"]) == (409, "nothing_to_refund")
    assert bank.returned_of[key] == 3000


def test_without_a_word_about_goods_none_go_back_on_the_shelves(
    shopper, book, ask, carried_out
) -> None:
    ask()
    carried_out()

    assert shopper.stock_of(book) == 2


def test_goods_go_back_on_the_shelves_once_the_money_is_back(
    shopper, book, order, ask, carried_out
) -> None:
    (line,) = order["items"]

    ask(amount_cents=1000, items=[{"item_id": line["id"], "quantity": 1}])
    before = shopper.stock_of(book)
    carried_out()
    one_back = shopper.stock_of(book)
    ask(restock=True)
    carried_out()

    assert (before, one_back, shopper.stock_of(book)) == (2, 3, 5)


def test_no_more_goods_go_back_than_were_sold(shopper, book, order, ask, carried_out) -> None:
    (line,) = order["items"]
    ask(amount_cents=1, items=[{"item_id": line["id"], "quantity": 2}])

    too_many = ask(amount_cents=1, items=[{"item_id": line["id"], "quantity": 2}])
    twice_named = ask(amount_cents=1, items=[{"item_id": line["id"], "quantity": 1}] * 2)
    of_another = ask(items=[{"item_id": order["id"], "quantity": 1}])
    carried_out()

    for refused in (too_many, twice_named, of_another):
        assert (refused.status_code, refused.json["error"]) == (409, "restock_too_large")
    assert too_many.json["details"]["available_quantity"] == 1
    assert shopper.stock_of(book) == 4


def test_every_line_of_the_same_product_goes_back(admin, shopper, book, carried_out) -> None:
    line = {"product_id": book["id"], "quantity": 2}
    order = shopper.post("/orders", {"items": [line, line]}).json
    shopper.post(f"/orders/{order['id']}/pay", {})

    admin.post(f"/orders/{order['id']}/refunds", {"restock": True})
    carried_out()

    assert shopper.stock_of(book) == 5


def test_what_is_no_longer_in_the_catalogue_is_refunded_too(
    admin, shopper, book, order, ask, carried_out
) -> None:
    admin.delete(f"/products/{book['id']}")

    refunded = ask(restock=True)
    carried_out()

    assert refunded.status_code == 202
    assert shown(shopper, order) == ("REFUNDED", 3000)


@pytest.mark.parametrize("cut", list(Cut))
def test_a_refund_cut_off_halfway_is_made_once(
    shopper, book, order, ask, bank, key, carried_out, cut
) -> None:
    ask(amount_cents=1000, restock=True)
    bank.cut = cut
    with pytest.raises(PowerCut):
        carried_out()
    bank.cut = None
    before = shown(shopper, order), shopper.stock_of(book)

    carried_out()

    assert before == (("PAID", 0), 2)
    assert (shown(shopper, order), shopper.stock_of(book)) == (("PAID", 1000), 5)
    assert bank.returned_of[key] == 1000


def test_a_refund_the_bank_refuses_says_why_and_can_be_asked_for_again(
    shopper, book, order, ask, bank, key, carried_out
) -> None:
    bank.refunds_fail = True
    ask(restock=True)
    carried_out()
    (failed,) = shopper.get(f"/orders/{order['id']}/refunds").json
    after = shown(shopper, order), shopper.stock_of(book)

    bank.refunds_fail = False
    again = ask(restock=True)
    carried_out()

    assert (failed["status"], failed["failure"]) == ("FAILED", "3000 of the charge is left")
    assert (after, again.status_code) == ((("PAID", 0), 2), 202)
    assert (shown(shopper, order), shopper.stock_of(book)) == (("REFUNDED", 3000), 5)
    assert bank.returned_of[key] == 3000


def test_what_nobody_paid_us_cannot_be_refunded(admin, client, shopper, book) -> None:
    elsewhere = order_in("PAID", admin, shopper, book)
    fill(shopper, book)
    declined = shopper.post("/checkout", {"payment_token": DECLINED}).json["details"]["order_id"]
    pending = place(shopper, book).json

    for order_id in (elsewhere["id"], declined, pending["id"]):
        refused = admin.post(f"/orders/{order_id}/refunds", {})
        assert (refused.status_code, refused.json["error"]) == (409, "nothing_to_refund")
    assert statuses(shopper) == ["FAILED", "PAID", "PENDING"]


def test_a_fulfilled_order_can_be_refunded(admin, shopper, order, ask, carried_out) -> None:
    admin.patch(f"/orders/{order['id']}", {"status": "FULFILLED"})
    ask(amount_cents=1)
    carried_out()
    in_part = shown(shopper, order)

    ask()
    carried_out()

    assert (in_part, shown(shopper, order)) == (("FULFILLED", 1), ("REFUNDED", 3000))


def test_refunds_at_the_banks_own_counter_are_counted_once(
    client, shopper, book, order, bank, key, carried_out
) -> None:
    for amount in (500, 200):
        bank.give_back(key, amount)
    tell(client, bank, backwards=True, times=2)
    carried_out()
    in_part = shown(shopper, order)

    bank.give_back(key, 2300)
    tell(client, bank)
    carried_out()

    assert (in_part, shown(shopper, order)) == (("PAID", 700), ("REFUNDED", 3000))
    assert shopper.stock_of(book) == 2


def test_a_refund_of_ours_and_one_of_the_banks_own_are_both_counted(
    client, shopper, order, ask, bank, key, carried_out
) -> None:
    ask(amount_cents=1000)
    bank.give_back(key, 2500)  # too much of it, for ours
    tell(client, bank)

    carried_out(failing_is_fine=True)

    assert shown(shopper, order) == ("PAID", 2500)
    (failed, counted) = shopper.get(f"/orders/{order['id']}/refunds").json
    assert (failed["status"], counted["status"]) == ("FAILED", "SUCCEEDED")


def test_our_own_refund_is_not_counted_again_when_the_bank_tells_of_it(
    client, shopper, order, ask, bank, carried_out
) -> None:
    ask(amount_cents=1000)
    carried_out()

    tell(client, bank, times=2)
    carried_out()

    assert shown(shopper, order) == ("PAID", 1000)
    assert len(shopper.get(f"/orders/{order['id']}/refunds").json) == 1


def test_what_the_bank_tells_of_a_refund_that_is_under_way_waits_for_its_end(
    run, client, shopper, order, ask, bank, carried_out
) -> None:
    ask(amount_cents=1000)
    bank.cut = Cut.AFTER
    with pytest.raises(PowerCut):
        carried_out()
    bank.cut = None

    tell(client, bank)
    with pytest.raises(TryAgain, match="under way"):
        run(carry_out_one(client.shop, -1))
    carried_out()

    assert shown(shopper, order) == ("PAID", 1000)
    assert len(shopper.get(f"/orders/{order['id']}/refunds").json) == 1


def test_refunds_are_an_administrators_to_make_and_the_owners_to_see(
    client, shopper, order, ask
) -> None:
    ask(amount_cents=1)
    path = f"/orders/{order['id']}/refunds"
    eve = client.as_shopper()

    assert [shopper.post(path, {}).status_code, client.post(path, {}).status_code] == [403, 401]
    assert (len(shopper.get(path).json), eve.get(path).status_code) == (1, 404)


def test_a_malformed_refund_gives_nothing_back_and_names_its_fault(ask, shopper, order) -> None:
    for body, field in MALFORMED_REFUNDS:
        refused = ask(**body)
        assert (refused.status_code, list(refused.json["details"])) == (422, [field]), body
    assert shopper.get(f"/orders/{order['id']}/refunds").json == []
