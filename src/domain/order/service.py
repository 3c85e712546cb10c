from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from common.clock import Clock
from common.pagination import Page, PageRequest
from domain.cart.errors import CurrencyMismatch
from domain.catalog.errors import InvalidProduct
from domain.database import Database
from domain.identity.caller import Caller
from domain.identity.errors import PermissionDenied, UserNotFound
from domain.order.errors import OrderNotFound, OrderSettled, PaymentInProgress
from domain.order.models import Order, OrderStatus
from domain.order.ports import OrderFilter, OrderTransaction
from domain.order.stock import return_stock, take_stock
from domain.workflow import Job

TIME_TO_PAY = timedelta(minutes=30)
ORDER_PAID = "order_paid"
"""The workflow that follows when an order is paid."""


class Wanted(NamedTuple):
    """A line somebody asks for."""

    product_id: str
    variant_id: str | None
    quantity: int


class OrderService:
    """Writes, shows, changes and deletes orders; paying for them is the checkout's work."""

    def __init__(self, database: Database[OrderTransaction], clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def get(self, caller: Caller, order_id: str) -> Order:
        """Return one of the caller's orders, or any for an administrator."""

        async def unit(tx: OrderTransaction) -> Order:
            return visible(await tx.orders.get(order_id), caller, order_id)

        return await self._database.read(unit)

    async def page(self, which: OrderFilter, request: PageRequest) -> Page[Order]:
        """List orders, newest first."""
        return await self._database.read(lambda tx: tx.orders.page(which, request))

    async def place(self, caller: Caller, user_id: str | None, wanted: Sequence[Wanted]) -> Order:
        """Write a PENDING order that holds its stock, for oneself or, as an admin, for anybody.

        A shopper's order gives the stock back if it is not paid in half an hour.
        """
        buyer = user_id or caller.user_id
        if buyer != caller.user_id and not caller.is_admin:
            raise PermissionDenied(required="administrators")

        async def unit(tx: OrderTransaction) -> Order:
            if buyer != caller.user_id and await tx.users.get(buyer) is None:
                raise UserNotFound(user_id=buyer)
            now = self._clock()
            order = Order(
                user_id=buyer,
                currency="",
                expires_at=None if caller.is_admin else now + TIME_TO_PAY,
                created_at=now,
                updated_at=now,
            )
            for line in wanted:
                offer = await tx.catalog.offer(line.product_id, line.variant_id)
                if offer is None or not offer.is_active:
                    raise InvalidProduct(product_id=line.product_id)
                if order.items and order.currency != offer.price.currency:
                    raise CurrencyMismatch(cart=order.currency, product=offer.price.currency)
                order.currency = offer.price.currency
                order.add_line(offer, line.quantity)
            await take_stock(tx, order)
            tx.orders.add(order)
            return order

        return await self._database.write(unit)

    async def change(
        self, order_id: str, *, total_amount: int | None, status: OrderStatus | None
    ) -> Order:
        """Reprice a PENDING order, or move it on: paid by other means, canceled, fulfilled."""

        async def unit(tx: OrderTransaction) -> Order:
            order = await self._changeable(tx, order_id)
            if total_amount is not None:
                order.reprice(total_amount, self._clock())
            if status is not None:
                order.become(status, self._clock())
                if status is OrderStatus.CANCELED:
                    await return_stock(tx, order)
                if status is OrderStatus.PAID:
                    await tx.workflows.enqueue(
                        Job(ORDER_PAID, f"order-paid:{order.id}", (order.id,))
                    )
            return order

        return await self._database.write(unit)

    async def delete(self, order_id: str) -> None:
        """Delete an order nobody paid for; a PENDING one gives its stock back.

        One whose money came too late, and goes back, is kept for it.
        """

        async def unit(tx: OrderTransaction) -> None:
            order = await self._changeable(tx, order_id)
            if order.is_settled or await tx.payments.paid_of(order_id):
                raise OrderSettled(status=order.status)
            if order.is_pending:
                await return_stock(tx, order)
            order.vanish()
            await tx.orders.delete(order)

        await self._database.write(unit)

    async def _changeable(self, tx: OrderTransaction, order_id: str) -> Order:
        order = await tx.orders.get(order_id, lock=True)
        if order is None:
            raise OrderNotFound(order_id=order_id)
        payment = await tx.payments.latest_of(order_id)
        if payment and payment.open:
            raise PaymentInProgress
        return order


def visible(order: Order | None, caller: Caller, order_id: str) -> Order:
    """Return the order if the caller may see it; raise as if it were not there otherwise."""
    if order is None or not (caller.is_admin or order.user_id == caller.user_id):
        raise OrderNotFound(order_id=order_id)
    return order
