from typing import Annotated, Self

from pydantic import ConfigDict, Field

from app.errors import ValidationFailed
from app.http import Request
from app.operation import operation
from app.resources.carts import Quantity
from app.resources.prices import SomeCents, SomeMajorUnits, minor_units
from app.schema import Input, Major, Minor, Moment, Omissible, Text, Uuid, View
from domain.identity.caller import Access
from domain.order.errors import (
    NothingToRefund,
    OrderNotFound,
    RefundTooLarge,
    RestockTooLarge,
)
from domain.order.refunds import RefundRequest, RefundService
from domain.order.service import OrderService
from domain.payment.gateway import RefundStatus
from domain.payment.models import Refund


class RestockLine(Input):
    item_id: Uuid
    quantity: Quantity


class RefundOrder(Input):
    """Without an amount all that is left goes back; without ``restock`` no goods do."""

    model_config = ConfigDict(json_schema_extra={"not": {"required": ["restock", "items"]}})

    amount: Omissible[SomeMajorUnits] = None
    amount_cents: Omissible[SomeCents] = None
    restock: Omissible[bool] = None
    items: Omissible[Annotated[list[RestockLine], Field(min_length=1, max_length=100)]] = None
    reason: Omissible[Annotated[Text, Field(max_length=500)]] = None


class RefundView(View, frozen=True, kw_only=True):
    """``PENDING`` until the payment provider has been told, which is tried until it is."""

    id: str
    order_id: str
    amount: Major
    amount_cents: Minor
    currency: str
    status: RefundStatus
    reason: str | None
    restock: dict[str, int]
    failure: str | None
    created_at: Moment

    @classmethod
    def of(cls, refund: Refund) -> Self:
        return cls(
            id=refund.id,
            order_id=refund.order_id,
            amount=refund.sum.major,
            amount_cents=refund.amount,
            currency=refund.currency,
            status=RefundStatus(refund.status),
            reason=refund.reason,
            restock=refund.restock,
            failure=refund.failure,
            created_at=refund.created_at,
        )


class Refunds:
    """Giving money back."""

    def __init__(self, refunds: RefundService, orders: OrderService) -> None:
        self._refunds = refunds
        self._orders = orders

    @operation(
        access=Access.ADMIN,
        status=202,
        raises=[OrderNotFound, NothingToRefund, RefundTooLarge, RestockTooLarge],
    )
    async def on_post(self, req: Request, order_id: str, body: RefundOrder) -> RefundView:
        """Refund an order, in full or in part, and put back on sale what is said to be."""
        if body.restock and body.items:
            raise ValidationFailed({"items": "give items or restock, not both"})
        currency = (await self._orders.get(req.caller, order_id)).currency
        amount = minor_units("amount", body.amount, body.amount_cents, currency)
        request = RefundRequest(
            amount=amount,
            restock_all=bool(body.restock),
            restock=_quantities(body.items or []),
            reason=body.reason,
        )
        return RefundView.of(await self._refunds.ask(order_id, request))

    @operation(raises=[OrderNotFound])
    async def on_get(self, req: Request, order_id: str) -> list[RefundView]:
        """List the refunds of one of one's own orders, or of any to an administrator."""
        await self._orders.get(req.caller, order_id)
        return [RefundView.of(each) for each in await self._refunds.of_order(order_id)]


def _quantities(lines: list[RestockLine]) -> dict[str, int]:
    wanted: dict[str, int] = {}
    for line in lines:
        wanted[line.item_id] = wanted.get(line.item_id, 0) + line.quantity
    return wanted
