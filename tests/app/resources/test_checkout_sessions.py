import pytest
from support.bank import Bank
from support.paying import SESSIONS, WISH, key_of, look, open_session, tell
from support.shopping import fill, statuses

MALFORMED_SESSIONS = [
    ({}, "success_url"),
    ({"success_url": None}, "success_url"),
    ({"success_url": "shop.example/thanks"}, "success_url"),
    ({"success_url": "javascript:alert(1)"}, "success_url"),
    ({"success_url": "https://"}, "success_url"),
    ({"success_url": "https://shop.example@evil.example/"}, "success_url"),
    ({"success_url": "https://shop.example/" + "x" * 2000}, "success_url"),
    ({**WISH, "cancel_url": "ftp://shop.example"}, "cancel_url"),
    ({**WISH, "mode": "popup"}, "mode"),
    ({**WISH, "metadata": {"a": 1}}, "metadata.a"),
    ({**WISH, "metadata": {"a": "x" * 501}}, "metadata.a"),
    ({**WISH, "metadata": {str(n): "" for n in range(31)}}, "metadata"),
    ({**WISH, "shipping": {"country": "England"}}, "shipping.country"),
    ({**WISH, "amount": 1}, "amount"),
]


@pytest.fixture
def gateway(bank) -> Bank:
    return bank


@pytest.fixture
def book(admin):
    return admin.product(title="Emma", price_cents=899, stock=5)


def test_a_redirect_session_leads_to_a_page_and_shows_no_secret(shopper, book) -> None:
    session = open_session(shopper, book, 2)

    assert session["session_id"].startswith("cs_")
    assert session["url"] == f"https://bank/{key_of(session)}"
    assert (session["client_secret"], session["publishable_key"]) == (None, None)
    assert (session["amount_total"], session["currency"]) == (1798, "usd")


def test_an_embedded_session_shows_its_secret_and_leads_nowhere(shopper, book) -> None:
    fill(shopper, book)

    session = shopper.post(SESSIONS, {**WISH, "mode": "embedded"}).json

    assert session["client_secret"] == f"{session['session_id']}_secret"
    assert (session["publishable_key"], session["url"]) == ("pk_of_the_bank", None)


def test_a_session_tells_how_it_stands(shopper, book) -> None:
    fill(shopper, book)
    notes = {"source": "3d_experience", "payment_id": "mine", "order_id": "mine"}
    session = shopper.post(SESSIONS, {**WISH, "metadata": notes}).json

    shown = look(shopper, session)

    order = shopper.get(f"/orders/{session['order_id']}").json
    assert shown == {
        "session_id": session["session_id"],
        "status": "open",
        "payment_status": "unpaid",
        "amount_total": 899,
        "currency": "usd",
        "customer_email": shopper.email,
        "order_id": order["id"],
        "order_number": order["order_number"],
        "metadata": notes,
        "expires_at": session["expires_at"],
    }


def test_notes_cannot_pass_for_our_own_ids(shopper, book, bank) -> None:
    fill(shopper, book)
    session = shopper.post(SESSIONS, {**WISH, "metadata": {"payment_id": "x", "a": "b"}}).json

    told = bank.bills[key_of(session)].metadata

    assert (told["payment_id"], told["a"]) == (key_of(session), "b")


def test_a_session_holds_the_stock_and_keeps_the_cart_until_it_is_paid(
    client, shopper, book, bank, carried_out
) -> None:
    session = open_session(shopper, book, 2)
    held = shopper.stock_of(book), shopper.get("/cart").json["items"][0]["quantity"]

    bank.pay(key_of(session))
    tell(client, bank)
    carried_out()

    assert held == (3, 2)
    assert (look(shopper, session)["status"], statuses(shopper)) == ("complete", ["PAID"])
    assert look(shopper, session)["payment_status"] == "paid"
    assert (shopper.stock_of(book), shopper.get("/cart").json["items"]) == (3, [])


def test_a_session_whose_event_never_came_is_settled_when_it_is_looked_at(
    shopper, book, bank
) -> None:
    session = open_session(shopper, book)
    bank.pay(key_of(session))

    shown = look(shopper, session)

    assert (shown["status"], shown["payment_status"]) == ("complete", "paid")
    assert statuses(shopper) == ["PAID"]


def test_a_declined_card_keeps_the_session_open_for_another(
    client, shopper, book, bank, carried_out
) -> None:
    session = open_session(shopper, book)
    for _ in range(2):
        bank.decline(key_of(session))
    tell(client, bank)
    carried_out()
    declined = look(shopper, session)["status"], statuses(shopper), shopper.stock_of(book)

    bank.pay(key_of(session))
    tell(client, bank)
    carried_out()

    assert declined == ("open", ["PENDING"], 4)
    assert statuses(shopper) == ["PAID"]


