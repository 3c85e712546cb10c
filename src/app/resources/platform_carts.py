from typing import Self

from app.http import Request
from app.operation import operation
from app.resources.cart_inputs import AddItem, ChangeItem, MergeCart, WhichCart
from app.resources.carts import CartView
from app.schema import Major, Minor, View
from common.errors import ConcurrentUpdate
from domain.cart.errors import CartFull, CartItemNotFound, CartNotFound, CurrencyMismatch
from domain.cart.service import CartService
from domain.cart.shopper import Guest, Shopper
from domain.cart.shown import ShownItem
from domain.catalog.errors import BeyondStock, InvalidProduct
from domain.identity.caller import Access
from domain.identity.errors import AuthenticationRequired
from domain.limits import Category


class ChangedItemView(View, frozen=True, kw_only=True):
    item_id: str
    product_id: str
    variant_id: str
    quantity: int
    price: Major
    price_cents: Minor

    @classmethod
    def of(cls, shown: ShownItem, quantity: int) -> Self:
        return cls(
            item_id=shown.item.id,
            product_id=shown.item.product_id,
            variant_id=shown.item.variant_id,
            quantity=quantity,
            price=shown.offer.price.major,
            price_cents=shown.offer.price.amount,
        )


class CartAnswerView(View, frozen=True, kw_only=True):
    """What was done, and the cart as it is now."""

    success: bool = True
    cart: CartView


class ItemAddedView(CartAnswerView, frozen=True, kw_only=True):
    added_item: ChangedItemView
    """Its quantity is what was added."""


class ItemUpdatedView(CartAnswerView, frozen=True, kw_only=True):
    updated_item: ChangedItemView


class ItemRemovedView(CartAnswerView, frozen=True, kw_only=True):
    removed_item_id: str


class CartClearedView(CartAnswerView, frozen=True, kw_only=True):
    message: str = "Cart cleared successfully"


class PlatformCarts:
    """A cart for everybody: users have one of their own, guests hold one by its session."""

    def __init__(self, carts: CartService) -> None:
        self._carts = carts

    @operation(access=Access.GUEST, limit=Category.CART, raises=[CartNotFound, ConcurrentUpdate])
    async def on_get(self, req: Request, query: WhichCart) -> CartView:
        """Show the cart, at today's prices."""
        shopper = await self._shopper(req, query.session_id)
        return CartView.of(await self._carts.show(shopper, query.country))

    @operation(access=Access.GUEST, limit=Category.CART, raises=[CartNotFound])
    async def on_delete(self, req: Request, query: WhichCart) -> CartClearedView:
        """Take everything out of the cart."""
        shopper = await self._shopper(req, query.session_id)
        return CartClearedView(cart=CartView.of(await self._carts.clear(shopper)))

    @operation(
        access=Access.GUEST,
        limit=Category.CART,
        raises=[InvalidProduct, BeyondStock, CartFull, CurrencyMismatch],
    )
    async def on_post_items(self, req: Request, body: AddItem, query: WhichCart) -> ItemAddedView:
        """Put some more of a product in the cart, as far as there is stock.

        A session in the body goes before one in the URL.
        """
        change = await self._carts.add(
            await self._shopper(req, body.session_id or query.session_id, needs_cart=False),
            body.product_id,
            body.variant_id,
            body.quantity,
            attributes=body.metadata,
            country=query.country,
        )
        return ItemAddedView(
            cart=CartView.of(change.cart),
            added_item=ChangedItemView.of(change.item, body.quantity),
        )

    @operation(
        access=Access.GUEST,
        limit=Category.CART,
        raises=[CartNotFound, CartItemNotFound, InvalidProduct, BeyondStock],
    )
    async def on_patch_item(
        self, req: Request, item_id: str, body: ChangeItem, query: WhichCart
    ) -> ItemUpdatedView:
        """Change how many there are of an item."""
        change = await self._carts.set_quantity(
            await self._shopper(req, query.session_id), item_id, body.quantity, query.country
        )
        return ItemUpdatedView(
            cart=CartView.of(change.cart),
            updated_item=ChangedItemView.of(change.item, body.quantity),
        )

    @operation(access=Access.GUEST, limit=Category.CART, raises=[CartNotFound, CartItemNotFound])
    async def on_delete_item(self, req: Request, item_id: str, query: WhichCart) -> ItemRemovedView:
        """Take an item out of the cart."""
        shopper = await self._shopper(req, query.session_id)
        cart = await self._carts.remove_item(shopper, item_id, query.country)
        return ItemRemovedView(cart=CartView.of(cart), removed_item_id=item_id)

    @operation(limit=Category.CART)
    async def on_post_merge(self, req: Request, body: MergeCart) -> CartAnswerView:
        """Put what a guest has gathered in one's own cart.

        Quantities add up as far as there is stock. A session that is unknown, or was merged
        before, changes nothing.
        """
        await self._carts.merge(req.caller, body.session_id)
        return CartAnswerView(cart=CartView.of(await self._carts.show(req.caller)))

    async def _shopper(
        self, req: Request, session_id: str | None, *, needs_cart: bool = True
    ) -> Shopper:
        """Tell whose cart is meant; a guest's joins a user's where both are named."""
        caller = req.known_caller
        if caller is None:
            if needs_cart and session_id is None:
                raise AuthenticationRequired
            return Guest(session_id)
        if session_id is not None:
            await self._carts.merge(caller, session_id)
        return caller
