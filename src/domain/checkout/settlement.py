"""What follows when a payment has ended: the same, whoever tells us, and however often."""

from datetime import datetime

from common.clock import Clock
from common.logging import log
from domain.cart.models import Cart
from domain.checkout.ports import CheckoutTransaction
from domain.database import Database
from domain.order.models import Order, OrderStatus
from domain.order.service import ORDER_PAID
from domain.order.stock import retake_stock, return_stock
from domain.payment.gateway import Charge
from domain.payment.models import Payment, Refund
from domain.workflow import Job

LAPSED = frozenset({"expired", "canceled"})
"""Why a payment ended that nobody tried to make."""
REFUSED = "refused"
"""Why a payment ended that the provider would not have at all."""


class Settlement:
    """Writes down how payments ended, each exactly once."""

    def __init__(self, database: Database[CheckoutTransaction], clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def settle(self, payment_id: str, charge: Charge) -> Order:
        """Settle a payment, and its order by it; one that is settled already stays as it is."""

        async def unit(tx: CheckoutTransaction) -> Order:
            return await _settle(tx, payment_id, charge, self._clock())

        return await self._database.write(unit)


async def mark_paid(
    tx: CheckoutTransaction, order: Order, cart: Cart | None, now: datetime
) -> None:
    """Take an order as paid: what was bought leaves the cart, and what must follow is enqueued."""
    order.become(OrderStatus.PAID, now)
    await tx.workflows.enqueue(Job(ORDER_PAID, f"order-paid:{order.id}", (order.id,)))
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


async def cart_of(tx: CheckoutTransaction, order: Order) -> Cart | None:
    """Find and lock the cart an order was made from: everywhere the cart before the order."""
    if order.cart_id is None:
        return None
    cart = await tx.carts.of_user(order.user_id, lock=True)
    return cart if cart and cart.id == order.cart_id else None


async def _settle(tx: CheckoutTransaction, payment_id: str, charge: Charge, now: datetime) -> Order:
    known = await tx.payments.get(payment_id)
    begun = await tx.orders.get(known.order_id) if known else None
    if begun is None:
        raise RuntimeError(f"payment {payment_id} has lost its order")
    cart = await cart_of(tx, begun)
    order = await tx.orders.get(begun.id, lock=True)
    payment = await tx.payments.get(payment_id, lock=True)
    if order is None or payment is None:
        raise RuntimeError(f"payment {payment_id} vanished while it was settled")
    if not payment.open and (payment.paid or not charge.paid):
        return order
    payment.settle(charge)
    if not charge.paid:
        await _release(tx, order, charge, now)
    elif order.is_pending:
        await mark_paid(tx, order, cart, now)
    else:
        await _accept_late(tx, order, payment, cart, now)
    return order


async def _release(tx: CheckoutTransaction, order: Order, charge: Charge, now: datetime) -> None:
    if not order.is_pending:
        return
    lapsed = charge.decline_code in LAPSED
    order.become(OrderStatus.CANCELED if lapsed else OrderStatus.FAILED, now)
    await return_stock(tx, order)


async def _accept_late(
    tx: CheckoutTransaction, order: Order, payment: Payment, cart: Cart | None, now: datetime
) -> None:
    """Money came for an order that was given up: sell it if there is stock, else return it."""
    if not order.is_settled and await retake_stock(tx, order):
        order.reopen(now)
        await mark_paid(tx, order, cart, now)
        return
    log.warning("payment {} came too late for order {}: it goes back", payment.id, order.id)
    refund = Refund(
        order_id=order.id,
        payment_id=payment.id,
        amount=payment.amount,
        currency=payment.currency,
        reason="paid too late",
        created_at=now,
    )
    tx.refunds.add(refund)
    await tx.workflows.enqueue(Job("refund", f"refund:{refund.id}", (refund.id,)))
