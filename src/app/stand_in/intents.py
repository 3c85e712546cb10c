from typing import Annotated, Any, Self

from pydantic import Field

from app.http import Request
from app.operation import operation
from app.patterns import pattern
from app.schema import Input, Reference, View
from common.errors import NotFound
from domain.identity.caller import Access
from infrastructure.payments.stand_in.counter import Cashier

_NAME = pattern(r"^[ -~]+$", "printable ASCII characters")
Name = Annotated[str, Field(min_length=1, max_length=255, pattern=_NAME)]


class IntentNotFound(NotFound):
    code = "payment_intent_not_found"
    message = "There is no payment intent {intent_id} with this client secret."


class ConfirmIntent(Input):
    client_secret: Annotated[Name, Field(description="As it came with the intent.")]
    payment_method: Annotated[
        Name,
        Field(
            description="A test card, such as `pm_card_visa` or `pm_card_chargeDeclined`.",
            examples=["pm_card_visa"],
        ),
    ]


class PaymentErrorView(View, frozen=True, kw_only=True):
    """Why a card did not pay."""

    type: str
    code: str
    decline_code: str
    message: str


class IntentView(View, frozen=True, kw_only=True):
    """``succeeded``, ``canceled``, or ``requires_payment_method``: then another card may pay."""

    id: str
    status: str
    last_payment_error: PaymentErrorView | None

    @classmethod
    def of(cls, intent: dict[str, Any]) -> Self:
        error = intent["last_payment_error"]
        return cls(
            id=intent["id"],
            status=intent["status"],
            last_payment_error=PaymentErrorView(**error) if error else None,
        )


class PaymentIntents:
    """What Stripe.js would do for the shopper's own page."""

    def __init__(self, cashier: Cashier) -> None:
        self._cashier = cashier

    @operation(access=Access.ANYONE, raises=[IntentNotFound])
    async def on_post_confirm(
        self, req: Request, intent_id: Reference, body: ConfirmIntent
    ) -> IntentView:
        """Pay a payment intent of the stand-in's with a test card.

        Only there while no other payment provider is set up. Whoever has the client secret may.
        """
        confirmed = await self._cashier.confirm(intent_id, body.client_secret, body.payment_method)
        if confirmed is None:
            raise IntentNotFound(intent_id=intent_id)
        return IntentView.of(confirmed)
