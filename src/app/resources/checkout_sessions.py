from typing import Annotated, Literal, Self

from pydantic import Field

from app.errors import MalformedHost
from app.http import Request
from app.operation import operation
from app.patterns import pattern
from app.resources.checkout import ShippingAddress, shipped_to
from app.resources.prices import Cents
from app.schema import Input, Moment, Omissible, Reference, Text, View
from domain.catalog.errors import InsufficientInventory, ProductUnavailable
from domain.checkout.errors import (
    AmountMismatch,
    CartEmpty,
    NothingToPay,
    PriceChanged,
    SessionComplete,
    SessionNotFound,
)
from domain.checkout.sessions import (
    IntentRequest,
    OpenPayment,
    PaymentSessionService,
    SessionRequest,
)
from domain.limits import Category
from domain.payment.errors import PaymentFailed, PaymentRefused, PaymentsUnavailable
from domain.payment.gateway import SessionMode

_OPENING = (
    CartEmpty,
    InsufficientInventory,
    ProductUnavailable,
    PriceChanged,
    PaymentFailed,
    PaymentRefused,
    PaymentsUnavailable,
)
Url = Annotated[
    str,
    Field(
        max_length=2000,
        pattern=pattern(
            r"^https?://[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?(:[0-9]{1,5})?([/?#][!-~]*)?$",
            "an http or https address, such as https://shop.example/thanks",
        ),
        description="`{CHECKOUT_SESSION_ID}` in it is filled in.",
        examples=["https://shop.example/thanks?session_id={CHECKOUT_SESSION_ID}"],
    ),
]
_NOTE_NAME = pattern(r"^[^\u0000\[\]]+$", "text without NUL characters and square brackets")
Note = Annotated[Text, Field(max_length=500)]
NoteName = Annotated[str, Field(min_length=1, max_length=40, pattern=_NOTE_NAME)]
Notes = Annotated[
    dict[NoteName, Note],
    Field(
        max_length=30,
        description="Your own particulars, which the payment provider keeps too: up to 30.",
        json_schema_extra={"additionalProperties": False},
    ),
]

_METHOD = pattern("^[a-z_]{1,40}$", "the name of a payment method, such as card")
_CURRENCY = pattern("^[A-Za-z]{3}$", "a currency, such as USD")
PaymentMethod = Annotated[str, Field(pattern=_METHOD, examples=["card"])]


class OpenSession(Input):
    mode: Literal["redirect", "embedded"] = "redirect"
    success_url: Url
    cancel_url: Omissible[Url] = None
    metadata: Omissible[Notes] = None
    shipping: Omissible[ShippingAddress] = None


class OpenIntent(Input):
    """The sum is what the cart comes to. Give what you show, and we say if that differs."""

    amount: Omissible[Cents] = None
    currency: Omissible[Annotated[str, Field(pattern=_CURRENCY)]] = None
    payment_method_types: Omissible[
        Annotated[
            list[Annotated[str, Field(pattern=_METHOD)]],
            Field(min_length=1, max_length=10),
        ]
    ] = None
    metadata: Omissible[Notes] = None
    shipping: Omissible[ShippingAddress] = None


class CheckoutSessionView(View, frozen=True, kw_only=True):
    """Redirect the shopper to the ``url``, or embed the page by its ``client_secret``."""

    session_id: str
    url: str | None
    client_secret: str | None
    publishable_key: str | None
    order_id: str
    amount_total: int
    currency: str
    expires_at: Moment

    @classmethod
    def of(cls, opened: OpenPayment, publishable_key: str) -> Self:
        payment = opened.payment
        embedded = payment.terms["mode"] == SessionMode.EMBEDDED
        return cls(
            session_id=payment.reference or "",
            url=payment.url if not embedded or payment.amount == 0 else None,
            client_secret=payment.client_secret if embedded else None,
            publishable_key=publishable_key if embedded else None,
            order_id=opened.order.id,
            amount_total=payment.amount,
            currency=payment.currency.lower(),
            expires_at=payment.expires_at or payment.created_at,
        )


