"""Bills for the stand-in, and a look into its books."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from common.clock import utc_now
from common.money import Money
from domain.payment.gateway import Bill, PaymentKind, SessionMode, SessionTerms
from infrastructure.databases.db import SqlDatabase
from infrastructure.databases.tables import stand_in_objects
from infrastructure.databases.transaction import SqlTransaction
from support.bills import a_bill

type Json = dict[str, Any]

PRICE = Money(1999, "EUR")
SUCCESS = "https://shop.example/thanks?session={CHECKOUT_SESSION_ID}"
CANCEL = "https://shop.example/cart"
_TERMS = {
    "mode": SessionMode.REDIRECT,
    "success_url": SUCCESS,
    "cancel_url": CANCEL,
    "origin": "http://shop.test",
}


def charge_of(amount: Money = PRICE, key: str = "k1", **others: Any) -> Bill:
    """Write a bill that is paid at once."""
    return a_bill(**{"amount": amount, "key": key, "lines": (), "metadata": {}} | others)


def intent_of(**others: Any) -> Bill:
    """Write a bill that the shopper's own page has paid."""
    return charge_of(kind=PaymentKind.INTENT, **others)


def session_of(
    expires_at: datetime | None = None, *, terms: Json | None = None, **others: Any
) -> Bill:
    """Write a bill that is paid on the stand-in's page, within 31 minutes."""
    ends = {"expires_at": expires_at or utc_now() + timedelta(minutes=31)}
    told = SessionTerms(**_TERMS | ends | (terms or {}))
    return charge_of(kind=PaymentKind.SESSION, session=told, **others)


def books(run: Callable[..., Any], database: SqlDatabase, kind: str) -> list[Json]:
    """List all objects of a kind."""

    async def unit(tx: SqlTransaction) -> list[Json]:
        query = select(stand_in_objects).where(stand_in_objects.c.kind == kind)
        return [row.body for row in await tx._session.rows(query)]

    return run(database.read(unit))


def told(run: Callable[..., Any], database: SqlDatabase) -> list[str]:
    """List the types of all events there were, in alphabetical order."""
    return sorted(event["type"] for event in books(run, database, "event"))
