from typing import Annotated, Any, Self

from pydantic import Field

from app.http import Request
from app.operation import operation
from app.resources.countries import Country
from app.schema import WHOLE, Input, Major, Minor, Moment, Omissible, QueryInput, Uuid, View
from domain.cart.errors import CartFull, CurrencyMismatch, ItemNotInCart
from domain.cart.models import MAX_QUANTITY
from domain.cart.service import CartService
from domain.cart.shown import ShownCart, ShownItem
from domain.catalog.errors import BeyondStock, InvalidProduct
from domain.limits import Category

Quantity = Annotated[int, Field(ge=1, le=MAX_QUANTITY), WHOLE]


class ShowCart(QueryInput):
    """Tax and shipping depend on where it all goes."""

    country: Omissible[Country] = None


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
    """Since it was put in the cart, at the previous price."""
    previous_price: Major | None
    previous_price_cents: Minor | None
    quantity: int
    total: Major
    total_cents: Minor
    image_url: str | None
    available_quantity: int
    is_active: bool
    metadata: dict[str, Any]

    @classmethod
    def of(cls, shown: ShownItem) -> Self:
        previous = shown.previous_price
        return cls(
            item_id=shown.item.id,
            product_id=shown.item.product_id,
            variant_id=shown.item.variant_id,
            name=shown.offer.title,
            price=shown.offer.price.major,
            price_cents=shown.offer.price.amount,
            price_changed=previous is not None,
            previous_price=previous.major if previous else None,
            previous_price_cents=previous.amount if previous else None,
            quantity=shown.item.quantity,
            total=shown.total.major,
            total_cents=shown.total.amount,
            image_url=shown.offer.image_url,
            available_quantity=shown.offer.stock,
            is_active=shown.offer.is_active,
            metadata=shown.attributes,
        )


class CartView(View, frozen=True, kw_only=True):
    """A user's cart, or a guest's; one nothing was ever put in has no id and no times."""

    cart_id: str | None
    user_id: str | None
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
        cart, total = shown.cart, shown.total
        return cls(
            cart_id=cart.id if cart else None,
            user_id=shown.user_id,
            session_id=cart.session_id if cart else None,
            items=[CartItemView.of(item) for item in shown.items],
            subtotal=shown.subtotal.major,
            subtotal_cents=shown.subtotal.amount,
            tax=shown.tax.major,
            tax_cents=shown.tax.amount,
            shipping=shown.shipping.major,
            shipping_cents=shown.shipping.amount,
            total=total.major,
            total_cents=total.amount,
            currency=shown.currency,
            created_at=cart.created_at if cart else None,
            updated_at=cart.updated_at if cart else None,
        )


class Carts:
    """What a shopper is about to buy."""

    def __init__(self, carts: CartService) -> None:
        self._carts = carts

    @operation(limit=Category.CART)
    async def on_get(self, req: Request, query: ShowCart) -> CartView:
        """Show one's cart."""
        return CartView.of(await self._carts.show(req.caller, query.country))

    @operation(
        limit=Category.CART, raises=[InvalidProduct, BeyondStock, CartFull, CurrencyMismatch]
    )
    async def on_post_add(self, req: Request, body: AddToCart) -> CartView:
        """Put some more of a product in the cart, as far as there is stock."""
        change = await self._carts.add(req.caller, body.product_id, body.variant_id, body.quantity)
        return CartView.of(change.cart)

    @operation(limit=Category.CART, raises=[ItemNotInCart])
    async def on_post_remove(self, req: Request, body: RemoveFromCart) -> CartView:
        """Take some, or all, of a product out of the cart."""
        return CartView.of(
            await self._carts.remove(req.caller, body.product_id, body.variant_id, body.quantity)
        )
