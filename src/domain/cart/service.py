from dataclasses import dataclass
from typing import Protocol

from common.clock import Clock
from common.money import Money
from domain.cart.errors import ItemNotInCart
from domain.cart.models import Cart, CartItem
from domain.catalog.details import Offer
from domain.catalog.errors import InvalidProduct
from domain.catalog.service import CatalogRepository
from domain.database import Database
from domain.identity.caller import Caller


class CartRepository(Protocol):
    """Where carts are kept."""

    async def of_user(self, user_id: str, *, lock: bool = False) -> Cart | None: ...

    async def open_for(self, user_id: str) -> Cart:
        """Return the user's one cart, made if need be, and keep other writers out of it."""

    async def delete(self, cart: Cart) -> None: ...


class CartTransaction(Protocol):
    """What a cart unit of work reaches."""

    @property
    def carts(self) -> CartRepository: ...

    @property
    def catalog(self) -> CatalogRepository: ...


@dataclass(frozen=True, slots=True)
class ShownItem:
    """A cart item beside what it would cost now."""

    item: CartItem
    offer: Offer

    @property
    def price_changed(self) -> bool:
        return self.item.price_amount != self.offer.price.amount

    @property
    def total(self) -> Money:
        return self.offer.price * self.item.quantity


@dataclass(frozen=True, slots=True)
class ShownCart:
    """A cart at today's prices; a shopper who has put nothing in one yet has no ``cart``."""

    user_id: str
    currency: str
    cart: Cart | None
    items: list[ShownItem]

    @property
    def subtotal(self) -> Money:
        return sum((item.total for item in self.items), start=Money.zero(self.currency))


class CartService:
    """What a shopper can do with a cart. Everybody has one, which nobody else can see."""

    def __init__(
        self, database: Database[CartTransaction], default_currency: str, clock: Clock
    ) -> None:
        self._database = database
        self._default_currency = default_currency
        self._clock = clock

    async def show(self, caller: Caller) -> ShownCart:
        """Return the caller's cart, empty if they have none."""

        async def unit(tx: CartTransaction) -> ShownCart:
            return await self._shown(tx, caller, await tx.carts.of_user(caller.user_id))

        return await self._database.read(unit)

    async def add(
        self, caller: Caller, product_id: str, variant_id: str | None, quantity: int
    ) -> ShownCart:
        """Put some more of a variant in the cart."""

        async def unit(tx: CartTransaction) -> ShownCart:
            offer = await tx.catalog.offer(product_id, variant_id)
            if offer is None:
                raise InvalidProduct(product_id=product_id)
            cart = await tx.carts.open_for(caller.user_id)
            cart.add(offer, quantity, self._clock())
            return await self._shown(tx, caller, cart, offer)

        return await self._database.write(unit)

    async def remove(
        self, caller: Caller, product_id: str, variant_id: str | None, quantity: int | None
    ) -> ShownCart:
        """Take some, or all, of a variant out of the cart."""

        async def unit(tx: CartTransaction) -> ShownCart:
            cart = await tx.carts.of_user(caller.user_id, lock=True)
            offer = await tx.catalog.offer(product_id, variant_id)
            if cart is None or offer is None:
                raise ItemNotInCart
            cart.remove(product_id, offer.variant_id, quantity, self._clock())
            return await self._shown(tx, caller, cart, offer)

        return await self._database.write(unit)

    async def _shown(
        self, tx: CartTransaction, caller: Caller, cart: Cart | None, *known: Offer
    ) -> ShownCart:
        items = cart.items if cart else []
        offers = {offer.variant_id: offer for offer in known}
        offers |= await tx.catalog.offers(
            [item.variant_id for item in items if item.variant_id not in offers]
        )
        return ShownCart(
            user_id=caller.user_id,
            currency=(cart and cart.currency) or self._default_currency,
            cart=cart,
            items=[ShownItem(item, offers[item.variant_id]) for item in items],
        )
