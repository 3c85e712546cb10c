from typing import Annotated, Any, Self

from pydantic import Field

from app.http import Request
from app.operation import operation
from app.schema import WHOLE, Input, Major, Minor, Moment, Omissible, Uuid, View
from common.money import Money
from domain.cart.errors import CartFull, CurrencyMismatch, ItemNotInCart
from domain.cart.models import MAX_QUANTITY
from domain.cart.service import CartService, ShownCart, ShownItem
from domain.catalog.errors import BeyondStock, InvalidProduct
from domain.limits import Category

Quantity = Annotated[int, Field(ge=1, le=MAX_QUANTITY), WHOLE]


class AddToCart(Input):
    product_id: Uuid
    variant_id: Omissible[Uuid] = None
    quantity: Quantity = 1


class RemoveFromCart(Input):
    """Without a quantity the whole line goes."""

    product_id: Uuid
    variant_id: Omissible[Uuid] = None
    quantity: Omissible[Quantity] = None


class CartItemView(View, frozen=True, kw_only=True):
    """A line of the cart at today's price."""

    item_id: str
    product_id: str
    variant_id: str
    name: str
    price: Major
    price_cents: Minor
    price_changed: bool
    quantity: int
    total: Major
    total_cents: Minor
    image_url: str | None
    available_quantity: int
    is_active: bool
    metadata: dict[str, Any]

    @classmethod
    def of(cls, shown: ShownItem) -> Self:
        return cls(
            item_id=shown.item.id,
            product_id=shown.item.product_id,
            variant_id=shown.item.variant_id,
            name=shown.offer.title,
            price=shown.offer.price.major,
            price_cents=shown.offer.price.amount,
            price_changed=shown.price_changed,
            quantity=shown.item.quantity,
            total=shown.total.major,
            total_cents=shown.total.amount,
            image_url=shown.offer.image_url,
            available_quantity=shown.offer.stock,
            is_active=shown.offer.is_active,
            metadata=shown.offer.attributes,
        )


class CartView(View, frozen=True, kw_only=True):
    """A cart; one that nothing was ever put in has no id and no times."""

    cart_id: str | None
    user_id: str
    session_id: str | None
    items: list[CartItemView]
    subtotal: Major
    subtotal_cents: Minor
    tax: Major
    tax_cents: Minor
    shipping: Major
    shipping_cents: Minor
    total: Major
    total_cents: Minor
    currency: str
    created_at: Moment | None
    updated_at: Moment | None

    @classmethod
    def of(cls, shown: ShownCart) -> Self:
        cart, subtotal = shown.cart, shown.subtotal
        nothing = Money.zero(shown.currency)
        return cls(
            cart_id=cart.id if cart else None,
            user_id=shown.user_id,
            session_id=None,
            items=[CartItemView.of(item) for item in shown.items],
            subtotal=subtotal.major,
            subtotal_cents=subtotal.amount,
            tax=nothing.major,
            tax_cents=0,
            shipping=nothing.major,
            shipping_cents=0,
            total=subtotal.major,
            total_cents=subtotal.amount,
            currency=shown.currency,
            created_at=cart.created_at if cart else None,
            updated_at=cart.updated_at if cart else None,
        )


class Carts:
    """What a shopper is about to buy."""

    def __init__(self, carts: CartService) -> None:
        self._carts = carts

    @operation(limit=Category.CART)
    async def on_get(self, req: Request) -> CartView:
        """Show one's cart."""
        return CartView.of(await self._carts.show(req.caller))

    @operation(
        limit=Category.CART, raises=[InvalidProduct, BeyondStock, CartFull, CurrencyMismatch]
    )
    async def on_post_add(self, req: Request, body: AddToCart) -> CartView:
        """Put some more of a product in the cart, as far as there is stock."""
        return CartView.of(
            await self._carts.add(req.caller, body.product_id, body.variant_id, body.quantity)
        )

    @operation(limit=Category.CART, raises=[ItemNotInCart])
    async def on_post_remove(self, req: Request, body: RemoveFromCart) -> CartView:
        """Take some, or all, of a product out of the cart."""
        return CartView.of(
            await self._carts.remove(req.caller, body.product_id, body.variant_id, body.quantity)
        )
