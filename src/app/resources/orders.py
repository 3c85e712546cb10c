from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field

from app.errors import ValidationFailed
from app.http import Request
from app.operation import operation
from app.resources.carts import Quantity
from app.resources.prices import Cents, MajorUnits, minor_units
from app.schema import (
    Input,
    Listing,
    Major,
    Minor,
    Moment,
    Omissible,
    Paging,
    Uuid,
    View,
)
from common.money import Money
from domain.cart.errors import CurrencyMismatch
from domain.catalog.errors import InsufficientInventory, InvalidProduct
from domain.identity.caller import Access
from domain.identity.errors import PermissionDenied, UserNotFound
from domain.order.errors import OrderNotFound, OrderSettled, PaymentInProgress, WrongStatus
from domain.order.models import Order, OrderItem, OrderStatus
from domain.order.ports import OrderFilter
from domain.order.service import OrderService, Wanted


class OrderLine(Input):
    product_id: Uuid
    variant_id: Omissible[Uuid] = None
    quantity: Quantity = 1


class PlaceOrder(Input):
    """Only an administrator may name somebody else as the ``user_id``."""

    user_id: Omissible[Uuid] = None
    items: Annotated[list[OrderLine], Field(min_length=1, max_length=100)]


class ChangeOrder(Input):
    """A new total, in either unit, or the status that comes next."""

    model_config = ConfigDict(
        json_schema_extra={
            "anyOf": [{"required": [name]} for name in ("total", "total_cents", "status")]
        }
    )

    total: Omissible[MajorUnits] = None
    total_cents: Omissible[Cents] = None
    status: Omissible[Literal["PAID", "FULFILLED", "CANCELED"]] = None


class ListOrders(Paging):
    user_id: Omissible[Uuid] = None
    status: Omissible[OrderStatus] = None

    @property
    def filter(self) -> OrderFilter:
        return OrderFilter(self.user_id, self.status)


class OrderItemView(View, frozen=True, kw_only=True):
    """A line, as it was when it was bought; the product itself may be gone."""

    id: str
    product_id: str | None
    variant_id: str | None
    title: str
    title_snapshot: str
    price: Major
    price_cents: Minor
    price_snapshot: Minor
    quantity: int
    total: Major
    total_cents: Minor
    image_url: str | None

    @classmethod
    def of(cls, item: OrderItem, currency: str) -> Self:
        price = Money(item.price_snapshot, currency)
        total = price * item.quantity
        return cls(
            id=item.id,
            product_id=item.product_id,
            variant_id=item.variant_id,
            title=item.title_snapshot,
            title_snapshot=item.title_snapshot,
            price=price.major,
            price_cents=price.amount,
            price_snapshot=price.amount,
            quantity=item.quantity,
            total=total.major,
            total_cents=total.amount,
            image_url=item.image_url,
        )


class OrderView(View, frozen=True, kw_only=True):
    id: str
    order_number: str
    user_id: str
    status: OrderStatus
    items: list[OrderItemView]
    subtotal: Major
    subtotal_cents: Minor
    tax: Major
    tax_cents: Minor
    shipping: Major
    shipping_cents: Minor
    total: Major
    total_cents: Minor
    total_amount_cents: Minor
    refunded: Major
    refunded_cents: Minor
    currency: str
    shipping_address: dict[str, Any] | None
    created_at: Moment
    updated_at: Moment
    paid_at: Moment | None

    @classmethod
    def of(cls, order: Order) -> Self:
        def major(amount: int) -> Any:
            return Money(amount, order.currency).major

        return cls(
            id=order.id,
            order_number=order.order_number,
            user_id=order.user_id,
            status=OrderStatus(order.status),
            items=[OrderItemView.of(item, order.currency) for item in order.items],
            subtotal=major(order.subtotal_amount),
            subtotal_cents=order.subtotal_amount,
            tax=major(order.tax_amount),
            tax_cents=order.tax_amount,
            shipping=major(order.shipping_amount),
            shipping_cents=order.shipping_amount,
            total=major(order.total_amount),
            total_cents=order.total_amount,
            total_amount_cents=order.total_amount,
            refunded=major(order.refunded_amount),
            refunded_cents=order.refunded_amount,
            currency=order.currency,
            shipping_address=order.shipping_address,
            created_at=order.created_at,
            updated_at=order.updated_at,
            paid_at=order.paid_at,
        )


class OrderList(Listing[OrderView], frozen=True, kw_only=True):
    """A page of orders."""


class Orders:
    """What shoppers have bought."""

    def __init__(self, orders: OrderService) -> None:
        self._orders = orders

    @operation()
    async def on_get_mine(self, req: Request, query: Paging) -> OrderList:
        """List one's own orders, newest first."""
        which = OrderFilter(user_id=req.caller.user_id)
        return OrderList.of(await self._orders.page(which, query.part), OrderView.of)

    @operation(access=Access.ADMIN)
    async def on_get(self, req: Request, query: ListOrders) -> OrderList:
        """List everybody's orders, newest first."""
        return OrderList.of(
            await self._orders.page(query.filter, query.part),
            OrderView.of,
        )

    on_get_admin = on_get

    @operation(
        status=201,
        raises=[
            InvalidProduct,
            InsufficientInventory,
            CurrencyMismatch,
            PermissionDenied,
            UserNotFound,
        ],
    )
    async def on_post(self, req: Request, body: PlaceOrder) -> OrderView:
        """Place an order that is still to be paid; its stock is held meanwhile."""
        wanted = [Wanted(line.product_id, line.variant_id, line.quantity) for line in body.items]
        return OrderView.of(await self._orders.place(req.caller, body.user_id, wanted))

    @operation(raises=[OrderNotFound])
    async def on_get_order(self, req: Request, order_id: str) -> OrderView:
        """Show one of one's own orders, or any to an administrator."""
        return OrderView.of(await self._orders.get(req.caller, order_id))

    @operation(
        access=Access.ADMIN, raises=[OrderNotFound, OrderSettled, WrongStatus, PaymentInProgress]
    )
    async def on_patch_order(self, req: Request, order_id: str, body: ChangeOrder) -> OrderView:
        """Reprice an order that is PENDING, or move it on to its next status."""
        if not body.model_fields_set:
            raise ValidationFailed({"body": "give total, total_cents or status"})
        currency = (await self._orders.get(req.caller, order_id)).currency
        total = minor_units("total", body.total, body.total_cents, currency)
        status = OrderStatus(body.status) if body.status else None
        return OrderView.of(await self._orders.change(order_id, total_amount=total, status=status))

    @operation(
        access=Access.ADMIN, status=204, raises=[OrderNotFound, OrderSettled, PaymentInProgress]
    )
    async def on_delete_order(self, req: Request, order_id: str) -> None:
        """Delete an order nobody paid for."""
        await self._orders.delete(order_id)
