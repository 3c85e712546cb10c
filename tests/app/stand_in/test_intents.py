import pytest
from support.shopping import fill, statuses

DECLINED = "pm_card_chargeDeclinedInsufficientFunds"


@pytest.fixture
def book(admin):
    return admin.product(price_cents=899, stock=5)


@pytest.fixture
def intent(shopper, book):
    fill(shopper, book)
    opened = shopper.post("/api/v1/checkout/payment-intent", {})
    assert opened.status_code == 201, opened.json
    return opened.json


def confirm(client, intent, method="pm_card_visa", **others):
    body = {"client_secret": intent["client_secret"], "payment_method": method}
    path = f"/stand-in/payment_intents/{intent['payment_intent_id']}/confirm"
    return client.post(path, body | others)


def test_a_page_of_the_shops_own_confirms_an_intent(
    client, shopper, book, intent, carried_out
) -> None:
    confirmed = confirm(client, intent)

    assert confirmed.status_code == 200
    assert confirmed.json == {
        "id": intent["payment_intent_id"],
        "status": "succeeded",
        "last_payment_error": None,
    }
    carried_out()
    assert statuses(shopper) == ["PAID"]
    assert shopper.stock_of(book) == 4


def test_a_declined_card_is_an_answer(client, intent) -> None:
    declined = confirm(client, intent, DECLINED)

    assert declined.status_code == 200
    assert declined.json["status"] == "requires_payment_method"
    assert declined.json["last_payment_error"] == {
        "type": "card_error",
        "code": "card_declined",
        "decline_code": "insufficient_funds",
        "message": "Your card has insufficient funds.",
    }


def test_confirming_again_changes_nothing(client, intent, carried_out) -> None:
    first = confirm(client, intent).json

    assert confirm(client, intent, DECLINED).json == first
    assert len([job for job in carried_out() if job.startswith("stand-in:")]) == 1


def test_nobody_pays_without_the_secret(client, shopper, intent, carried_out) -> None:
    for wrong in ("x", intent["client_secret"][:-1], intent["payment_intent_id"]):
        refused = confirm(client, intent, client_secret=wrong)
        assert (refused.status_code, refused.json["error"]) == (404, "payment_intent_not_found")

    assert confirm(client, intent | {"payment_intent_id": "pi_test_x"}).status_code == 404
    assert carried_out() == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"client_secret": "x"},
        {"payment_method": "pm_card_visa"},
        {"client_secret": "", "payment_method": "pm_card_visa"},
        {"client_secret": "x", "payment_method": "a\nb"},
        {"client_secret": "x", "payment_method": "x" * 256},
        {"client_secret": "x\0", "payment_method": "pm_card_visa"},
        {"client_secret": 1, "payment_method": "pm_card_visa"},
        {"client_secret": "x", "payment_method": "pm_card_visa", "amount": 1},
    ],
)
def test_what_makes_no_sense_is_refused(client, body) -> None:
    assert client.post("/stand-in/payment_intents/pi_test_x/confirm", body).status_code == 422


def test_a_name_that_is_none_is_refused(client) -> None:
    body = {"client_secret": "x", "payment_method": "pm_card_visa"}

    assert client.post("/stand-in/payment_intents/a%20b/confirm", body).status_code == 400
