"""Bills for the stand-in, and a look into its books."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from common.clock import utc_now
from common.money import Money
from domain.payment.gateway import Bill, PaymentKind, SessionMode, SessionTerms
from infrastructure.databases.db import SqlDatabase
from infrastructure.databases.tables import stand_in_objects
from infrastructure.databases.transaction import SqlTransaction

type Json = dict[str, Any]

PRICE = Money(1999, "EUR")
SUCCESS = "https://shop.example/thanks?session={CHECKOUT_SESSION_ID}"
CANCEL = "https://shop.example/cart"
_TERMS = {"mode": SessionMode.REDIRECT, "success_url": SUCCESS, "cancel_url": CANCEL}


def charge_of(amount: Money = PRICE, key: str = "k1", **others: Any) -> Bill:
    """Write a bill that is paid at once."""
    bill = Bill(
        key=key,
        kind=PaymentKind.CHARGE,
        amount=amount,
        order_id="8f6f2d1c-0000-4000-8000-000000000001",
        order_number="PG-7K3MQ-9XD2A",
        email="ada@example.com",
    )
    return replace(bill, **others)


def intent_of(**others: Any) -> Bill:
    """Write a bill that the shopper's own page has paid."""
    return charge_of(kind=PaymentKind.INTENT, **others)


def session_of(
    expires_at: datetime | None = None, *, terms: Json | None = None, **others: Any
) -> Bill:
    """Write a bill that is paid on the stand-in's page, within 31 minutes."""
    ends = {"expires_at": expires_at or utc_now() + timedelta(minutes=31)}
    told = SessionTerms(**(_TERMS | ends | {"origin": "http://shop.test"} | (terms or {})))
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
