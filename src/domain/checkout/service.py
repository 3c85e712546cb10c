"""Money moves in three beats, so that no crash between two lines loses any.

1. Write the order, PENDING, with its stock and a payment that has STARTED.
2. Ask the gateway for the money, naming the payment's id: asking again gives the same outcome.
3. Write the outcome: PAID and the cart emptied, or FAILED and the stock returned.

Whoever comes by later, the shopper trying again or the sweep, finds a STARTED payment and
finishes it from beat 2.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from common.clock import Clock
from common.logging import log
from domain.cart.models import Cart
from domain.cart.service import CartRepository
from domain.catalog.errors import ProductUnavailable
from domain.checkout.errors import CartEmpty, PriceChanged
from domain.database import Database
from domain.identity.caller import Caller
from domain.order.errors import WrongStatus
from domain.order.models import Order, OrderStatus
from domain.order.ports import OrderTransaction
from domain.order.service import visible
from domain.order.stock import return_stock, take_stock
from domain.payment.errors import PaymentFailed
from domain.payment.gateway import Charge, PaymentGateway
from domain.payment.models import Payment

TIME_TO_SETTLE = timedelta(minutes=2)
KEYS_KEPT = timedelta(hours=24)
_SWEEP_SIZE = 100


class CheckoutTransaction(OrderTransaction, Protocol):
    """What a checkout unit of work reaches."""

    @property
    def carts(self) -> CartRepository: ...


@dataclass(frozen=True, slots=True)
class Purchase:
    """How a shopper wants to buy what is in the cart."""

    payment_token: str | None = None
    shipping_address: dict[str, Any] | None = None
    key: str | None = None
    """The idempotency key: asking again under it finds the first order."""


@dataclass(frozen=True, slots=True)
class _Attempt:
    """An order, and the payment it waits for, if any."""

    order: Order
    payment: Payment | None


class CheckoutService:
    """Sells carts: one order for each, paid for exactly once, out of stock that is there."""

    def __init__(
        self, database: Database[CheckoutTransaction], gateway: PaymentGateway, clock: Clock
    ) -> None:
        self._database = database
        self._gateway = gateway
        self._clock = clock

    async def check_out(self, caller: Caller, purchase: Purchase) -> Order:
        """Buy the caller's cart; raises ``PaymentFailed``, and then the cart is still there."""

        async def unit(tx: CheckoutTransaction) -> _Attempt | None:
            return await self._begin(tx, caller, purchase)

        attempt = await self._database.write(unit)
        if attempt is None:  # said out here: raising in the unit would forget the new prices
            raise PriceChanged
        return await self._finish(attempt, purchase.payment_token)

    async def pay(self, caller: Caller, order_id: str, payment_token: str | None) -> Order:
        """Pay for an order that is PENDING; one that is paid already stays as it is."""

        async def unit(tx: CheckoutTransaction) -> _Attempt:
            order = visible(await tx.orders.get(order_id, lock=True), caller, order_id)
            if order.is_settled:
                return _Attempt(order, None)
            if not order.is_pending:
                raise WrongStatus(status=order.status, wanted=OrderStatus.PAID)
            return await self._attempt(tx, order)

        return await self._finish(await self._database.write(unit), payment_token)

    async def sweep(self) -> int:
        """Finish what was left lying: expired orders, and payments cut off halfway."""
        overdue = await self._database.read(
            lambda tx: tx.orders.overdue(self._clock(), _SWEEP_SIZE)
        )
        for order_id in overdue:
            try:
                await self._give_up(order_id)
            except Exception as error:  # it must not hold up the others
                log.opt(exception=error).error("order {} could not be settled", order_id)
        return len(overdue)

    async def _begin(
        self, tx: CheckoutTransaction, caller: Caller, purchase: Purchase
    ) -> _Attempt | None:
        now = self._clock()
        if purchase.key and (known := await self._known(tx, caller, purchase.key, now)):
            return await self._attempt(tx, known) if known.is_pending else _Attempt(known, None)
        cart = await tx.carts.of_user(caller.user_id, lock=True)
        if cart is None or not cart.items:
            raise CartEmpty
        if unfinished := await tx.orders.pending_of_cart(cart.id):
            unfinished.checkout_key = unfinished.checkout_key or purchase.key
            return await self._attempt(tx, unfinished)
        order = await self._order_of(tx, cart, purchase, now)
        if order is None:
            return None
        await take_stock(tx, order)
        tx.orders.add(order)
        return await self._attempt(tx, order, is_new=True)

    async def _known(
        self, tx: CheckoutTransaction, caller: Caller, key: str, now: datetime
    ) -> Order | None:
        """Find the order asked for earlier under ``key``; keys are forgotten after a day."""
        order = await tx.orders.by_checkout_key(caller.user_id, key)
        if order is None:
            return None
        if now - order.created_at > KEYS_KEPT:
            order.checkout_key = None
            return None
        if order.status == OrderStatus.FAILED:
            payment = await tx.payments.latest_of(order.id)
            reason = (payment and payment.decline_code) or "abandoned"
            raise PaymentFailed(reason=reason, order_id=order.id)
        return order

    async def _order_of(
        self, tx: CheckoutTransaction, cart: Cart, purchase: Purchase, now: datetime
    ) -> Order | None:
        """Write the order for a cart; nothing, if prices are no longer those it shows."""
        offers = await tx.catalog.offers([item.variant_id for item in cart.items])
        repriced = False
        order = Order(
            user_id=cart.user_id,
            currency=cart.currency or "",
            shipping_address=purchase.shipping_address,
            cart_id=cart.id,
            checkout_key=purchase.key,
            expires_at=now + TIME_TO_SETTLE,
            created_at=now,
            updated_at=now,
        )
        for item in cart.items:
            offer = offers[item.variant_id]
            if not offer.is_active:
                raise ProductUnavailable(product_id=item.product_id)
            if item.price_amount != offer.price.amount:
                item.price_amount, repriced = offer.price.amount, True
            order.add_line(offer, item.quantity)
        return None if repriced else order

    async def _attempt(
        self, tx: CheckoutTransaction, order: Order, *, is_new: bool = False
    ) -> _Attempt:
        """Resume the order's payment if one is open, else start one."""
        now = self._clock()
        if order.total_amount == 0:
            order.become(OrderStatus.PAID, now)
            await self._clear_cart(tx, order, await self._cart_of(tx, order))
            return _Attempt(order, None)
        payment = None if is_new else await tx.payments.latest_of(order.id)
        if payment is None or not payment.open:
            payment = Payment(
                order_id=order.id, amount=order.total_amount, currency=order.currency,
                created_at=now,
            )  # fmt: skip
            tx.payments.add(payment)
            order.expires_at = now + TIME_TO_SETTLE
        return _Attempt(order, payment)

    async def _finish(self, attempt: _Attempt, payment_token: str | None) -> Order:
        payment = attempt.payment
        if payment is None:
            return attempt.order
        charge = await self._gateway.charge(payment.id, payment.sum, payment_token)
        order = await self._settle(attempt.order, payment, charge)
        if not order.is_settled:
            log.info("payment {} declined: {}", payment.id, charge.decline_code)
            raise PaymentFailed(reason=charge.decline_code or "abandoned", order_id=order.id)
        return order

    async def _settle(self, begun: Order, attempt: Payment, charge: Charge) -> Order:
        async def unit(tx: CheckoutTransaction) -> Order:
            cart = await self._cart_of(tx, begun)
            order = await tx.orders.get(begun.id, lock=True)
            payment = await tx.payments.get(attempt.id)
            if payment is None or order is None:
                raise RuntimeError(f"payment {attempt.id} has lost its order")
            if payment.open and order.is_pending:
                payment.settle(charge)
                if charge.paid:
                    order.become(OrderStatus.PAID, self._clock())
                    await self._clear_cart(tx, order, cart)
                else:
                    order.become(OrderStatus.FAILED, self._clock())
                    await return_stock(tx, order)
            return order

        return await self._database.write(unit)

    async def _give_up(self, order_id: str) -> None:
        """Settle an overdue order: by its payment if it has an open one, else by canceling."""

        async def unit(tx: CheckoutTransaction) -> tuple[Order, Payment] | None:
            order = await tx.orders.get(order_id, lock=True)
            if order is None or not order.is_pending:
                return None
            payment = await tx.payments.latest_of(order_id)
            if payment and payment.open:
                return order, payment
            order.become(OrderStatus.CANCELED, self._clock())
            await return_stock(tx, order)
            return None

        if cut_off := await self._database.write(unit):
            order, payment = cut_off
            await self._settle(order, payment, await self._gateway.abandon(payment.id))

    async def _cart_of(self, tx: CheckoutTransaction, order: Order) -> Cart | None:
        """Find and lock the cart an order was made from: everywhere the cart before the order."""
        if order.cart_id is None:
            return None
        cart = await tx.carts.of_user(order.user_id, lock=True)
        return cart if cart and cart.id == order.cart_id else None

    async def _clear_cart(self, tx: CheckoutTransaction, order: Order, cart: Cart | None) -> None:
        """Take what was bought out of the cart; what was added meanwhile stays in it."""
        if cart is None:
            return
        bought = {
            (item.product_id, item.variant_id): item.quantity
            for item in order.items
            if item.product_id and item.variant_id
        }
        if cart.holds_only(bought):
            await tx.carts.delete(cart)
            return
        for (product_id, variant_id), quantity in bought.items():
            cart.take(product_id, variant_id, quantity)
