from typing import Annotated, Any

from pydantic import Field

from app.http import Request
from app.operation import operation
from app.patterns import pattern
from app.resources.countries import Country
from app.resources.orders import OrderView
from app.schema import Input, Omissible, Text
from domain.catalog.errors import InsufficientInventory, ProductUnavailable
from domain.checkout.errors import CartEmpty, PriceChanged
from domain.checkout.placing import Purchase
from domain.checkout.service import CheckoutService
from domain.limits import Category
from domain.order.errors import OrderNotFound, PaymentInProgress, WrongStatus
from domain.payment.errors import PaymentFailed, PaymentRefused, PaymentsUnavailable

Token = Annotated[
    str,
    Field(
        min_length=1,
        max_length=255,
        pattern=pattern(r"^[ -~]+$", "printable ASCII characters"),
        description="The shopper's card, as the payment gateway names it. "
        "Without one the stand-in's good card pays.",
        examples=["tok_visa"],
    ),
]
Part = Annotated[Text, Field(max_length=255)]


class ShippingAddress(Input):
    name: Omissible[Part] = None
    first_name: Omissible[Part] = None
    last_name: Omissible[Part] = None
    company: Omissible[Part] = None
    address_1: Omissible[Part] = None
    address_2: Omissible[Part] = None
    city: Omissible[Part] = None
    state: Omissible[Part] = None
    postcode: Omissible[Part] = None
    country: Omissible[Country] = None
    phone: Omissible[Part] = None
    email: Omissible[Part] = None


def shipped_to(address: ShippingAddress | None) -> dict[str, Any] | None:
    return address.model_dump(exclude_none=True) if address else None


class CheckOut(Input):
    payment_token: Omissible[Token] = None
    shipping: Omissible[ShippingAddress] = None


class Pay(Input):
    payment_token: Omissible[Token] = None


class Checkout:
    """Turning a cart into a paid order."""

    def __init__(self, checkout: CheckoutService) -> None:
        self._checkout = checkout

    @operation(
        status=201,
        limit=Category.CHECKOUT,
        resumable=True,
        raises=[
            CartEmpty,
            PaymentFailed,
            PaymentRefused,
            PaymentsUnavailable,
            InsufficientInventory,
            ProductUnavailable,
            PriceChanged,
        ],
    )
    async def on_post(self, req: Request, body: CheckOut) -> OrderView:
        """Buy what is in the cart. A failed payment leaves the cart as it is."""
        purchase = Purchase(
            shipping_address=shipped_to(body.shipping),
            key=req.claim.key if req.claim else None,
        )
        return OrderView.of(
            await self._checkout.check_out(req.caller, purchase, body.payment_token)
        )

    @operation(
        limit=Category.CHECKOUT,
        resumable=True,
        raises=[
            OrderNotFound,
            WrongStatus,
            PaymentFailed,
            PaymentInProgress,
            PaymentRefused,
            PaymentsUnavailable,
        ],
    )
    async def on_post_payment(self, req: Request, order_id: str, body: Pay) -> OrderView:
        """Pay for an order that is PENDING."""
        return OrderView.of(await self._checkout.pay(req.caller, order_id, body.payment_token))
