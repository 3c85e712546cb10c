import asyncio
import time

import pytest
from stripe import WebhookSignature
from support.bank import Bank, Cut, PowerCut
from support.paying import SESSIONS, WISH, key_of, look, open_session, tell
from support.shopping import fill, statuses
from support.stripe_events import WEBHOOK, event, paid_session_of, send, signed
from support.worker import waiting

EVENTS = "/admin/webhook-events"
UNKNOWN = event("invoice.paid", {"id": "in_1", "object": "invoice"})


@pytest.fixture
def gateway(bank) -> Bank:
    return bank


@pytest.fixture
def book(admin):
    return admin.product(price_cents=899, stock=5)


def post(client, payload: bytes, signature: str | None):
    headers = {"Stripe-Signature": signature} if signature is not None else {}
    return client.send("POST", WEBHOOK, headers=headers, body=payload)


def kept(admin, told) -> dict:
    """Look an event up, behind the counter."""
    return admin.get(f"{EVENTS}/{told['id']}").json


def test_a_signed_event_is_kept_and_dealt_with_later(client, admin, carried_out) -> None:
    received = send(client, UNKNOWN)
    before = kept(admin, UNKNOWN)

    done = carried_out()

    assert (received.status_code, received.json) == (200, {"received": True})
    assert (before["status"], before["deliveries"], before["payload"]) == ("RECEIVED", 1, UNKNOWN)
    assert done == [f"stripe:{UNKNOWN['id']}"]
    after = kept(admin, UNKNOWN)
    assert (after["status"], after["note"]) == ("IGNORED", "nothing to do for invoice.paid")
    assert after["processed_at"] is not None


@pytest.mark.parametrize("path", ["/api/v1/webhooks/stripe", "/api/webhooks/stripe"])
def test_a_signature_that_is_not_good_keeps_nothing(client, admin, path) -> None:
    payload, good = signed(client.shop, UNKNOWN)
    old = WebhookSignature.generate_signature_header(payload.decode(), "x", int(time.time()) - 600)

    for body, signature in (
        (payload, None),
        (payload, ""),
        (payload, "t=1,v1=abc"),
        (payload, old),
        (payload + b" ", good),
        (payload.replace(b"invoice", b"INVOICE"), good),
        (b"", good),
    ):
        refused = client.send(
            "POST", path, headers={"Stripe-Signature": signature} if signature else {}, body=body
        )
        assert (refused.status_code, refused.json["error"]) == (400, "webhook_verification_failed")
    assert admin.get(EVENTS).json["total"] == 0
    assert waiting(client.shop) == []


def test_an_event_that_comes_again_is_counted_and_not_dealt_with_again(
    client, admin, shopper, book, bank, carried_out
) -> None:
    session = open_session(shopper, book)
    bank.pay(key_of(session))
    completed = bank.events[-1]
    for _ in range(3):
        send(client, completed)
    done = carried_out()

    for _ in range(2):
        send(client, completed)

    assert done == [f"stripe:{completed['id']}", f"order-paid:{session['order_id']}"]
    assert (kept(admin, completed)["deliveries"], carried_out()) == (5, [])
    assert (statuses(shopper), bank.returned) == (["PAID"], {})


def test_an_event_that_comes_many_times_at_once_is_kept_once(run, client, admin) -> None:
    payload, signature = signed(client.shop, UNKNOWN)

    async def at_once() -> None:
        await asyncio.gather(*(client.shop.webhooks.receive(payload, signature) for _ in range(9)))

    run(at_once())

    assert admin.get(EVENTS).json["total"] == 1
    assert kept(admin, UNKNOWN)["deliveries"] == 9
    assert waiting(client.shop) == [f"stripe:{UNKNOWN['id']}"]


@pytest.mark.parametrize("backwards", [False, True], ids=["in order", "backwards"])
@pytest.mark.parametrize("times", [1, 3])
def test_events_may_come_in_any_order_and_number(
    client, shopper, book, bank, carried_out, backwards, times
) -> None:
    session = open_session(shopper, book, 2)
    bank.decline(key_of(session))
    bank.pay(key_of(session))
    bank.give_back(key_of(session), 500)

    tell(client, bank, backwards=backwards, times=times)
    carried_out()

    order = shopper.get(f"/orders/{session['order_id']}").json
    assert (order["status"], order["refunded_cents"]) == ("PAID", 500)
    assert (shopper.stock_of(book), bank.returned_of[key_of(session)]) == (3, 500)
    assert shopper.get("/cart").json["items"] == []


