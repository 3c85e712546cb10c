"""Payments that the shopper makes elsewhere: on a page of the provider's, or on their own."""

import secrets
from dataclasses import dataclass
from typing import Any

from common.clock import Clock
from common.errors import ConcurrentUpdate
from common.logging import log
from domain.checkout.bill import bill_for
from domain.checkout.errors import SessionComplete, SessionNotFound
from domain.checkout.placing import Attempt, Purchase
from domain.checkout.ports import CheckoutTransaction
from domain.checkout.service import CheckoutService
from domain.checkout.settlement import REFUSED, Settlement
from domain.database import Database
from domain.identity.caller import Caller
from domain.order.models import Order
from domain.payment.errors import PaymentRefused, PaymentsUnavailable
from domain.payment.gateway import Charge, PaymentGateway, PaymentKind, SessionMode
from domain.payment.models import Payment

_PLACEHOLDER = "{CHECKOUT_SESSION_ID}"


@dataclass(frozen=True, slots=True)
class SessionRequest:
    """What a shopper's page wants of a session."""

    mode: SessionMode
    success_url: str
    origin: str
    cancel_url: str | None = None
    metadata: dict[str, str] | None = None
    shipping_address: dict[str, Any] | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class IntentRequest:
    """What a shopper's page wants of a payment intent. It may say what it expects to pay."""

    amount: int | None = None
    currency: str | None = None
    methods: tuple[str, ...] = ("card",)
    metadata: dict[str, str] | None = None
    shipping_address: dict[str, Any] | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class OpenPayment:
    """A payment and the order it is for."""

    payment: Payment
    order: Order

    @property
    def status(self) -> str:
        """How a session stands, in the provider's words."""
        if self.payment.open:
            return "open"
        return "complete" if self.payment.paid else "expired"

    @property
    def payment_status(self) -> str:
        if not self.payment.paid:
            return "unpaid"
        return "paid" if self.payment.amount else "no_payment_required"


class PaymentSessionService:
    """Opens, shows and cancels checkout sessions, and opens payment intents."""

    def __init__(
        self,
        database: Database[CheckoutTransaction],
        checkout: CheckoutService,
        gateway: PaymentGateway,
        clock: Clock,
    ) -> None:
        self._database = database
        self._checkout = checkout
        self._gateway = gateway
        self._settlement = Settlement(database, clock)
        self._clock = clock

    async def open_session(self, caller: Caller, request: SessionRequest) -> OpenPayment:
        """Hold what is in the cart, and open a page where it can be paid."""
        terms: dict[str, Any] = {
            "mode": request.mode,
            "success_url": request.success_url,
            "cancel_url": request.cancel_url,
            "origin": request.origin,
            "metadata": request.metadata or {},
        }
        attempt = await self._checkout.begin(
            caller,
            Purchase(PaymentKind.SESSION, request.shipping_address, request.key, terms),
        )
        if attempt.payment is None:
            return await self._free(attempt.order, terms)
        return await self._open(attempt)

    async def open_intent(self, caller: Caller, request: IntentRequest) -> OpenPayment:
        """Hold what is in the cart, and open an intent that the shopper's own page confirms."""
        expected = (request.amount, request.currency and request.currency.upper())
        terms = {"methods": list(request.methods), "metadata": request.metadata or {}}
        attempt = await self._checkout.begin(
            caller,
            Purchase(PaymentKind.INTENT, request.shipping_address, request.key, terms, expected),
        )
        return await self._open(attempt)

    async def session(self, caller: Caller, session_id: str) -> OpenPayment:
        """Tell how a session stands; an open one is looked up where it is paid."""
        shown = await self._visible(caller, session_id)
        if not shown.payment.open:
            return shown
        try:
            charge = await self._gateway.look_up(bill_for(shown.order, shown.payment))
        except PaymentsUnavailable:
            return shown
        return await self._settled(shown.payment, charge) if charge else shown

    async def cancel_session(self, caller: Caller, session_id: str) -> OpenPayment:
        """End a session that is not paid: what it held is for sale again."""
        shown = await self._visible(caller, session_id)
        if shown.payment.open:
            await self._checkout.end(shown.order, shown.payment)
            shown = await self._visible(caller, session_id)
        if shown.payment.paid:
            raise SessionComplete
        return shown

    async def _open(self, attempt: Attempt) -> OpenPayment:
        order, payment, _ = attempt
        if payment is None:
            raise RuntimeError(f"order {order.id} has nothing to be paid by")
        if payment.reference or not payment.open:
            return OpenPayment(payment, order)
        try:
            opened = await self._gateway.open(bill_for(order, payment))
        except PaymentRefused as refusal:
            log.warning("payment {} refused: {}", payment.id, refusal)
            await self._checkout.end(order, payment, REFUSED)
            raise

        async def unit(tx: CheckoutTransaction) -> OpenPayment:
            current = await tx.orders.get(order.id, lock=True)
            begun = await tx.payments.get(payment.id, lock=True)
            if current is None or begun is None or not begun.open:
                raise ConcurrentUpdate  # another attempt on this cart came in between
            begun.opened(opened)
            return OpenPayment(begun, current)

        return await self._database.write(unit)

    async def _free(self, order: Order, terms: dict[str, Any]) -> OpenPayment:
        """Show an order that costs nothing as a session that is complete."""
        now = self._clock()
        name = f"cs_free_{secrets.token_hex(16)}"

        async def unit(tx: CheckoutTransaction) -> OpenPayment:
            current = await tx.orders.get(order.id, lock=True)
            if current is None:
                raise ConcurrentUpdate
            payment = Payment(
                order_id=order.id,
                kind=PaymentKind.SESSION,
                amount=0,
                currency=order.currency,
                terms=terms,
                reference=name,
                url=terms["success_url"].replace(_PLACEHOLDER, name),
                expires_at=now,
                created_at=now,
            )
            payment.settle(Charge(name, True))
            tx.payments.add(payment)
            return OpenPayment(payment, current)

        return await self._database.write(unit)

    async def _settled(self, payment: Payment, charge: Charge) -> OpenPayment:
        order = await self._settlement.settle(payment.id, charge)
        settled = await self._database.read(lambda tx: tx.payments.get(payment.id))
        return OpenPayment(settled or payment, order)

    async def _visible(self, caller: Caller, session_id: str) -> OpenPayment:
        async def unit(tx: CheckoutTransaction) -> OpenPayment:
            payment = await tx.payments.by_reference(session_id)
            order = await tx.orders.get(payment.order_id) if payment else None
            mine = order and (caller.is_admin or order.user_id == caller.user_id)
            if not payment or not order or not mine or payment.kind != PaymentKind.SESSION:
                raise SessionNotFound(session_id=session_id)
            return OpenPayment(payment, order)

        return await self._database.read(unit)
