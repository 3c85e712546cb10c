"""Money moves in three beats, so that no crash between two lines loses any.

1. Write the order, PENDING, with its stock and a payment that has STARTED.
2. Ask the gateway for the money, naming the payment's id: asking again gives the same outcome.
3. Write the outcome: PAID and the cart emptied, or FAILED and the stock returned.

Whoever comes by later, the shopper trying again, the provider's webhook or the sweep, finds a
STARTED payment and finishes it from beat 2.
"""

from dataclasses import replace

from common.clock import Clock
from common.errors import ConcurrentUpdate
from common.logging import log
from domain.cart.rates import ChargeRule
from domain.checkout.bill import bill_for
from domain.checkout.errors import PriceChanged
from domain.checkout.placing import Attempt, Purchase, attempt_on, begin
from domain.checkout.ports import CheckoutTransaction
from domain.checkout.settlement import REFUSED, Settlement
from domain.database import Database
from domain.identity.caller import Caller
from domain.order.errors import PaymentInProgress, WrongStatus
from domain.order.models import Order, OrderStatus
from domain.order.service import visible
from domain.order.stock import return_stock
from domain.payment.errors import PaymentFailed, PaymentRefused
from domain.payment.gateway import PaymentGateway
from domain.payment.models import Payment

_SWEEP_SIZE = 100
_PATIENCE = 5  # attempts of the shopper's own that may come in between


class CheckoutService:
    """Sells carts: one order for each, paid for exactly once, out of stock that is there."""

    def __init__(
        self,
        database: Database[CheckoutTransaction],
        gateway: PaymentGateway,
        rule: ChargeRule,
        clock: Clock,
    ) -> None:
        self._database = database
        self._gateway = gateway
        self._rule = rule
        self._clock = clock
        self._settlement = Settlement(database, clock)

    async def check_out(self, caller: Caller, purchase: Purchase, token: str | None) -> Order:
        """Buy the caller's cart; raises ``PaymentFailed``, and then the cart is still there."""
        return await self._finish(await self.begin(caller, purchase), token)

    async def pay(self, caller: Caller, order_id: str, token: str | None) -> Order:
        """Pay for an order that is PENDING; one that is paid already stays as it is."""

        async def unit(tx: CheckoutTransaction) -> Attempt:
            order = visible(await tx.orders.get(order_id, lock=True), caller, order_id)
            if order.is_settled:
                return Attempt(order, None)
            if not order.is_pending:
                raise WrongStatus(status=order.status, wanted=OrderStatus.PAID)
            return await attempt_on(tx, order, Purchase(), self._clock())

        attempt = await self._database.write(unit)
        if attempt.in_the_way:
            raise PaymentInProgress
        return await self._finish(attempt, token)

    async def begin(self, caller: Caller, purchase: Purchase) -> Attempt:
        """Write the order for a cart, after an earlier attempt on the same cart has ended."""

        async def unit(tx: CheckoutTransaction) -> Attempt | PriceChanged:
            return await begin(tx, caller, purchase, self._rule, self._clock())

        for _ in range(_PATIENCE):
            attempt = await self._database.write(unit)
            if isinstance(attempt, PriceChanged):  # raised in there it would forget the new prices
                raise attempt
            if not attempt.in_the_way:
                return attempt
            await self._clear_the_way(attempt)
        raise ConcurrentUpdate

    async def end(self, order: Order, payment: Payment, reason: str | None = None) -> Order:
        """Make sure a payment takes no more money, and settle the order by what it took."""
        charge = await self._gateway.close(bill_for(order, payment))
        if reason and not charge.paid:
            charge = replace(charge, decline_code=reason)
        return await self._settlement.settle(payment.id, charge)

    async def cancel(self, order_id: str) -> Order:
        """Give up an order that is not paid: its open payment ends, and its stock goes back."""

        async def unit(tx: CheckoutTransaction) -> Attempt:
            order = await tx.orders.get(order_id, lock=True)
            if order is None:
                raise RuntimeError(f"order {order_id} vanished while it was given up")
            payment = await tx.payments.latest_of(order_id)
            if order.is_pending and payment and payment.open:
                return Attempt(order, payment)
            if order.is_pending:
                order.become(OrderStatus.CANCELED, self._clock())
                await return_stock(tx, order)
            return Attempt(order, None)

        order, payment, _ = await self._database.write(unit)
        return await self.end(order, payment) if payment else order

    async def sweep(self) -> int:
        """Finish what was left lying: expired orders, and payments cut off halfway."""
        overdue = await self._database.read(
            lambda tx: tx.orders.overdue(self._clock(), _SWEEP_SIZE)
        )
        for order_id in overdue:
            try:
                await self.cancel(order_id)
            except Exception as error:  # it must not hold up the others
                log.opt(exception=error).error("order {} could not be settled", order_id)
        return len(overdue)

    async def _clear_the_way(self, attempt: Attempt) -> None:
        if attempt.payment and attempt.payment.open:
            await self.end(attempt.order, attempt.payment)
        else:
            await self.cancel(attempt.order.id)

    async def _finish(self, attempt: Attempt, token: str | None) -> Order:
        order, payment, _ = attempt
        if payment is None or not payment.open:
            return order
        try:
            charge = await self._gateway.charge(bill_for(order, payment), token)
        except PaymentRefused:
            await self.end(order, payment, REFUSED)
            raise
        order = await self._settlement.settle(payment.id, charge)
        if not order.is_settled:
            log.info("payment {} declined: {}", payment.id, charge.decline_code)
            raise PaymentFailed(reason=charge.decline_code or "abandoned", order_id=order.id)
        return order
