"""The same gateway with a Stripe that somebody else has written, as a process of its own."""

from collections.abc import Iterator

import pytest
from support.bills import KEY, a_bill
from support.localstripe import SECRET, Inbox, localstripe, send_events_to

from common.money import Money
from domain.payment.errors import WebhookVerificationFailed
from domain.payment.events import PaymentDeclined, PaymentEnded
from domain.payment.gateway import Charge, PaymentKind, RefundStatus
from infrastructure.payments.events import StripeEvents
from infrastructure.payments.stripe_connection import StripeConnection

INTENT = PaymentKind.INTENT
PAYING, DECLINING = "4242424242424242", "4000000000000341"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with localstripe() as address:
        yield address


@pytest.fixture
def stripe(address, connect):
    return connect(address)


@pytest.fixture
def page(run, address) -> Iterator[StripeConnection]:
    """What the shopper's page does with Stripe; it retries nothing."""
    connection = StripeConnection("sk_test_page", base=address)
    yield connection
    run(connection.close())


async def confirm(page: StripeConnection, intent: str, number: str) -> None:
    """Fill in a card, and press the button."""
    card = {"number": number, "exp_month": 12, "exp_year": 2050, "cvc": "123"}
    async with page.call() as v1:
        method = await v1.payment_methods.create_async({"type": "card", "card": card})
        await v1.payment_intents.update_async(intent, {"payment_method": method.id})
        await v1.payment_intents.confirm_async(intent)


@pytest.fixture
def opened(run, stripe):
    """An intent that waits for its shopper."""
    return a_bill(INTENT, reference=run(stripe.open(a_bill(INTENT))).reference)


@pytest.fixture
def paid(run, stripe, page, opened):
    run(confirm(page, opened.reference, PAYING))
    return opened


def test_an_intent_waits_for_the_shopper(run, stripe) -> None:
    opened = run(stripe.open(a_bill(INTENT)))

    assert opened.reference.startswith("pi_")
    assert opened.client_secret.startswith(f"{opened.reference}_secret_")
    assert run(stripe.look_up(a_bill(INTENT, reference=opened.reference))) is None


def test_an_intent_that_is_paid_is_found_and_stays_paid(run, stripe, paid) -> None:
    charge = Charge(paid.reference, paid=True)

    assert run(stripe.look_up(paid)) == charge
    assert run(stripe.close(paid)) == charge


def test_an_intent_that_is_closed_cannot_be_paid(run, stripe, opened) -> None:
    closed = run(stripe.close(opened))

    assert closed == Charge(opened.reference, paid=False, decline_code="canceled")
    assert run(stripe.look_up(opened)) == closed
    assert run(stripe.close(opened)) == closed


def test_money_goes_back_once_for_each_key(run, stripe, paid) -> None:
    first = run(stripe.refund("refund-1", paid.reference, Money(1000, "USD")))

    again = run(stripe.refund("refund-1", paid.reference, Money(1000, "USD")))
    other = run(stripe.refund("refund-2", paid.reference, Money(1000, "USD")))

    assert first.status is RefundStatus.SUCCEEDED
    assert again == first
    assert other.reference != first.reference


def test_what_was_never_taken_does_not_go_back(run, stripe) -> None:
    returned = run(stripe.refund("refund-1", "pi_of_nobody", Money(1000, "USD")))

    assert returned.status is RefundStatus.FAILED


@pytest.fixture
def inbox(run, address) -> Iterator[Inbox]:
    inbox = Inbox()
    run(inbox.loopback.open())
    send_events_to(f"{inbox.loopback.url}/hook", address)
    yield inbox
    run(inbox.loopback.close())


def test_a_signed_event_tells_that_an_intent_is_paid(run, inbox, paid) -> None:
    event, _ = run(inbox.about(paid.reference))

    assert event.type == "payment_intent.succeeded"
    assert StripeEvents(SECRET).fact(event) == PaymentEnded(
        reference=paid.reference,
        key=KEY,
        charge=Charge(paid.reference, paid=True),
        amount=3499,
    )


def test_a_signed_event_tells_that_a_card_was_declined(run, page, inbox, opened) -> None:
    with pytest.raises(Exception, match="refuses"):
        run(confirm(page, opened.reference, DECLINING))

    event, _ = run(inbox.about(opened.reference))

    assert event.type == "payment_intent.payment_failed"
    assert StripeEvents(SECRET).fact(event) == PaymentDeclined(
        opened.reference, KEY, "card_declined"
    )


def test_an_event_that_was_changed_on_the_way_is_refused(run, inbox, paid) -> None:
    _, asked = run(inbox.about(paid.reference))
    changed = asked.body.replace(b"3499", b"9999")

    with pytest.raises(WebhookVerificationFailed):
        StripeEvents(SECRET).read(changed, asked.headers["stripe-signature"])