def test_a_canceled_session_gives_the_stock_back_and_keeps_the_cart(shopper, book, bank) -> None:
    session = open_session(shopper, book, 2)
    path = f"{SESSIONS}/{session['session_id']}/cancel"

    first, again = shopper.post(path), shopper.post(path)

    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json == again.json == look(shopper, session)
    assert (first.json["status"], first.json["payment_status"]) == ("expired", "unpaid")
    assert (shopper.stock_of(book), statuses(shopper)) == (5, ["CANCELED"])
    assert shopper.get("/cart").json["items"][0]["quantity"] == 2
    assert not bank.pay(key_of(session)).paid


@pytest.mark.parametrize("is_told", [True, False])
def test_a_session_that_is_paid_cannot_be_canceled(
    client, shopper, book, bank, carried_out, is_told
) -> None:
    session = open_session(shopper, book)
    bank.pay(key_of(session))
    if is_told:
        tell(client, bank)
        carried_out()

    refused = shopper.post(f"{SESSIONS}/{session['session_id']}/cancel")

    assert (refused.status_code, refused.json["error"]) == (409, "checkout_session_complete")
    assert (statuses(shopper), shopper.stock_of(book)) == (["PAID"], 4)


def test_a_session_expires_after_half_an_hour_and_keeps_the_cart(run, shopper, book, later) -> None:
    session = open_session(shopper, book)
    later(minutes=30)
    run(shopper.shop.checkout.sweep())
    before = look(shopper, session)["status"], shopper.stock_of(book)

    later(minutes=1)
    run(shopper.shop.checkout.sweep())

    assert before == ("open", 4)
    assert (look(shopper, session)["status"], shopper.stock_of(book)) == ("expired", 5)
    assert statuses(shopper) == ["CANCELED"]
    assert len(shopper.get("/cart").json["items"]) == 1


def test_a_new_session_takes_the_place_of_the_earlier(shopper, book, bank) -> None:
    first = open_session(shopper, book, 2)
    fill(shopper, book)

    second = open_session(shopper)

    assert look(shopper, first)["status"] == "expired"
    assert (look(shopper, second)["status"], second["amount_total"]) == ("open", 2697)
    assert (statuses(shopper), shopper.stock_of(book)) == (["CANCELED", "PENDING"], 2)
    assert not bank.pay(key_of(first)).paid


def test_what_was_paid_meanwhile_is_not_sold_again(shopper, book, bank) -> None:
    session = open_session(shopper, book)
    bank.pay(key_of(session))

    again = shopper.post(SESSIONS, WISH)

    assert (again.status_code, again.json["error"]) == (400, "cart_empty")
    assert (statuses(shopper), len(bank.taken)) == (["PAID"], 1)


@pytest.mark.parametrize("headers", [{}, {"Idempotency_Key": "k1"}], ids=["", "under a key"])
def test_paying_at_once_takes_the_place_of_a_session(shopper, book, bank, headers) -> None:
    session = open_session(shopper, book)

    bought = shopper.post("/checkout", {}, **headers)

    assert (bought.status_code, bought.json["status"]) == (201, "PAID")
    assert bought.json["id"] != session["order_id"]
    assert (look(shopper, session)["status"], len(bank.taken)) == ("expired", 1)
    assert (statuses(shopper), shopper.stock_of(book)) == (["CANCELED", "PAID"], 4)


def test_an_order_with_a_session_is_not_paid_at_once(shopper, book) -> None:
    session = open_session(shopper, book)

    refused = shopper.post(f"/orders/{session['order_id']}/pay", {})

    assert (refused.status_code, refused.json["error"]) == (409, "payment_in_progress")


def test_a_session_is_nobody_elses(client, admin, shopper, book) -> None:
    session = open_session(shopper, book)
    path = f"{SESSIONS}/{session['session_id']}"
    eve = client.as_shopper()

    assert [eve.get(path).status_code, eve.post(f"{path}/cancel").status_code] == [404, 404]
    assert client.get(path).status_code == 401
    assert admin.get(path).json == look(shopper, session)
    assert shopper.get(f"{SESSIONS}/cs_unknown").json["error"] == "checkout_session_not_found"


def test_a_session_for_nothing_is_refused(shopper) -> None:
    refused = shopper.post(SESSIONS, WISH)

    assert (refused.status_code, refused.json["error"]) == (400, "cart_empty")


def test_a_malformed_session_holds_nothing_and_names_its_fault(shopper, book) -> None:
    fill(shopper, book)

    for body, field in MALFORMED_SESSIONS:
        refused = shopper.post(SESSIONS, body)
        assert (refused.status_code, list(refused.json["details"])) == (422, [field]), body
    assert (shopper.get("/orders/me").json["total"], shopper.stock_of(book)) == (0, 5)
