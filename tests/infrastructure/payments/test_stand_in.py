import asyncio

import pytest

from app.container import assemble
from common.money import Money
from domain.payment.gateway import Charge
from infrastructure.payments.stand_in import StandInGateway

PRICE = Money(1999, "EUR")


@pytest.fixture
def gateway(client) -> StandInGateway:
    return StandInGateway(client.shop.database)


def test_a_repeated_charge_has_the_first_outcome(run, gateway) -> None:
    first = run(gateway.charge("k1", PRICE, "tok_visa"))

    again = run(gateway.charge("k1", PRICE, "tok_chargeDeclined"))

    assert first.paid
    assert again == first


def test_a_declined_charge_stays_declined(run, gateway) -> None:
    first = run(gateway.charge("k1", PRICE, "tok_chargeDeclined"))

    again = run(gateway.charge("k1", PRICE, "tok_visa"))

    assert (first.paid, first.decline_code) == (False, "card_declined")
    assert again == first


def test_what_is_abandoned_can_no_longer_be_charged(run, gateway) -> None:
    abandoned = run(gateway.abandon("k1"))

    late = run(gateway.charge("k1", PRICE, "tok_visa"))

    assert (abandoned.paid, abandoned.decline_code) == (False, "abandoned")
    assert late == abandoned


def test_abandoning_what_was_charged_tells_so(run, gateway) -> None:
    charged = run(gateway.charge("k1", PRICE, None))

    assert run(gateway.abandon("k1")) == charged


def test_the_books_outlive_the_process(run, gateway, settings) -> None:
    charged = run(gateway.charge("k1", PRICE, None))

    async def ask_again() -> Charge:
        database = assemble(settings).database
        await database.open()
        try:
            return await StandInGateway(database).charge("k1", PRICE, "tok_chargeDeclined")
        finally:
            await database.close()

    assert run(ask_again()) == charged


def test_charges_at_the_same_moment_have_one_outcome(run, gateway) -> None:
    async def everybody() -> list[Charge]:
        asks = [
            gateway.charge("k1", PRICE, "tok_chargeDeclined" if n % 2 else None) for n in range(8)
        ]
        return await asyncio.gather(*asks, gateway.abandon("k1"))

    assert len(set(run(everybody()))) == 1
