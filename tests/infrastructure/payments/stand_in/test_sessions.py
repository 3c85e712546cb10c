import asyncio
from datetime import timedelta

import pytest
from support.stand_in import CANCEL, SUCCESS, books, session_of, told

from common.clock import utc_now
from common.money import Money
from domain.payment.errors import PaymentRefused
from domain.payment.gateway import Charge, Line, SessionMode
from infrastructure.payments.stand_in.counter import Button

EMBEDDED = {"mode": SessionMode.EMBEDDED}


@pytest.fixture
def bill():
    return session_of(lines=(Line("Prince Caspian", 899, 2), Line("Shipping", 201, 1)))


@pytest.fixture
def press(run, cashier):
    """Press a button on the page of a session."""

    def pressed(session_id: str, button: Button):
        token = run(cashier.counter(session_id)).form_token
        return run(cashier.press(session_id, token, button))

    return pressed


def test_a_hosted_session_has_an_address_and_no_secret_to_tell(run, stand_in, bill) -> None:
    opened = run(stand_in.open(bill))

    assert opened.reference.startswith("cs_test_")
    assert opened.url == f"http://shop.test/stand-in/checkout/{opened.reference}"
    assert opened.client_secret is None
    assert opened.expires_at == bill.session.expires_at.replace(microsecond=0)


def test_an_embedded_session_has_a_secret_and_no_address(run, stand_in) -> None:
    opened = run(stand_in.open(session_of(terms=EMBEDDED)))

    assert opened.client_secret.startswith(f"{opened.reference}_secret_")
    assert opened.url is None


def test_a_session_is_written_down_the_way_stripe_does(run, stand_in, database, bill) -> None:
    run(stand_in.open(bill))

    (session,) = books(run, database, "checkout.session")
    assert session["amount_total"] == 1999
    assert (session["status"], session["payment_status"]) == ("open", "unpaid")
    assert (session["success_url"], session["cancel_url"]) == (SUCCESS, CANCEL)
    assert session["metadata"]["payment_id"] == bill.key
    assert session["client_reference_id"] == bill.order_id
    assert [(item["description"], item["quantity"]) for item in session["line_items"]["data"]] == [
        ("Prince Caspian", 2),
        ("Shipping", 1),
    ]


def test_a_repeat_opens_the_same_session(run, stand_in, database, bill) -> None:
    opened = run(stand_in.open(bill))

    assert run(stand_in.open(bill)) == opened
    assert len(books(run, database, "checkout.session")) == 1


def test_repeats_at_the_same_moment_open_one_session(run, stand_in, bill) -> None:
    async def everybody():
        return await asyncio.gather(*(stand_in.open(bill) for _ in range(8)))

    assert len(set(run(everybody()))) == 1


def test_a_repeat_in_other_words_is_refused(run, stand_in, bill) -> None:
    run(stand_in.open(bill))

    with pytest.raises(PaymentRefused, match="used before"):
        run(stand_in.open(session_of(terms=EMBEDDED)))


def test_a_repeat_after_the_end_finds_the_session_that_was(run, stand_in, bill, later) -> None:
    opened = run(stand_in.open(bill))
    later(minutes=32)

    assert run(stand_in.open(bill)) == opened
    assert run(stand_in.look_up(bill)).decline_code == "expired"


@pytest.mark.parametrize(
    ("minutes", "good"), [(29.5, False), (30.5, True), (60 * 24, True), (60 * 24 + 1, False)]
)
def test_a_session_lasts_half_an_hour_to_a_day(run, stand_in, database, minutes, good) -> None:
    bill = session_of(utc_now() + timedelta(minutes=minutes))

    if good:
        run(stand_in.open(bill))
    else:
        with pytest.raises(PaymentRefused, match="30 minutes to 24 hours"):
            run(stand_in.open(bill))

    assert len(books(run, database, "checkout.session")) == good


@pytest.mark.parametrize("name", ["success_url", "cancel_url"])
@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,hi",
        "//shop.example",
        "/thanks",
        "ftp://shop.example",
        "https://",
        "https:///thanks",
        "https://ada@evil.example",
        "https://shop.example\\@evil.example",
        "https://shop.example;script-src *",
        "https://shop.example/a b",
        "https://shop.example/\r\nSet-Cookie: a=b",
        "https://läden.example",
    ],
)
def test_a_session_leads_to_web_addresses_only(run, stand_in, database, name, url) -> None:
    with pytest.raises(PaymentRefused):
        run(stand_in.open(session_of(terms={name: url})))

    assert books(run, database, "checkout.session") == []


@pytest.mark.parametrize(
    "metadata",
    [{"n" * 41: "x"}, {"x": "n" * 501}, {f"n{number}": "x" for number in range(48)}],
)
def test_more_metadata_than_stripe_takes_is_refused(run, stand_in, metadata) -> None:
    with pytest.raises(PaymentRefused, match="metadata"):
        run(stand_in.open(session_of(metadata=metadata)))


