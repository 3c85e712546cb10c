"""What comes of it when Stripe is slow, away, out of order, or turns us away."""

import asyncio
import socket
import time

import pytest
from support.bills import a_bill
from support.loopback import Answer
from support.stripe_api import Trouble, error

from domain.payment.errors import PaymentRefused, PaymentsUnavailable
from domain.payment.gateway import Charge, PaymentKind
from infrastructure.databases.db import SqlDatabase
from infrastructure.databases.urls import database_url
from infrastructure.payments.stripe_connection import StripeConnection

INTENT = a_bill(PaymentKind.INTENT)
DROPPED, UNHEARD, HANGING = Trouble(), Trouble(done=True), Trouble(hangs=True)
BUSY = error(409, type="invalid_request_error", code="idempotency_key_in_use")
PASSING = {
    "the connection drops": DROPPED,
    "the answer is lost": UNHEARD,
    "an error of theirs": error(500),
    "a gateway in between": Trouble(Answer(502, b"<html>Bad Gateway</html>")),
    "under maintenance": error(503),
    "the same key at the same moment": BUSY,
}


@pytest.mark.parametrize("trouble", PASSING.values(), ids=PASSING)
def test_trouble_that_passes_is_not_noticed(run, api, stripe, trouble) -> None:
    api.troubles = [trouble]

    opened = run(stripe.open(INTENT))

    assert opened.reference == "pi_1"
    assert len(api.ledger.things) == 1
    assert {each.headers["idempotency-key"] for each in api.asked} == {INTENT.key}
    assert len(api.asked) == 2


@pytest.mark.parametrize("trouble", PASSING.values(), ids=PASSING)
def test_trouble_that_lasts_is_told_and_asking_again_helps(run, api, stripe, trouble) -> None:
    api.troubles = [trouble] * 3

    with pytest.raises(PaymentsUnavailable) as told:
        run(stripe.open(INTENT))

    assert told.value.details == {"retry_after": 5}
    assert run(stripe.open(INTENT)).reference == "pi_1"
    assert len(api.ledger.things) == 1


AT_ONCE = {
    "too many requests": error(429, type="invalid_request_error", code="rate_limit"),
    "another call has the lock": error(429, type="invalid_request_error", code="lock_timeout"),
    "a wrong key": error(401, type="invalid_request_error"),
    "a key without the right": error(403, type="invalid_request_error"),
    "a key that was used for something else": error(400, type="idempotency_error"),
    "no answer to make sense of": Trouble(Answer(200, b"<html>Welcome to the airport</html>")),
    "an error to make no sense of": Trouble(Answer(400, b"[]")),
}


@pytest.mark.parametrize("trouble", AT_ONCE.values(), ids=AT_ONCE)
@pytest.mark.parametrize("ask", ["charge", "open", "look_up", "close", "refund"])
def test_what_does_not_pass_by_waiting_is_told_at_once(run, api, stripe, ask, trouble) -> None:
    arguments = {
        "charge": (a_bill(), "pm_card_visa"),
        "refund": ("refund-1", "pi_1", a_bill().amount),
    }
    api.troubles = [trouble]

    with pytest.raises(PaymentsUnavailable):
        run(getattr(stripe, ask)(*arguments.get(ask, (INTENT,))))

    assert len(api.asked) == 1


def test_stripe_may_say_that_repeating_is_no_use(run, api, stripe) -> None:
    final = Answer(500, b"{}", {"Stripe-Should-Retry": "false"})
    api.troubles = [Trouble(final)]

    with pytest.raises(PaymentsUnavailable):
        run(stripe.open(INTENT))

    assert len(api.asked) == 1


def test_a_stripe_that_hangs_does_not_hold_us(run, api, connect) -> None:
    stripe = connect(api.url, patience=0.2)
    api.troubles = [HANGING]
    began = time.monotonic()

    with pytest.raises(PaymentsUnavailable):
        run(stripe.open(INTENT))

    assert time.monotonic() - began < 60


def test_a_charge_that_hung_is_found_again(run, api, connect) -> None:
    stripe = connect(api.url, patience=2)
    api.troubles = [None, Trouble(done=True, hangs=True)]
    with pytest.raises(PaymentsUnavailable):
        run(stripe.charge(a_bill(), "pm_card_visa"))

    assert run(stripe.close(a_bill())) == Charge("pi_1", paid=True)


def test_a_stripe_that_is_not_there_is_said_to_be(run, connect) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        stripe = connect(f"http://127.0.0.1:{nobody.getsockname()[1]}")

        with pytest.raises(PaymentsUnavailable):
            run(stripe.open(INTENT))


def test_a_charge_and_its_closing_at_the_same_moment_agree(run, stripe) -> None:
    async def both() -> list[Charge]:
        ways = (stripe.charge(a_bill(), "pm_card_visa"), stripe.close(a_bill()))
        return await asyncio.gather(*ways)

    charged, closed = run(both())

    assert charged.paid == closed.paid


def test_many_shoppers_at_once_are_told_apart(run, api, stripe) -> None:
    async def everybody() -> list[Charge]:
        keys = [f"0b7f6c1e-52a0-4c55-9f3a-6a4f7f0f3a{n}" for n in range(10, 30)]
        return await asyncio.gather(*(stripe.charge(a_bill(key=key), None) for key in keys))

    charges = run(everybody())

    assert len({charge.reference for charge in charges if charge.paid}) == 20


def test_a_refusal_has_a_reason_even_where_stripe_gives_none(run, api, stripe) -> None:
    api.troubles = [Trouble(Answer(400, b'{"error": {}}'))]

    with pytest.raises(PaymentRefused, match="it does not say why"):
        run(stripe.open(INTENT))


def test_stripe_is_not_called_inside_a_transaction(run, api, stripe, migrated_sqlite) -> None:
    async def pay_inside() -> None:
        database = SqlDatabase(database_url(f"sqlite:///{migrated_sqlite}"), lanes=False)
        await database.open()
        try:
            await database.write(lambda tx: stripe.open(INTENT))
        finally:
            await database.close()

    with pytest.raises(RuntimeError, match="inside a transaction"):
        run(pay_inside())

    assert api.asked == []


def test_a_connection_can_be_opened_and_closed_again(run, api) -> None:
    async def twice() -> None:
        connection = StripeConnection("sk_test_1", base=api.url)
        await connection.close()
        for _ in range(2):
            await connection.open()
            async with connection.call() as v1:
                await v1.customers.create_async({"email": "ada@shop.example"})
            await connection.close()

    run(twice())

    assert len(api.ledger.things) == 2


@pytest.mark.parametrize(
    ("key", "is_test"),
    {"sk_test_1": True, "rk_test_1": True, "sk_live_1": False, "rk_live_1": False}.items(),
)
def test_a_key_says_whether_money_is_real(key, is_test) -> None:
    assert StripeConnection(key).is_test is is_test
