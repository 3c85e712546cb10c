"""Checkout sessions: pages of Stripe's that ask for the money."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from domain.payment.errors import PaymentsUnavailable
from domain.payment.gateway import Bill, Charge, Opened
from infrastructure.payments.stripe_connection import BANK_PAUSE
from infrastructure.payments.stripe_parameters import session_parameters

if TYPE_CHECKING:
    from stripe import PaymentIntent
    from stripe._v1_services import V1Services
    from stripe.checkout import Session


class StripeSessions:
    """What can be done with the sessions of bills."""

    def __init__(self, v1: "V1Services") -> None:
        self._v1 = v1

    async def make(self, bill: Bill) -> Opened:
        """Make a bill's session; a repeat returns it as it was then, whatever it has become."""
        session = await self._v1.checkout.sessions.create_async(
            session_parameters(bill), {"idempotency_key": bill.key}
        )
        return Opened(
            reference=session.id,
            client_secret=session.client_secret,
            url=session.url,
            expires_at=datetime.fromtimestamp(session.expires_at, UTC),
        )

    async def ended(self, reference: str) -> Charge | None:
        """Tell how a session ended; nothing while it is open, or a bank takes its time."""
        return _ended(await self._find(reference))

    async def end(self, reference: str) -> Charge:
        """Make sure that a session is not paid from now on, and tell whether it was."""
        from stripe import InvalidRequestError

        try:
            session = await self._v1.checkout.sessions.expire_async(reference)
        except InvalidRequestError:  # it has ended already
            session = await self._find(reference)
        ended = _ended(session)
        if ended is None:  # the shopper has paid, and the money is on its way
            raise PaymentsUnavailable(retry_after=BANK_PAUSE)
        return ended

    async def _find(self, reference: str) -> "Session":
        return await self._v1.checkout.sessions.retrieve_async(
            reference, {"expand": ["payment_intent"]}
        )


def _ended(session: "Session") -> Charge | None:
    intent = session.payment_intent
    name = intent if isinstance(intent, str) else intent.id if intent else session.id
    if session.status == "expired":
        return Charge(name, False, "expired")
    if session.status != "complete":
        return None
    if session.payment_status != "unpaid":
        return Charge(name, True)
    return Charge(name, False, "async_payment_failed") if _failed(intent) else None


def _failed(intent: "str | PaymentIntent | None") -> bool:
    """Tell whether the money that a completed session waited for will not come."""
    ends = ("canceled", "requires_payment_method")
    return intent is not None and not isinstance(intent, str) and intent.status in ends