@pytest.mark.parametrize("cut", list(Cut))
def test_an_event_finds_a_payment_whose_name_we_never_heard(
    client, shopper, book, bank, carried_out, cut
) -> None:
    fill(shopper, book)
    bank.cut = cut
    with pytest.raises(PowerCut):
        shopper.post(SESSIONS, WISH)
    bank.cut = None
    if cut is Cut.BEFORE:  # it is opened once more by whoever comes by
        open_session(shopper)

    bank.pay(bank.asked[-1])
    tell(client, bank)
    carried_out()

    assert statuses(shopper)[-1] == "PAID"
    assert shopper.stock_of(book) == 4


def test_what_we_do_not_know_is_harmless_and_says_so(
    client, admin, shopper, book, bank, carried_out
) -> None:
    open_session(shopper, book)
    (bill,) = bank.bills.values()
    strange = paid_session_of(bill, id="cs_strange", metadata={"payment_id": "strange"})
    events = [
        event("checkout.session.completed", strange),
        event("charge.refunded", {"id": "ch_strange", "amount_refunded": 899}),
        event("checkout.session.expired", strange),
        event("payment_intent.payment_failed", {"id": "pi_strange"}),
    ]

    for told in events:
        send(client, told)
    carried_out()

    for told in events:
        known = kept(admin, told)
        assert (known["status"], known["note"]) == ("IGNORED", "no such payment here")
    assert statuses(shopper) == ["PENDING"]


def test_a_session_that_ends_at_the_bank_gives_the_stock_back_once(
    client, shopper, book, bank, carried_out
) -> None:
    session = open_session(shopper, book, 2)
    bill = bank.bills[key_of(session)]
    gone = {"id": session["session_id"], "metadata": dict(bill.metadata), "status": "expired"}

    for _ in range(2):
        send(client, event("checkout.session.expired", gone))
        carried_out()

    assert (look(shopper, session)["status"], shopper.stock_of(book)) == ("expired", 5)
    assert (statuses(shopper), len(shopper.get("/cart").json["items"])) == (["CANCELED"], 1)


def test_the_intent_of_a_session_may_end_without_the_session(
    client, admin, shopper, book, bank, carried_out
) -> None:
    session = open_session(shopper, book)
    told = event(
        "payment_intent.canceled",
        {"id": "pi_first_try", "metadata": dict(bank.bills[key_of(session)].metadata)},
    )

    send(client, told)
    carried_out()

    assert kept(admin, told)["note"] == "the session may still be paid another way"
    assert look(shopper, session)["status"] == "open"


def test_an_administrator_sees_events_and_runs_one_again(
    client, admin, shopper, book, bank, carried_out
) -> None:
    session = open_session(shopper, book)
    send(client, UNKNOWN)
    bank.pay(key_of(session))
    completed = bank.events[-1]
    send(client, completed)
    carried_out()

    again = admin.post(f"{EVENTS}/{completed['id']}/rerun")
    done = carried_out()

    listed = admin.get(f"{EVENTS}?status=PROCESSED").json
    assert (again.status_code, again.json["status"]) == (202, "RECEIVED")
    assert done == [f"stripe:{completed['id']}:1"]
    assert [each["id"] for each in listed["items"]] == [completed["id"]]
    assert (listed["items"][0]["reruns"], "payload" in listed["items"][0]) == (1, False)
    assert admin.get(EVENTS).json["total"] == 2
    assert (statuses(shopper), bank.returned) == (["PAID"], {})


def test_an_event_that_could_not_be_dealt_with_says_why_and_can_be_run_again(
    client, admin, shopper, book, bank, carried_out
) -> None:
    fill(shopper, book)
    intent = shopper.post("/api/v1/checkout/payment-intent", {}).json
    bank.decline(key_of(intent))
    (declined,) = bank.events
    bank.is_away = True
    send(client, declined)
    carried_out(failing_is_fine=True)
    failed = kept(admin, declined)

    bank.is_away = False
    admin.post(f"{EVENTS}/{declined['id']}/rerun")
    carried_out()

    assert failed["status"] == "FAILED"
    assert "does not answer" in failed["note"]
    assert (kept(admin, declined)["status"], statuses(shopper)) == ("PROCESSED", ["FAILED"])


def test_only_administrators_see_events(client, admin, shopper) -> None:
    send(client, UNKNOWN)
    path = f"{EVENTS}/{UNKNOWN['id']}"

    assert [shopper.get(each).status_code for each in (EVENTS, path)] == [403, 403]
    assert shopper.post(f"{path}/rerun").status_code == 403
    assert client.get(EVENTS).status_code == 401
    for unknown in (admin.get(f"{EVENTS}/evt_x"), admin.post(f"{EVENTS}/evt_x/rerun")):
        assert (unknown.status_code, unknown.json["error"]) == (404, "webhook_event_not_found")
