"""Money back to the shopper, and goods back on the shelves if somebody says so."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from common.clock import Clock
from common.logging import log
from domain.database import Database
from domain.order.errors import (
    NothingToRefund,
    OrderNotFound,
    RefundTooLarge,
    RestockTooLarge,
)
from domain.order.models import Order
from domain.order.ports import OrderTransaction
from domain.payment.gateway import PaymentGateway, Refunded, RefundStatus
from domain.payment.models import Payment, Refund
from domain.workflow import Job, TryAgain

REFUND = "refund"
"""The workflow that carries a refund out."""


@dataclass(frozen=True, slots=True)
class RefundRequest:
    amount: int | None = None
    """In minor units; without one, all that is left."""
    restock_all: bool = False
    restock: Mapping[str, int] = field(default_factory=dict)
    """What goes back on the shelves: quantities by order item."""
    reason: str | None = None


class RefundService:
    """Gives money back: never more than was taken, and each refund once."""

    def __init__(
        self, database: Database[OrderTransaction], gateway: PaymentGateway, clock: Clock
    ) -> None:
        self._database = database
        self._gateway = gateway
        self._clock = clock

    async def ask(self, order_id: str, request: RefundRequest) -> Refund:
        """Write a refund down, to be carried out at once by a workflow."""

        async def unit(tx: OrderTransaction) -> Refund:
            order = await tx.orders.get(order_id, lock=True)
            if order is None:
                raise OrderNotFound(order_id=order_id)
            payment = await tx.payments.paid_of(order_id)
            earlier = await tx.refunds.of_order(order_id)
            left = _refundable(payment, earlier)
            if payment is None or left == 0:
                raise NothingToRefund(status=order.status)
            amount = left if request.amount is None else request.amount
            if amount > left:
                raise RefundTooLarge(refundable_cents=left, requested_cents=amount)
            refund = Refund(
                order_id=order.id,
                payment_id=payment.id,
                amount=amount,
                currency=payment.currency,
                reason=request.reason,
                restock=_restock(order, earlier, request),
                created_at=self._clock(),
            )
            tx.refunds.add(refund)
            await tx.workflows.enqueue(Job(REFUND, f"{REFUND}:{refund.id}", (refund.id,)))
            return refund

        return await self._database.write(unit)

    async def of_order(self, order_id: str) -> list[Refund]:
        """List an order's refunds, oldest first."""
        return await self._database.read(lambda tx: tx.refunds.of_order(order_id))

    async def carry_out(self, refund_id: str) -> None:
        """Have the money given back, and write down how that went."""

        async def unit(tx: OrderTransaction) -> tuple[Refund, Payment] | None:
            refund = await tx.refunds.get(refund_id)
            payment = await tx.payments.get(refund.payment_id) if refund else None
            return (refund, payment) if refund and payment and refund.pending else None

        if pending := await self._database.read(unit):
            refund, payment = pending
            outcome = await self._gateway.refund(refund.id, payment.charge or "", refund.sum)
            await self._settle(refund, outcome)

    async def returned(self, charge: str, total: int) -> str:
        """Write down money that the provider gave back without us; tell what that came to.

        Raises ``TryAgain`` while a refund of ours is under way.
        """

        async def unit(tx: OrderTransaction) -> str:
            known = await tx.payments.by_charge(charge)
            order = await tx.orders.get(known.order_id, lock=True) if known else None
            if known is None or order is None:
                return "no such payment here"
            earlier = [
                each for each in await tx.refunds.of_order(order.id) if each.payment_id == known.id
            ]
            if any(each.pending for each in earlier):
                raise TryAgain("a refund of ours is under way, and may be part of this")
            counted = (each for each in earlier if each.status == RefundStatus.SUCCEEDED)
            more = min(total, known.amount) - sum(each.amount for each in counted)
            if more <= 0:
                return "known already"
            refund = Refund(
                order_id=order.id,
                payment_id=known.id,
                amount=more,
                currency=known.currency,
                status=RefundStatus.SUCCEEDED,
                reason="refunded at the payment provider",
                created_at=self._clock(),
            )
            tx.refunds.add(refund)
            await self._count(tx, order, refund)
            return f"order {order.order_number}: {more} refunded"

        return await self._database.write(unit)

    async def _settle(self, begun: Refund, outcome: Refunded) -> None:
        async def unit(tx: OrderTransaction) -> None:
            order = await tx.orders.get(begun.order_id, lock=True)
            refund = await tx.refunds.get(begun.id, lock=True)
            if order is None or refund is None or not refund.pending:
                return
            refund.reference, refund.failure = outcome.reference, outcome.failure
            if outcome.status is RefundStatus.FAILED:
                refund.status = RefundStatus.FAILED
                log.error("refund {} of order {} failed: {}", refund.id, order.id, outcome.failure)
                return
            refund.status = RefundStatus.SUCCEEDED  # PENDING at the provider is on its way too
            await self._count(tx, order, refund)
            back: Counter[str] = Counter()
            for item in order.items:
                quantity = refund.restock.get(item.id, 0)
                item.restocked += quantity
                if quantity and item.variant_id:
                    back[item.variant_id] += quantity
            for variant_id, quantity in sorted(back.items()):
                await tx.catalog.return_stock(variant_id, quantity)

        await self._database.write(unit)

    async def _count(self, tx: OrderTransaction, order: Order, refund: Refund) -> None:
        """Count a refund against its order, unless it returns what was paid a second time."""
        payment = await tx.payments.paid_of(order.id)
        if payment and payment.id == refund.payment_id:
            order.refund(refund.amount, self._clock())


def _refundable(payment: Payment | None, earlier: list[Refund]) -> int:
    if payment is None:
        return 0
    return payment.amount - sum(
        each.amount
        for each in earlier
        if each.payment_id == payment.id and each.status != RefundStatus.FAILED
    )


def _restock(order: Order, earlier: list[Refund], request: RefundRequest) -> dict[str, int]:
    """Tell what is to go back on the shelves; raises ``RestockTooLarge`` beyond what was sold."""
    sold = order.items if order.is_settled else []  # what was given up is on sale already
    left = {item.id: item.quantity - item.restocked for item in sold}
    for refund in earlier:
        if refund.pending:
            for item_id, quantity in refund.restock.items():
                left[item_id] -= quantity
    if request.restock_all:
        return {item_id: quantity for item_id, quantity in left.items() if quantity}
    for item_id, quantity in request.restock.items():
        if quantity > left.get(item_id, 0):
            raise RestockTooLarge(
                item_id=item_id,
                available_quantity=left.get(item_id, 0),
                requested_quantity=quantity,
            )
    return dict(request.restock)