class SessionStatusView(View, frozen=True, kw_only=True):
    session_id: str
    status: Literal["open", "complete", "expired"]
    payment_status: Literal["paid", "unpaid", "no_payment_required"]
    amount_total: int
    currency: str
    customer_email: str | None
    order_id: str
    order_number: str
    metadata: dict[str, str]
    expires_at: Moment

    @classmethod
    def of(cls, shown: OpenPayment) -> Self:
        payment = shown.payment
        return cls(
            session_id=payment.reference or "",
            status=shown.status,  # type: ignore[arg-type]
            payment_status=shown.payment_status,  # type: ignore[arg-type]
            amount_total=payment.amount,
            currency=payment.currency.lower(),
            customer_email=payment.terms.get("email"),
            order_id=shown.order.id,
            order_number=shown.order.order_number,
            metadata=payment.terms.get("metadata") or {},
            expires_at=payment.expires_at or payment.created_at,
        )


class PaymentIntentView(View, frozen=True, kw_only=True):
    payment_intent_id: str
    client_secret: str | None
    publishable_key: str
    amount: int
    currency: str
    status: Literal["requires_payment_method", "succeeded", "canceled"]
    order_id: str
    expires_at: Moment

    @classmethod
    def of(cls, opened: OpenPayment, publishable_key: str) -> Self:
        payment = opened.payment
        return cls(
            payment_intent_id=payment.reference or "",
            client_secret=payment.client_secret,
            publishable_key=publishable_key,
            amount=payment.amount,
            currency=payment.currency.lower(),
            status="requires_payment_method"
            if payment.open
            else "succeeded"
            if payment.paid
            else "canceled",
            order_id=opened.order.id,
            expires_at=payment.expires_at or payment.created_at,
        )


class CheckoutSessions:
    """Paying on a page of the payment provider's, or on one's own."""

    def __init__(
        self, sessions: PaymentSessionService, publishable_key: str, public_url: str
    ) -> None:
        self._sessions = sessions
        self._publishable_key = publishable_key
        self._public_url = public_url

    @operation(
        status=201,
        limit=Category.CHECKOUT,
        resumable=True,
        raises=[*_OPENING, MalformedHost],
    )
    async def on_post(self, req: Request, body: OpenSession) -> CheckoutSessionView:
        """Hold what is in the cart, and open a session in which it can be paid.

        The stock is held until the session is paid, canceled or expires. A new session takes
        the place of an earlier one for the same cart.
        """
        opened = await self._sessions.open_session(
            req.caller,
            SessionRequest(
                mode=SessionMode(body.mode),
                success_url=body.success_url,
                cancel_url=body.cancel_url,
                origin=self._public_url or req.origin,
                metadata=body.metadata,
                shipping_address=shipped_to(body.shipping),
                key=req.claim.key if req.claim else None,
            ),
        )
        return CheckoutSessionView.of(opened, self._publishable_key)

    @operation(raises=[SessionNotFound])
    async def on_get_session(self, req: Request, session_id: Reference) -> SessionStatusView:
        """Tell how a session stands."""
        return SessionStatusView.of(await self._sessions.session(req.caller, session_id))

    @operation(
        limit=Category.CHECKOUT, raises=[SessionNotFound, SessionComplete, PaymentsUnavailable]
    )
    async def on_post_cancel(self, req: Request, session_id: Reference) -> SessionStatusView:
        """End a session that is not paid. What it held is for sale again; the cart stays."""
        return SessionStatusView.of(await self._sessions.cancel_session(req.caller, session_id))

    @operation(
        status=201,
        limit=Category.CHECKOUT,
        resumable=True,
        raises=[*_OPENING, AmountMismatch, NothingToPay],
    )
    async def on_post_intent(self, req: Request, body: OpenIntent) -> PaymentIntentView:
        """Hold what is in the cart, and open a payment intent that one's own page confirms."""
        opened = await self._sessions.open_intent(
            req.caller,
            IntentRequest(
                amount=body.amount,
                currency=body.currency,
                methods=tuple(body.payment_method_types or ("card",)),
                metadata=body.metadata,
                shipping_address=shipped_to(body.shipping),
                key=req.claim.key if req.claim else None,
            ),
        )
        return PaymentIntentView.of(opened, self._publishable_key)
