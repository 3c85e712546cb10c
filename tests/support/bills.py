"""Bills to be paid."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from common.clock import utc_now
from common.money import Money
from domain.payment.gateway import Bill, Line, PaymentKind, SessionMode, SessionTerms

KEY = "0b7f6c1e-52a0-4c55-9f3a-6a4f7f0f3a11"
_BILL = Bill(
    key=KEY,
    kind=PaymentKind.CHARGE,
    amount=Money(3499, "USD"),
    order_id="6f0c1f0e-6f0a-4a4e-8f5b-0c1d2e3f4a5b",
    order_number="PG-7K3MQ-9XD2A",
    email="ada@shop.example",
    lines=(Line("Dune", 999, 3), Line("Shipping", 502, 1)),
    metadata={"source": "3d_experience"},
)


def terms(mode: SessionMode = SessionMode.REDIRECT, **lasting: float) -> SessionTerms:
    """Write terms for a session that lasts an hour, or as long as is said."""
    return SessionTerms(
        mode=mode,
        success_url="https://shop.example/done?session_id={CHECKOUT_SESSION_ID}",
        cancel_url="https://shop.example/cart",
        expires_at=utc_now() + timedelta(**(lasting or {"hours": 1})),
    )


def a_bill(kind: PaymentKind = PaymentKind.CHARGE, **changes: Any) -> Bill:
    """Write a bill: for 34.99 dollars, and for a session with the terms of one."""
    if kind is PaymentKind.SESSION:
        changes = {"session": terms(), **changes}
    return replace(_BILL, kind=kind, **changes)
