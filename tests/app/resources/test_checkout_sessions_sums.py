"""What sessions and intents ask for, to the last unit."""

import pytest
from support.bank import Bank
from support.paying import INTENTS, SESSIONS, WISH, key_of, look, open_intent, open_session
from support.shopping import fill, statuses

from app.settings import Settings

GERMANY = {"shipping": {"country": "DE"}}


@pytest.fixture
def gateway(bank) -> Bank:
    return bank


@pytest.fixture
def settings(settings) -> Settings:
    rates = {"tax_rates": "DE=19%, JP=10%", "shipping_rates": "DE=4.90 EUR, DE=4.90 USD"}
    return settings.model_copy(update=rates)


@pytest.mark.parametrize("door", [SESSIONS, INTENTS])
def test_tax_and_shipping_are_part_of_what_is_asked(admin, shopper, bank, door) -> None:
    fill(shopper, admin.product(title="Emma", price_cents=999), 3)
    told = WISH if door == SESSIONS else {}

    opened = shopper.post(door, told | GERMANY).json

    bill = bank.bills[key_of(opened)]
    order = shopper.get(f"/orders/{opened['order_id']}").json
    assert bill.amount.amount == 2997 + 569 + 490
    assert (order["tax_cents"], order["shipping_cents"]) == (569, 490)
    assert order["total_cents"] == opened.get("amount_total", opened.get("amount")) == 4056
    assert [(line.title, line.price, line.quantity) for line in bill.lines] == [
        ("Emma", 999, 3),
        ("Tax", 569, 1),
        ("Shipping", 490, 1),
    ]


def test_yen_have_no_decimals(admin, shopper, bank) -> None:
    fill(shopper, admin.product(currency="JPY", price_cents=1995))

    opened = shopper.post(INTENTS, {"shipping": {"country": "JP"}}).json

    assert (opened["amount"], opened["currency"]) == (2195, "jpy")
    assert bank.bills[key_of(opened)].amount.currency == "JPY"


@pytest.mark.parametrize("currency", ["usd", "USD"])
def test_the_sum_may_be_said_again(admin, shopper, currency) -> None:
    fill(shopper, admin.product(price_cents=999))

    opened = shopper.post(INTENTS, {"amount": 999, "currency": currency})

    assert (opened.status_code, opened.json["amount"]) == (201, 999)


@pytest.mark.parametrize(
    "said",
    [{"amount": 998}, {"amount": 0}, {"currency": "eur"}, {"amount": 999, "currency": "jpy"}],
)
def test_another_sum_than_ours_is_refused_and_nothing_held(admin, shopper, said) -> None:
    book = admin.product(price_cents=999, stock=5)
    fill(shopper, book)

    refused = shopper.post(INTENTS, said)

    assert (refused.status_code, refused.json["error"]) == (409, "amount_mismatch")
    assert (refused.json["details"]["amount"], refused.json["details"]["currency"]) == (999, "USD")
    assert (shopper.get("/orders/me").json["total"], shopper.stock_of(book)) == (0, 5)


@pytest.mark.parametrize(("door", "told"), [(SESSIONS, WISH), (INTENTS, {})])
def test_a_new_price_is_shown_once_before_it_is_asked(admin, shopper, door, told) -> None:
    book = admin.product(price_cents=1000, stock=5)
    fill(shopper, book)
    admin.patch(f"/admin/products/{book['id']}", {"price_cents": 1100})

    warned = shopper.post(door, told)
    shown, held = shopper.get("/cart").json["total_cents"], shopper.stock_of(book)
    opened = shopper.post(door, told)

    assert (warned.status_code, warned.json["error"]) == (409, "price_changed")
    assert (shown, held, opened.status_code) == (1100, 5, 201)
    assert shopper.get(f"/orders/{opened.json['order_id']}").json["total_cents"] == 1100


def test_a_price_that_changes_later_does_not_change_the_session(admin, shopper, bank) -> None:
    book = admin.product(price_cents=1000)
    session = open_session(shopper, book)
    admin.patch(f"/admin/products/{book['id']}", {"price_cents": 1100})

    bank.pay(key_of(session))

    assert look(shopper, session)["amount_total"] == 1000
    assert [money.amount for money in bank.taken.values()] == [1000]


def test_a_session_for_what_costs_nothing_is_complete(admin, shopper, bank, carried_out) -> None:
    sample = admin.product(price_cents=0, stock=5)
    fill(shopper, sample, 2)

    session = shopper.post(SESSIONS, WISH, Idempotency_Key="k1").json

    shown = look(shopper, session)
    assert session["url"] == f"https://shop.example/thanks?session={session['session_id']}"
    assert (shown["status"], shown["payment_status"]) == ("complete", "no_payment_required")
    assert (statuses(shopper), shopper.stock_of(sample)) == (["PAID"], 3)
    assert (shopper.get("/cart").json["items"], bank.asked) == ([], [])
    assert carried_out() == [f"order-paid:{session['order_id']}"]
    assert shopper.post(SESSIONS, WISH, Idempotency_Key="k1").json == session


def test_an_embedded_session_for_nothing_leads_on_too(admin, shopper) -> None:
    fill(shopper, admin.product(price_cents=0))

    session = shopper.post(SESSIONS, {**WISH, "mode": "embedded"}).json

    assert session["url"] == f"https://shop.example/thanks?session={session['session_id']}"
    assert session["client_secret"] is None
    assert shopper.post(f"{SESSIONS}/{session['session_id']}/cancel").status_code == 409


def test_there_is_no_intent_for_what_costs_nothing(admin, shopper) -> None:
    sample = admin.product(price_cents=0, stock=5)
    fill(shopper, sample)

    refused = shopper.post(INTENTS, {})

    assert (refused.status_code, refused.json["error"]) == (400, "nothing_to_pay")
    assert (shopper.get("/orders/me").json["total"], shopper.stock_of(sample)) == (0, 5)


def test_what_sold_out_or_was_withdrawn_cannot_be_held(admin, shopper) -> None:
    scarce, gone = admin.product(stock=3), admin.product(stock=3)
    fill(shopper, scarce, 3)
    admin.patch(f"/admin/products/{scarce['id']}/stock", {"delta": -1})
    sold_out = shopper.post(SESSIONS, WISH)
    shopper.post("/cart/remove", {"product_id": scarce["id"]})
    fill(shopper, gone)
    admin.delete(f"/products/{gone['id']}")

    withdrawn = shopper.post(INTENTS, {})

    assert (sold_out.status_code, sold_out.json["error"]) == (409, "insufficient_inventory")
    assert (sold_out.json["available_quantity"], sold_out.json["requested_quantity"]) == (2, 3)
    assert (withdrawn.status_code, withdrawn.json["error"]) == (409, "invalid_product")
    assert shopper.get("/orders/me").json["items"] == []


def test_an_intent_tells_what_its_page_needs(admin, shopper) -> None:
    intent = open_intent(shopper, admin.product(price_cents=999))

    assert intent["payment_intent_id"].startswith("pi_")
    assert intent["client_secret"] == f"{intent['payment_intent_id']}_secret"
    assert (intent["publishable_key"], intent["status"]) == (
        "pk_of_the_bank",
        "requires_payment_method",
    )
