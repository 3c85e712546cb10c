from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol

from common.clock import Clock
from common.money import Money
from domain.cart.errors import CartItemNotFound, CartNotFound, ItemNotInCart
from domain.cart.models import Cart
from domain.cart.rates import ChargeRule, Charges
from domain.cart.shopper import Guest, Shopper, new_session_id
from domain.cart.shown import CartChange, ShownCart, ShownItem
from domain.catalog.details import Offer
from domain.catalog.errors import InvalidProduct
from domain.catalog.service import CatalogRepository
from domain.database import Database
from domain.identity.caller import Caller, Scope

GUESTS_KEPT = timedelta(days=30)


class CartRepository(Protocol):
    """Where carts are kept."""

    async def of_user(self, user_id: str, *, lock: bool = False) -> Cart | None: ...

    async def of_session(self, session_id: str, *, lock: bool = False) -> Cart | None: ...

    async def knows_session(self, session_id: str) -> bool: ...

    async def open_for(self, user_id: str, now: datetime) -> Cart:
        """Return the user's one cart, made if need be, and keep other writers out of it."""

    async def open_session(self, session_id: str, now: datetime) -> Cart:
        """Return the cart of a session, made if need be, and keep other writers out of it."""

    async def delete(self, cart: Cart) -> None: ...

    async def forget_guests(self, before: datetime) -> int:
        """Delete guests' carts that nobody has changed since; tell how many."""


class CartTransaction(Protocol):
    """What a cart unit of work reaches."""

    @property
    def carts(self) -> CartRepository: ...

    @property
    def catalog(self) -> CatalogRepository: ...