def test_a_paid_session_names_the_money(run, stand_in, database, bill, press) -> None:
    opened = run(stand_in.open(bill))
    assert run(stand_in.look_up(bill)) is None

    press(opened.reference, Button.PAY)

    (intent,) = books(run, database, "payment_intent")
    paid = Charge(intent["id"], paid=True)
    assert intent["amount_received"] == 1999
    assert run(stand_in.look_up(bill)) == paid
    assert run(stand_in.close(bill)) == paid
    assert told(run, database) == ["checkout.session.completed", "payment_intent.succeeded"]


def test_a_session_is_paid_once(run, stand_in, database, bill, press) -> None:
    opened = run(stand_in.open(bill))

    for button in (Button.PAY, Button.PAY, Button.DECLINE):
        press(opened.reference, button)

    assert len(books(run, database, "charge")) == 1
    assert told(run, database) == ["checkout.session.completed", "payment_intent.succeeded"]


def test_a_session_paid_twice_at_the_same_moment_is_paid_once(
    run, stand_in, cashier, database, bill
) -> None:
    opened = run(stand_in.open(bill))
    token = run(cashier.counter(opened.reference)).form_token

    async def everybody():
        presses = [cashier.press(opened.reference, token, Button.PAY) for _ in range(6)]
        return await asyncio.gather(*presses, stand_in.close(bill))

    charge = run(everybody())[-1]
    taken = books(run, database, "charge")
    assert len(taken) == (1 if charge.paid else 0)
    assert run(stand_in.look_up(bill)) == charge


def test_after_a_declined_card_a_session_is_still_open(
    run, stand_in, database, bill, press
) -> None:
    opened = run(stand_in.open(bill))

    declined = press(opened.reference, Button.DECLINE)

    assert (declined.status, declined.declined) == ("open", "Your card was declined.")
    assert run(stand_in.look_up(bill)) is None
    assert press(opened.reference, Button.PAY).status == "complete"
    assert len(books(run, database, "payment_intent")) == 1


def test_a_closed_session_is_never_paid(run, stand_in, database, bill, press) -> None:
    opened = run(stand_in.open(bill))

    closed = run(stand_in.close(bill))

    assert closed == Charge(opened.reference, paid=False, decline_code="expired")
    assert run(stand_in.close(bill)) == closed
    assert press(opened.reference, Button.PAY).status == "expired"
    assert books(run, database, "charge") == []
    assert told(run, database) == ["checkout.session.expired"]


def test_closing_before_opening_uses_the_key_up(run, stand_in, bill, press) -> None:
    closed = run(stand_in.close(bill))

    opened = run(stand_in.open(bill))

    assert opened.reference == closed.reference
    assert press(opened.reference, Button.PAY).status == "expired"


def test_a_session_can_be_looked_up_by_its_name_or_by_its_key(run, stand_in, bill) -> None:
    opened = run(stand_in.open(bill))
    closed = run(stand_in.close(session_of(reference=opened.reference, key="another")))

    assert run(stand_in.look_up(bill)) == closed


def test_a_session_whose_time_is_up_is_noticed_once(
    run, stand_in, database, bill, later, press
) -> None:
    opened = run(stand_in.open(bill))
    later(minutes=31, seconds=1)

    assert press(opened.reference, Button.PAY).status == "expired"
    assert run(stand_in.look_up(bill)) == Charge(opened.reference, False, "expired")
    assert books(run, database, "charge") == []
    assert told(run, database) == ["checkout.session.expired"]


def test_a_session_is_open_until_its_last_second(run, stand_in, bill, later) -> None:
    run(stand_in.open(bill))

    later(minutes=30, seconds=50)

    assert run(stand_in.look_up(bill)) is None


def test_lines_that_do_not_add_up_are_one_line(run, stand_in, cashier) -> None:
    opened = run(stand_in.open(session_of(lines=(Line("Half of it", 999, 1),))))

    counter = run(cashier.counter(opened.reference))

    assert counter.total == Money(1999, "EUR")
    assert [(item.title, item.total) for item in counter.items] == [
        ("Order PG-7K3MQ-9XD2A", Money(1999, "EUR"))
    ]


@pytest.mark.parametrize(
    "amount",
    [
        Money(1999, "EUR"),
        Money(1999, "JPY"),
        Money(1990, "KWD"),
        Money(1999, "ISK"),
        Money(1999, "UGX"),
        Money(1900, "MGA"),
    ],
)
def test_the_page_asks_for_the_exact_amount_in_every_currency(
    run, stand_in, cashier, amount
) -> None:
    bill = session_of(amount=amount, lines=(Line("Dune", amount.amount, 1),))

    counter = run(cashier.counter(run(stand_in.open(bill)).reference))

    assert counter.total == amount
    assert [item.total for item in counter.items] == [amount]
