"""Payment intents: money that we take with a token, or that the shopper's own page confirms."""

import re
from typing import TYPE_CHECKING, Any

from common.logging import log
from domain.payment.errors import PaymentsUnavailable
from domain.payment.gateway import Bill, Charge, Opened
from infrastructure.payments.declines import decline_code
from infrastructure.payments.stripe_connection import BANK_PAUSE
from infrastructure.payments.stripe_parameters import confirmation_parameters, intent_parameters

if TYPE_CHECKING:
    from stripe import PaymentIntent
    from stripe._v1_services import V1Services

_TOKEN = re.compile(r"\w{1,200}", re.ASCII)
_INVALID = "invalid_card"


class StripeIntents:
    """What can be done with the intents of bills."""

    def __init__(self, v1: "V1Services") -> None:
        self._v1 = v1

    async def make(self, bill: Bill) -> Opened:
        """Make a bill's intent; a repeat returns it as it was then, whatever it has become."""
        intent = await self._v1.payment_intents.create_async(
            intent_parameters(bill), {"idempotency_key": bill.key}
        )
        return Opened(reference=intent.id, client_secret=intent.client_secret)

    async def charge(self, bill: Bill, token: str) -> Charge:
        """Take the money. What is not paid is canceled, so that it never will be.

        The intent is made before it is confirmed: whoever finds us dead in between can make it
        once more without knowing the token, and so find and cancel it.
        """
        from stripe import CardError, IdempotencyError, InvalidRequestError

        reference = (await self.make(bill)).reference
        if not _TOKEN.fullmatch(token):
            return await self._cancel(reference, _INVALID)
        try:
            confirmed = await self._v1.payment_intents.confirm_async(
                reference,
                confirmation_parameters(await self._usable(bill, token)),
                {"idempotency_key": f"{bill.key}:confirm"},
            )
        except CardError as error:
            return await self._cancel(reference, decline_code(_said(error.json_body)))
        except InvalidRequestError as error:  # no such card; or it was canceled or paid meanwhile
            log.warning("Stripe does not confirm payment {}: {}", bill.key, error)
            return await self._cancel(reference, _INVALID)
        except IdempotencyError:  # it was confirmed before, with another token
            confirmed = await self._v1.payment_intents.retrieve_async(reference)
        return await self._outcome(confirmed)

    async def ended(self, reference: str) -> Charge | None:
        """Tell how an intent ended; nothing while it can still be paid."""
        return _ended(await self._v1.payment_intents.retrieve_async(reference), "canceled")

    async def end(self, reference: str) -> Charge:
        """Make sure that an intent is not paid from now on, and tell whether it was."""
        return await self._cancel(reference, "canceled")

    async def long_ago(self, bill: Bill) -> Charge | None:
        """Find the money of a charge so old that Stripe has forgotten its key: after a day."""
        from stripe import InvalidRequestError

        try:
            found = await self._v1.payment_intents.search_async(
                {"query": f"metadata['payment_id']:'{bill.key}'"}
            )
        except InvalidRequestError as error:  # not every country's accounts can search
            log.warning("Stripe cannot be searched for payment {}: {}", bill.key, error)
            return None
        paid = [intent.id for intent in found.data if intent.status == "succeeded"]
        return Charge(paid[0], True) if paid else None

    async def _usable(self, bill: Bill, token: str) -> str:
        """Turn a token of Stripe's older kind into a payment method; others are taken as such."""
        if not token.startswith("tok_"):
            return token
        method = await self._v1.payment_methods.create_async(
            {"type": "card", "card": {"token": token}}, {"idempotency_key": f"{bill.key}:{token}"}
        )
        return method.id

    async def _outcome(self, intent: "PaymentIntent") -> Charge:
        """Tell how an attempt ended that was made just now, or by somebody else before."""
        if ended := _ended(intent, "canceled"):
            return ended
        if intent.status == "requires_action":  # the bank asks for the shopper, who is not here
            return await self._cancel(intent.id, "authentication_required")
        if intent.status == "requires_payment_method" and intent.last_payment_error:
            code = decline_code(intent.last_payment_error.to_dict())
            return await self._cancel(intent.id, code)
        raise PaymentsUnavailable(retry_after=BANK_PAUSE)

    async def _cancel(self, reference: str, code: str) -> Charge:
        """Cancel an intent, unless its money has come; ``code`` says why there is none."""
        from stripe import InvalidRequestError

        try:
            intent = await self._v1.payment_intents.cancel_async(reference)
        except InvalidRequestError:  # it has ended already, or a bank is busy with it
            intent = await self._v1.payment_intents.retrieve_async(reference)
        ended = _ended(intent, code)
        if ended is None:
            raise PaymentsUnavailable(retry_after=BANK_PAUSE)
        return ended


def _ended(intent: "PaymentIntent", code: str) -> Charge | None:
    if intent.status == "succeeded":
        return Charge(intent.id, True)
    return Charge(intent.id, False, code) if intent.status == "canceled" else None


def _said(body: object) -> dict[str, Any]:
    said = body.get("error") if isinstance(body, dict) else None
    return said if isinstance(said, dict) else {}