class CartService:
    """What a shopper can do with a cart: a user with their own, a guest with a session's.

    Whoever needs two carts locks the user's first and the guest's second.
    """

    def __init__(
        self,
        database: Database[CartTransaction],
        rule: ChargeRule,
        default_currency: str,
        clock: Clock,
    ) -> None:
        self._database = database
        self._rule = rule
        self._default_currency = default_currency
        self._clock = clock

    async def show(self, shopper: Shopper, country: str | None = None) -> ShownCart:
        """Return the shopper's cart; a user who has none has an empty one."""

        async def unit(tx: CartTransaction) -> ShownCart:
            return await self._shown(tx, await _found(tx, shopper), shopper, country)

        return await self._database.read(unit)

    async def add(
        self,
        shopper: Shopper,
        product_id: str,
        variant_id: str | None,
        quantity: int,
        *,
        attributes: Mapping[str, Any] | None = None,
        country: str | None = None,
    ) -> CartChange:
        """Put some more of a variant in the cart. A guest's first such makes a cart."""

        async def unit(tx: CartTransaction) -> CartChange:
            offer = await tx.catalog.offer(product_id, variant_id)
            if offer is None:
                raise InvalidProduct(product_id=product_id)
            now = self._clock()
            cart = await _opened(tx, shopper, now)
            item = cart.add(offer, quantity, now, attributes)
            shown = await self._shown(tx, cart, shopper, country, [offer])
            return CartChange(shown, ShownItem(item, offer))

        return await self._database.write(unit)

    async def remove(
        self, shopper: Shopper, product_id: str, variant_id: str | None, quantity: int | None
    ) -> ShownCart:
        """Take some, or all, of a variant out of the cart."""

        async def unit(tx: CartTransaction) -> ShownCart:
            cart = await _found(tx, shopper, lock=True)
            offer = await tx.catalog.offer(product_id, variant_id)
            if cart is None or offer is None:
                raise ItemNotInCart
            cart.remove(product_id, offer.variant_id, quantity, self._clock())
            return await self._shown(tx, cart, shopper, None, [offer])

        return await self._database.write(unit)

    async def set_quantity(
        self, shopper: Shopper, item_id: str, quantity: int, country: str | None = None
    ) -> CartChange:
        """Hold exactly ``quantity`` of an item."""

        async def unit(tx: CartTransaction) -> CartChange:
            cart = await _holding(tx, shopper, item_id)
            item = cart.item(item_id)
            offers = await tx.catalog.offers([each.variant_id for each in cart.items])
            offer = offers[item.variant_id]
            cart.set_quantity(item, offer, quantity, self._clock())
            shown = await self._shown(tx, cart, shopper, country, offers.values())
            return CartChange(shown, ShownItem(item, offer))

        return await self._database.write(unit)

    async def remove_item(
        self, shopper: Shopper, item_id: str, country: str | None = None
    ) -> ShownCart:
        """Take an item out of the cart, however many there are of it."""

        async def unit(tx: CartTransaction) -> ShownCart:
            cart = await _holding(tx, shopper, item_id)
            cart.remove_item(cart.item(item_id), self._clock())
            return await self._shown(tx, cart, shopper, country)

        return await self._database.write(unit)

    async def clear(self, shopper: Shopper) -> ShownCart:
        """Take everything out of the cart."""

        async def unit(tx: CartTransaction) -> ShownCart:
            cart = await _found(tx, shopper, lock=True)
            if cart:
                cart.clear(self._clock())
            return await self._shown(tx, cart, shopper, None)

        return await self._database.write(unit)

    async def merge(self, caller: Caller, session_id: str) -> None:
        """Put what a guest has gathered in the caller's cart; the guest's own is gone then.

        It is done once however often it is asked for: most sessions were merged long ago, and
        one that is not known changes nothing.
        """
        caller.require_scope(Scope.WRITE)
        if not await self._database.read(lambda tx: tx.carts.knows_session(session_id)):
            return

        async def unit(tx: CartTransaction) -> None:
            now = self._clock()
            cart = await tx.carts.open_for(caller.user_id, now)
            guests = await tx.carts.of_session(session_id, lock=True)
            if guests is None:  # somebody was a moment faster
                return
            offers = await tx.catalog.offers([item.variant_id for item in guests.items])
            cart.absorb(guests, offers, now)
            await tx.carts.delete(guests)

        await self._database.write(unit)

    async def forget_guests(self) -> int:
        """Forget some of the carts that guests left a month ago; tell how many."""
        before = self._clock() - GUESTS_KEPT
        return await self._database.write(lambda tx: tx.carts.forget_guests(before))

    async def _shown(
        self,
        tx: CartTransaction,
        cart: Cart | None,
        shopper: Shopper,
        country: str | None,
        known: Iterable[Offer] = (),
    ) -> ShownCart:
        items = cart.items if cart else []
        offers = {offer.variant_id: offer for offer in known}
        offers |= await tx.catalog.offers(
            [item.variant_id for item in items if item.variant_id not in offers]
        )
        shown = [ShownItem(item, offers[item.variant_id]) for item in items]
        nothing = Money.zero((cart and cart.currency) or self._default_currency)
        subtotal = sum((item.total for item in shown), start=nothing)
        return ShownCart(
            user_id=shopper.user_id if isinstance(shopper, Caller) else None,
            cart=cart,
            items=shown,
            subtotal=subtotal,
            charges=self._rule.charges(subtotal, country) if shown else Charges(),
        )


async def _found(tx: CartTransaction, shopper: Shopper, *, lock: bool = False) -> Cart | None:
    """Find a shopper's cart; a user may have none yet, of a guest's it is all there is."""
    if isinstance(shopper, Caller):
        return await tx.carts.of_user(shopper.user_id, lock=lock)
    cart = shopper.session_id and await tx.carts.of_session(shopper.session_id, lock=lock)
    if not cart:
        raise CartNotFound
    return cart


async def _holding(tx: CartTransaction, shopper: Shopper, item_id: str) -> Cart:
    """Find and lock the cart an item is to be in."""
    cart = await _found(tx, shopper, lock=True)
    if cart is None:
        raise CartItemNotFound(item_id=item_id)
    return cart


async def _opened(tx: CartTransaction, shopper: Shopper, now: datetime) -> Cart:
    """Find and lock a shopper's cart, or make one."""
    if isinstance(shopper, Guest):
        return await tx.carts.open_session(shopper.session_id or new_session_id(), now)
    return await tx.carts.open_for(shopper.user_id, now)
