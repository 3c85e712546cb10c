"""Sessions and intents under an idempotency key, when answers are lost and power goes out."""

import pytest
from support.bank import Bank, Cut, PowerCut
from support.paying import INTENTS, SESSIONS, WISH, key_of, look
from support.shopping import fill, statuses

DOORS = [(SESSIONS, WISH), (INTENTS, {})]
KEY = {"Idempotency_Key": "k1"}


@pytest.fixture
def gateway(bank, clock) -> Bank:
    bank.clock = clock
    return bank


@pytest.fixture
def book(admin):
    return admin.product(price_cents=899, stock=5)


def die(bank, cut, shopper, door, told) -> None:
    """Send a request during which the power goes out, and put the power back on."""
    bank.cut = cut
    with pytest.raises(PowerCut):
        shopper.post(door, told, **KEY)
    bank.cut = None


@pytest.mark.parametrize(("door", "told"), DOORS)
def test_the_same_key_replays_the_answer(shopper, book, bank, door, told) -> None:
    fill(shopper, book)

    opened, again = (shopper.post(door, told, **KEY) for _ in range(2))

    assert again.json == opened.json
    assert again.headers["idempotency-replayed"] == "true"
    assert (statuses(shopper), len(bank.asked)) == (["PENDING"], 1)


@pytest.mark.parametrize("cut", list(Cut))
@pytest.mark.parametrize(("door", "told"), DOORS)
def test_the_same_key_finds_the_same_session_after_a_crash(
    shopper, restarted, book, bank, later, cut, door, told
) -> None:
    fill(shopper, book, 2)
    die(bank, cut, shopper, door, told)
    held = shopper.stock_of(book)
    later(seconds=11)

    back = restarted.bearing(shopper._headers["Authorization"].removeprefix("Bearer "))
    opened = back.post(door, told, **KEY)

    assert opened.status_code == 201
    assert bank.asked == [key_of(opened.json)] * 2
    assert (held, shopper.stock_of(book), statuses(shopper)) == (3, 3, ["PENDING"])
    assert bank.pay(key_of(opened.json)).paid


def test_a_session_that_could_not_be_opened_in_time_makes_way_for_another(
    shopper, book, bank, later
) -> None:
    fill(shopper, book)
    die(bank, Cut.BEFORE, shopper, SESSIONS, WISH)
    later(minutes=2)

    opened = shopper.post(SESSIONS, WISH, **KEY)

    assert opened.status_code == 201
    assert (statuses(shopper), shopper.stock_of(book)) == (["CANCELED", "PENDING"], 4)
    assert bank.pay(key_of(opened.json)).paid


@pytest.mark.parametrize(("door", "told"), DOORS)
def test_what_ended_before_anybody_heard_of_it_leaves_its_key_to_the_next(
    run, shopper, book, bank, later, door, told
) -> None:
    fill(shopper, book)
    die(bank, Cut.AFTER, shopper, door, told)
    later(minutes=31)
    run(shopper.shop.checkout.sweep())
    freed = shopper.stock_of(book)

    opened = shopper.post(door, told, **KEY)

    assert (freed, shopper.stock_of(book)) == (5, 4)
    assert opened.status_code == 201
    assert "PENDING" in statuses(shopper)
    assert bank.pay(key_of(opened.json)).paid


@pytest.mark.parametrize(("door", "told"), DOORS)
def test_an_unanswered_session_that_is_paid_is_found_complete(
    shopper, book, bank, later, door, told
) -> None:
    fill(shopper, book)
    die(bank, Cut.AFTER, shopper, door, told)
    bank.pay(bank.asked[0])
    later(seconds=11)

    opened = shopper.post(door, told, **KEY)

    assert opened.status_code == 201
    assert len(bank.taken) == 1
    if door == SESSIONS:
        assert look(shopper, opened.json)["status"] == "complete"
        assert statuses(shopper) == ["PAID"]


@pytest.mark.parametrize(("door", "told"), [*DOORS, ("/checkout", {})])
def test_a_bill_the_bank_refuses_holds_nothing_and_keeps_cart_and_key(
    shopper, book, bank, door, told
) -> None:
    fill(shopper, book)
    bank.refuses = True
    refused = shopper.post(door, told, **KEY)
    after = statuses(shopper), shopper.stock_of(book), len(shopper.get("/cart").json["items"])

    bank.refuses = False
    opened = shopper.post(door, told, **KEY)

    assert (refused.status_code, refused.json["error"]) == (400, "payment_refused")
    assert after == (["FAILED"], 5, 1)
    assert (opened.status_code, shopper.stock_of(book)) == (201, 4)


@pytest.mark.parametrize(("door", "told"), DOORS)
def test_a_bank_that_is_away_leaves_what_can_be_opened_later(
    shopper, book, bank, later, door, told
) -> None:
    fill(shopper, book)
    bank.is_away = True
    refused = shopper.post(door, told, **KEY)

    bank.is_away = False
    later(seconds=11)
    opened = shopper.post(door, told, **KEY)

    assert (refused.status_code, refused.json["error"]) == (503, "payments_unavailable")
    assert (opened.status_code, statuses(shopper)) == (201, ["PENDING"])
    assert shopper.stock_of(book) == 4


def test_a_bank_that_is_away_neither_ends_nor_hides_a_session(shopper, book, bank) -> None:
    fill(shopper, book)
    session = shopper.post(SESSIONS, WISH).json
    bank.is_away = True

    canceled = shopper.post(f"{SESSIONS}/{session['session_id']}/cancel")
    replaced = shopper.post(SESSIONS, WISH)

    assert (canceled.status_code, replaced.status_code) == (503, 503)
    assert look(shopper, session)["status"] == "open"
    assert (statuses(shopper), shopper.stock_of(book)) == (["PENDING"], 4)


def test_a_checkout_that_was_given_up_is_not_told_as_bought(
    run, shopper, book, bank, later
) -> None:
    fill(shopper, book)
    die(bank, Cut.BEFORE, shopper, "/checkout", {})
    later(minutes=3)
    run(shopper.shop.checkout.sweep())

    refused = shopper.post("/checkout", {}, **KEY)

    assert (refused.status_code, refused.json["error"]) == (402, "payment_failed")
    assert (bank.taken, shopper.stock_of(book)) == ({}, 5)
