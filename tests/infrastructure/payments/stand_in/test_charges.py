import asyncio

import pytest
from support.stand_in import PRICE, books, charge_of, intent_of, told

from common.money import Money
from domain.payment.errors import PaymentRefused
from domain.payment.gateway import Charge
from infrastructure.payments.stand_in import DECLINING_CARDS, PAYING_CARDS, StandInGateway


@pytest.mark.parametrize("card", [None, *PAYING_CARDS, "4242 4242 4242 4242"])
def test_a_good_card_pays_at_once(run, stand_in, database, card) -> None:
    charge = run(stand_in.charge(charge_of(), card))

    (intent,) = books(run, database, "payment_intent")
    (taken,) = books(run, database, "charge")
    assert charge == Charge(intent["id"], paid=True)
    assert (intent["status"], intent["amount_received"]) == ("succeeded", PRICE.amount)
    assert intent["latest_charge"] == taken["id"]
    assert (taken["amount"], taken["currency"]) == (1999, "eur")
    assert told(run, database) == []  # the answer itself has told


@pytest.mark.parametrize(
    ("card", "reason"), [*DECLINING_CARDS.items(), ("4000000000000000", "invalid_card")]
)
def test_a_bad_card_is_declined_and_the_reason_is_told(
    run, stand_in, database, card, reason
) -> None:
    charge = run(stand_in.charge(charge_of(), card))

    (intent,) = books(run, database, "payment_intent")
    assert charge == Charge(intent["id"], paid=False, decline_code=reason)
    assert intent["last_payment_error"]["type"] == "card_error"
    assert books(run, database, "charge") == []
    assert told(run, database) == []


def test_no_card_number_is_written_down(run, stand_in, database) -> None:
    for number, card in enumerate(("4242 4242 4242 4242", "4000000000009995", "378282246310005")):
        run(stand_in.charge(charge_of(key=f"k{number}"), card))

    written = str([books(run, database, kind) for kind in ("payment_intent", "charge", "event")])

    assert not {"4242424242424242", "4000000000009995", "378282246310005"} & set(written.split("'"))
    assert "4242 4242" not in written


def test_the_provider_knows_what_the_money_is_for(run, stand_in, database) -> None:
    bill = charge_of(metadata={"source": "3d_experience"})

    run(stand_in.charge(bill, None))

    (intent,) = books(run, database, "payment_intent")
    assert intent["metadata"] == {
        "source": "3d_experience",
        "order_id": bill.order_id,
        "order_number": bill.order_number,
        "payment_id": bill.key,
    }


@pytest.mark.parametrize(("first", "second"), [(None, "tok_chargeDeclined"), ("tok_amex", None)])
def test_a_repeated_charge_has_the_first_outcome(run, stand_in, database, first, second) -> None:
    charge = run(stand_in.charge(charge_of(), first))

    again = run(stand_in.charge(charge_of(), second))

    assert again == charge
    assert len(books(run, database, "payment_intent")) == 1


def test_a_declined_charge_stays_declined(run, stand_in) -> None:
    declined = run(stand_in.charge(charge_of(), "tok_chargeDeclined"))

    assert run(stand_in.charge(charge_of(), "tok_visa")) == declined
    assert run(stand_in.look_up(charge_of())) == declined
    assert run(stand_in.close(charge_of())) == declined


@pytest.mark.parametrize(
    "other",
    [
        charge_of(Money(1998, "EUR")),
        charge_of(Money(1999, "USD")),
        charge_of(metadata={"a": "b"}),
        charge_of(order_number="PG-00000-00000"),
        intent_of(),
    ],
)
def test_a_key_cannot_be_used_for_something_else(run, stand_in, database, other) -> None:
    run(stand_in.charge(charge_of(), None))

    with pytest.raises(PaymentRefused, match="used before"):
        run(stand_in.charge(other, None))

    assert len(books(run, database, "charge")) == 1


def test_what_was_closed_can_no_longer_be_charged(run, stand_in, database) -> None:
    closed = run(stand_in.close(charge_of()))

    late = run(stand_in.charge(charge_of(), "tok_visa"))

    assert (closed.paid, closed.decline_code) == (False, "canceled")
    assert late == closed
    assert books(run, database, "charge") == []


def test_closing_what_was_charged_tells_so(run, stand_in) -> None:
    charged = run(stand_in.charge(charge_of(), None))

    assert run(stand_in.close(charge_of())) == charged
    assert run(stand_in.look_up(charge_of())) == charged


def test_nothing_is_known_of_a_charge_that_never_arrived(run, stand_in) -> None:
    assert run(stand_in.look_up(charge_of())) is None


def test_the_books_outlive_the_process(run, stand_in, restarted) -> None:
    charged = run(stand_in.charge(charge_of(), None))

    again = run(StandInGateway(restarted.shop.database).charge(charge_of(), "tok_chargeDeclined"))

    assert again == charged


def test_charges_at_the_same_moment_have_one_outcome(run, stand_in, database) -> None:
    async def everybody() -> list[Charge]:
        cards = ["tok_chargeDeclined" if number % 2 else None for number in range(8)]
        asks = [stand_in.charge(charge_of(), card) for card in cards]
        return await asyncio.gather(*asks, stand_in.close(charge_of()))

    assert len(set(run(everybody()))) == 1
    assert len(books(run, database, "payment_intent")) == 1


@pytest.mark.parametrize(
    ("amount", "reason"),
    [
        (Money(0, "EUR"), "more than nothing"),
        (Money(-1, "EUR"), "more than nothing"),
        (Money(1234, "KWD"), "finer"),
    ],
)
def test_what_stripe_cannot_charge_is_refused(run, stand_in, database, amount, reason) -> None:
    with pytest.raises(PaymentRefused, match=reason):
        run(stand_in.charge(charge_of(amount), None))

    assert not run(stand_in.close(charge_of(amount))).paid
    assert books(run, database, "charge") == []


@pytest.mark.parametrize("amount", [Money(1, "JPY"), Money(10, "KWD"), Money(2**40, "USD")])
def test_amounts_are_exact_in_every_currency(run, stand_in, database, amount) -> None:
    run(stand_in.charge(charge_of(amount), None))

    (intent,) = books(run, database, "payment_intent")
    assert (intent["amount"], intent["currency"]) == (amount.amount, amount.currency.lower())
