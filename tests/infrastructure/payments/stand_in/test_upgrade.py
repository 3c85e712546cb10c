"""What the first stand-in had charged is not lost with its table."""

import pytest
from alembic import command
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from support.stand_in import PRICE, charge_of

from domain.payment.gateway import Charge, RefundStatus
from infrastructure.databases.db import SqlDatabase
from infrastructure.databases.migrations import Migrations, alembic_config
from infrastructure.databases.urls import database_url
from infrastructure.payments.stand_in import StandInGateway

OLD = text(
    "INSERT INTO stand_in_charges (key, reference, amount, currency, paid, decline_code) VALUES"
    " ('k1', 'ch_paid', 1999, 'EUR', :yes, NULL),"
    " ('k2', 'ch_declined', 500, 'EUR', :no, 'card_declined')"
)


@pytest.fixture(params=["sqlite", "postgres"])
def url(request, tmp_path):
    """A database as the first release left it."""
    if request.param == "sqlite":
        old = database_url(f"sqlite:///{tmp_path}/old.db")
    else:
        old = database_url(request.getfixturevalue("postgres").new_database("old_charges"))
    command.upgrade(alembic_config(old), "0001")
    return old


async def _charged_before(url) -> None:
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await connection.execute(OLD, {"yes": True, "no": False})
    await engine.dispose()


def test_old_charges_are_known_and_can_be_given_back(run, url) -> None:
    run(_charged_before(url))
    Migrations(url, automatic=False).upgrade()
    database = SqlDatabase(url)
    stand_in = StandInGateway(database)
    run(database.open())

    paid, declined = (run(stand_in.look_up(charge_of(key=key))) for key in ("k1", "k2"))
    again = run(stand_in.charge(charge_of(), "tok_chargeDeclined"))
    refunded = run(stand_in.refund("r1", "ch_paid", PRICE))
    too_much = run(stand_in.refund("r2", "ch_paid", PRICE))
    run(database.close())

    assert paid == again == Charge("ch_paid", paid=True)
    assert declined == Charge("ch_declined", paid=False, decline_code="card_declined")
    assert (refunded.status, too_much.status) == (RefundStatus.SUCCEEDED, RefundStatus.FAILED)
