"""A cart as it is shown: what is in it, beside what that would cost now."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from common.money import Money
from domain.cart.models import Cart, CartItem
from domain.cart.rates import Charges
from domain.catalog.details import Offer


@dataclass(frozen=True, slots=True)
class ShownItem:
    """A cart item beside what it would cost now."""

    item: CartItem
    offer: Offer

    @property
    def previous_price(self) -> Money | None:
        """The price the shopper was last shown, if it is no longer true."""
        shown, now = self.item.price_amount, self.offer.price
        return None if shown == now.amount else Money(shown, now.currency)

    @property
    def attributes(self) -> dict[str, Any]:
        """What is known of it; the shopper has the last word."""
        return self.offer.attributes | self.item.attributes

    @property
    def total(self) -> Money:
        return self.offer.price * self.item.quantity


@dataclass(frozen=True, slots=True)
class ShownCart:
    """A cart at today's prices; a user who has put nothing in one yet has no ``cart``."""

    user_id: str | None
    cart: Cart | None
    items: list[ShownItem]
    subtotal: Money
    charges: Charges

    @property
    def currency(self) -> str:
        return self.subtotal.currency

    @property
    def tax(self) -> Money:
        return Money(self.charges.tax, self.currency)

    @property
    def shipping(self) -> Money:
        return Money(self.charges.shipping, self.currency)

    @property
    def total(self) -> Money:
        return self.subtotal + self.tax + self.shipping


class CartChange(NamedTuple):
    """A cart after a change, and the item that was changed."""

    cart: ShownCart
    item: ShownItem
