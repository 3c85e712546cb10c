import pytest
from support.bank import Bank
from support.paying import INTENTS, key_of, look, open_intent, open_session, tell
from support.shopping import fill, statuses
from support.stripe_events import declined_intent_of, event, intent_of, send

MALFORMED_INTENTS = [
    ({"amount": -1}, "amount"),
    ({"amount": 9.99}, "amount"),
    ({"amount": "999"}, "amount"),
    ({"amount": None}, "amount"),
    ({"currency": "dollars"}, "currency"),
    ({"payment_method_types": []}, "payment_method_types"),
    ({"payment_method_types": ["Card"]}, "payment_method_types.0"),
    ({"metadata": {"": "x"}}, "metadata..[key]"),
    ({"confirm": True}, "confirm"),
]


@pytest.fixture
def gateway(bank) -> Bank:
    return bank


@pytest.fixture
def book(admin):
    return admin.product(price_cents=899, stock=5)


def test_an_intent_that_is_paid_pays_its_order(client, shopper, book, bank, carried_out) -> None:
    intent = open_intent(shopper, book, 2)

    bank.pay(key_of(intent))
    tell(client, bank)
    carried_out()

    assert (statuses(shopper), shopper.stock_of(book)) == (["PAID"], 3)
    assert shopper.get("/cart").json["items"] == []


def test_a_declined_intent_gives_the_stock_back_once_and_keeps_the_cart(
    client, shopper, book, bank, carried_out
) -> None:
    intent = open_intent(shopper, book, 2)
    declined = event(
        "payment_intent.payment_failed", declined_intent_of(bank.bills[key_of(intent)])
    )

    for _ in range(2):
        send(client, declined)
        send(client, declined | {"id": f"{declined['id']}_again"})
        carried_out()

    assert (statuses(shopper), shopper.stock_of(book)) == (["FAILED"], 5)
    assert shopper.get("/cart").json["items"][0]["quantity"] == 2
    assert not bank.pay(key_of(intent)).paid


def test_after_a_declined_intent_another_may_pay(client, shopper, book, bank, carried_out) -> None:
    bank.decline(key_of(open_intent(shopper, book)))
    tell(client, bank)
    carried_out()

    bank.pay(key_of(open_intent(shopper)))
    tell(client, bank)
    carried_out()

    assert (statuses(shopper), shopper.stock_of(book)) == (["FAILED", "PAID"], 4)


def test_a_decline_that_is_told_after_another_card_paid_changes_nothing(
    client, shopper, book, bank, carried_out
) -> None:
    intent = open_intent(shopper, book)
    bank.decline(key_of(intent))
    bank.pay(key_of(intent))

    tell(client, bank, backwards=True)
    carried_out()

    assert (statuses(shopper), shopper.stock_of(book)) == (["PAID"], 4)
    assert bank.returned == {}


def test_a_decline_that_is_told_before_the_payment_it_lost_against_changes_nothing(
    client, shopper, book, bank, carried_out
) -> None:
    intent = open_intent(shopper, book)
    bank.decline(key_of(intent))
    bank.pay(key_of(intent))

    tell(client, bank)
    carried_out()

    assert (statuses(shopper), shopper.stock_of(book)) == (["PAID"], 4)
    assert bank.returned == {}


def test_an_intent_canceled_at_the_bank_gives_the_stock_back(
    client, shopper, book, bank, carried_out
) -> None:
    intent = open_intent(shopper, book, 2)
    canceled = intent_of(bank.bills[key_of(intent)], status="canceled")

    send(client, event("payment_intent.canceled", canceled))
    carried_out()

    assert (statuses(shopper), shopper.stock_of(book)) == (["CANCELED"], 5)


def test_an_intent_and_a_session_take_each_others_place(shopper, book, bank) -> None:
    first = open_session(shopper, book)
    intent = open_intent(shopper)
    second = open_session(shopper)

    assert look(shopper, first)["status"] == "expired"
    assert not bank.pay(key_of(intent)).paid
    assert look(shopper, second)["status"] == "open"
    assert shopper.stock_of(book) == 4
    assert "PENDING" in statuses(shopper)


def test_an_intent_is_no_session(shopper, book) -> None:
    intent = open_intent(shopper, book)

    answer = shopper.get(f"/api/v1/checkout/session/{intent['payment_intent_id']}")

    assert (answer.status_code, answer.json["error"]) == (404, "checkout_session_not_found")


def test_an_intent_expires_after_half_an_hour(run, shopper, book, later) -> None:
    open_intent(shopper, book)

    later(minutes=31)
    run(shopper.shop.checkout.sweep())

    assert "PENDING" not in statuses(shopper)
    assert shopper.stock_of(book) == 5


def test_payment_methods_and_notes_are_passed_on(shopper, book, bank) -> None:
    fill(shopper, book)
    told = {"payment_method_types": ["card", "sepa_debit"], "metadata": {"scene": "rose"}}

    intent = shopper.post(INTENTS, told).json

    bill = bank.bills[key_of(intent)]
    assert bill.methods == ("card", "sepa_debit")
    assert (bill.metadata["scene"], bill.session, bill.email) == ("rose", None, shopper.email)


def test_a_malformed_intent_holds_nothing_and_names_its_fault(shopper, book) -> None:
    fill(shopper, book)

    for body, field in MALFORMED_INTENTS:
        refused = shopper.post(INTENTS, body)
        assert (refused.status_code, list(refused.json["details"])) == (422, [field]), body
    assert (shopper.get("/orders/me").json["total"], shopper.stock_of(book)) == (0, 5)
