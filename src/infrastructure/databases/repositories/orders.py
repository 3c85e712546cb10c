from datetime import datetime

from sqlalchemy import bindparam, select

from common.pagination import Page, PageRequest
from domain.order.models import Order, OrderStatus
from domain.order.ports import OrderFilter
from domain.payment.models import Payment, PaymentStatus
from infrastructure.databases.repository import SqlRepository, with_parts

_BY_KEY = select(Order).where(
    Order.user_id == bindparam("user_id"), Order.checkout_key == bindparam("key")
)
_PENDING_OF_CART = select(Order.id).where(
    Order.cart_id == bindparam("cart_id"), Order.status == OrderStatus.PENDING
)
_OVERDUE = (
    select(Order.id)
    .where(Order.status == OrderStatus.PENDING, Order.expires_at <= bindparam("now"))
    .order_by(Order.expires_at)
    .limit(bindparam("limit"))
)
_LATEST_PAYMENT = (
    select(Payment)
    .where(Payment.order_id == bindparam("order_id"))
    .order_by(Payment.created_at.desc(), Payment.id)
    .limit(1)
)
_PAID = (
    select(Payment)
    .where(Payment.order_id == bindparam("order_id"), Payment.status == PaymentStatus.SUCCEEDED)
    .order_by(Payment.created_at, Payment.id)
    .limit(1)
)
_BY_REFERENCE = select(Payment).where(Payment.reference == bindparam("reference"))
_BY_CHARGE = select(Payment).where(Payment.charge == bindparam("charge"))

_BY_ID = with_parts(select(Order).where(Order.id == bindparam("order_id")), Order.items)


class SqlOrderRepository(SqlRepository[Order]):
    entity = Order

    async def get(self, key: str, *, lock: bool = False) -> Order | None:
        if lock and self._session.dialect == "postgresql":
            return await super().get(key, lock=True)
        return await self._session.find(_BY_ID[self._session.dialect], {"order_id": key})

    async def page(self, which: OrderFilter, request: PageRequest) -> Page[Order]:
        query = select(Order).order_by(Order.created_at.desc(), Order.id)
        if which.user_id is not None:
            query = query.where(Order.user_id == which.user_id)
        if which.status is not None:
            query = query.where(Order.status == which.status)
        return await self._page(query, request, {})

    async def by_checkout_key(self, user_id: str, key: str) -> Order | None:
        return await self._session.find(_BY_KEY.with_for_update(), {"user_id": user_id, "key": key})

    async def pending_of_cart(self, cart_id: str) -> Order | None:
        for row in await self._session.rows(_PENDING_OF_CART, {"cart_id": cart_id}):
            order = await self.get(row.id, lock=True)
            return order if order and order.is_pending else None
        return None

    async def overdue(self, now: datetime, limit: int) -> list[str]:
        return [row.id for row in await self._session.rows(_OVERDUE, {"now": now, "limit": limit})]


class SqlPaymentRepository(SqlRepository[Payment]):
    entity = Payment

    async def latest_of(self, order_id: str) -> Payment | None:
        await self._session.flush()
        return await self._session.find(_LATEST_PAYMENT, {"order_id": order_id})

    async def paid_of(self, order_id: str) -> Payment | None:
        return await self._session.find(_PAID, {"order_id": order_id})

    async def by_reference(self, reference: str) -> Payment | None:
        return await self._session.find(_BY_REFERENCE, {"reference": reference})

    async def by_charge(self, charge: str) -> Payment | None:
        return await self._session.find(_BY_CHARGE, {"charge": charge})
