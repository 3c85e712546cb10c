"""Writing the order for a cart, and the payment it waits for, in one unit of work."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from common.money import Money
from domain.cart.models import Cart
from domain.cart.rates import ChargeRule
from domain.catalog.errors import ProductUnavailable
from domain.checkout.errors import AmountMismatch, CartEmpty, NothingToPay, PriceChanged
from domain.checkout.ports import CheckoutTransaction
from domain.checkout.settlement import REFUSED, cart_of, mark_paid
from domain.identity.caller import Caller
from domain.order.models import Order
from domain.order.stock import take_stock
from domain.payment.errors import PaymentFailed
from domain.payment.gateway import PaymentKind
from domain.payment.models import Payment

TIME_TO_SETTLE = timedelta(minutes=2)
"""How long a charge may take before the sweep looks into it."""
TIME_TO_PAY = timedelta(minutes=31)
"""How long a shopper has for a session or an intent."""
LEAST_TIME_TO_PAY = timedelta(minutes=30)
"""Stripe opens no session for less."""
KEYS_KEPT = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Purchase:
    """How a shopper wants to buy what is in the cart."""

    kind: PaymentKind = PaymentKind.CHARGE
    shipping_address: dict[str, Any] | None = None
    key: str | None = None
    """The idempotency key: asking again under it finds the first order."""
    terms: dict[str, Any] = field(default_factory=dict)
    """What the payment is told beside the bill: metadata, URLs, payment methods."""
    expected: tuple[int | None, str | None] = (None, None)
    """The sum and currency that the shopper's page shows: if they are not ours, we say so."""


class Attempt(NamedTuple):
    """An order, and the payment it waits for, if any."""

    order: Order
    payment: Payment | None
    in_the_way: bool = False
    """Whether the payment is an earlier one, which has to end before another begins."""


async def begin(
    tx: CheckoutTransaction, caller: Caller, purchase: Purchase, rule: ChargeRule, now: datetime
) -> Attempt | PriceChanged:
    """Find or write the order for the caller's cart, holding its stock."""
    cart = await tx.carts.of_user(caller.user_id, lock=True)  # before any order, as everywhere
    if purchase.key and (known := await _known(tx, caller, purchase.key, now)):
        if not known.is_pending:
            return Attempt(known, await tx.payments.latest_of(known.id))
        return await attempt_on(tx, known, purchase, now)
    if cart is None or not cart.items:
        raise CartEmpty
    if unfinished := await tx.orders.pending_of_cart(cart.id):
        payment = await tx.payments.latest_of(unfinished.id)
        if purchase.kind is not PaymentKind.CHARGE:
            return Attempt(unfinished, payment, in_the_way=True)
        attempt = await attempt_on(tx, unfinished, purchase, now)
        if not attempt.in_the_way:
            unfinished.checkout_key = unfinished.checkout_key or purchase.key
        return attempt
    order = await _order_of(tx, caller, cart, purchase, rule, now)
    if order is None:
        return PriceChanged()
    _check_sum(order.total, purchase)
    await take_stock(tx, order)
    tx.orders.add(order)
    return await attempt_on(tx, order, purchase, now, is_new=True)


async def attempt_on(
    tx: CheckoutTransaction,
    order: Order,
    purchase: Purchase,
    now: datetime,
    *,
    is_new: bool = False,
) -> Attempt:
    """Resume the order's open payment if it is of the same kind, else start one."""
    latest = None if is_new else await tx.payments.latest_of(order.id)
    if latest and latest.open:
        in_the_way = latest.kind != purchase.kind or _missed(latest, now)
        return Attempt(order, latest, in_the_way)
    if order.total_amount == 0:
        await mark_paid(tx, order, await cart_of(tx, order), now)
        return Attempt(order, None)
    payment = await _new_payment(tx, order, purchase, now)
    tx.payments.add(payment)
    order.expires_at = payment.expires_at
    return Attempt(order, payment)


def _missed(payment: Payment, now: datetime) -> bool:
    """Tell whether a session was never opened, and has too little time left to be."""
    if payment.kind != PaymentKind.SESSION or payment.reference or payment.expires_at is None:
        return False
    return payment.expires_at - now < LEAST_TIME_TO_PAY


async def _known(tx: CheckoutTransaction, caller: Caller, key: str, now: datetime) -> Order | None:
    """Find the order asked for earlier under ``key``; keys are forgotten after a day.

    A charge that failed is told again. What was refused, and a session or an intent that ended
    before its answer was heard, leave the key to the next order.
    """
    order = await tx.orders.by_checkout_key(caller.user_id, key)
    if order is None:
        return None
    if now - order.created_at <= KEYS_KEPT:
        if order.is_pending or order.is_settled:
            return order
        payment = await tx.payments.latest_of(order.id)
        if payment and payment.kind == PaymentKind.CHARGE and payment.decline_code != REFUSED:
            reason = payment.decline_code or "abandoned"
            raise PaymentFailed(reason=reason, order_id=order.id)
    order.checkout_key = None
    return None


async def _order_of(
    tx: CheckoutTransaction,
    caller: Caller,
    cart: Cart,
    purchase: Purchase,
    rule: ChargeRule,
    now: datetime,
) -> Order | None:
    """Write the order for a cart; nothing, if prices are no longer those it shows."""
    offers = await tx.catalog.offers([item.variant_id for item in cart.items])
    repriced = False
    order = Order(
        user_id=caller.user_id,
        currency=cart.currency or "",
        shipping_address=purchase.shipping_address,
        cart_id=cart.id,
        checkout_key=purchase.key,
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
    order.charge(*rule.charges(order.subtotal, (purchase.shipping_address or {}).get("country")))
    return None if repriced else order


def _check_sum(total: Money, purchase: Purchase) -> None:
    amount, currency = purchase.expected
    if amount not in (None, total.amount) or currency not in (None, total.currency):
        raise AmountMismatch(
            amount=total.amount,
            currency=total.currency,
            given_amount=amount,
            given_currency=currency or total.currency,
        )
    if purchase.kind is PaymentKind.INTENT and total.amount == 0:
        raise NothingToPay


async def _new_payment(
    tx: CheckoutTransaction, order: Order, purchase: Purchase, now: datetime
) -> Payment:
    """Write a payment. Its terms are kept: providers compare the words of a repeated request."""
    terms = purchase.terms
    if purchase.kind is not PaymentKind.CHARGE:
        buyer = await tx.users.get(order.user_id)
        terms = terms | ({"email": buyer.email} if buyer else {})
    span = TIME_TO_SETTLE if purchase.kind is PaymentKind.CHARGE else TIME_TO_PAY
    return Payment(
        order_id=order.id,
        kind=purchase.kind,
        amount=order.total_amount,
        currency=order.currency,
        terms=dict(terms),
        expires_at=now + span,
        created_at=now,
    )
