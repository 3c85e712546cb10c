from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from common.clock import utc_now
from common.ids import new_id
from domain.cart.errors import CartFull, CartItemNotFound, CurrencyMismatch, ItemNotInCart
from domain.catalog.details import Offer
from domain.catalog.errors import BeyondStock, InvalidProduct
from domain.entity import ID, Entity

MAX_LINES = 100
MAX_QUANTITY = 9_999
MAX_ATTRIBUTES = 20


class CartItem(Entity, kw_only=True):
    """Some number of one variant, at the price the shopper was last shown."""

    __tablename__ = "cart_items"
    __table_args__ = (
        CheckConstraint("quantity >= 1", name="quantity_positive"),
        UniqueConstraint("cart_id", "product_id", "variant_id"),
        Index(None, "product_id"),
        Index(None, "variant_id"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True, default_factory=new_id)
    cart_id: Mapped[str] = mapped_column(ID, ForeignKey("carts.id", ondelete="CASCADE"), init=False)
    product_id: Mapped[str] = mapped_column(ID, ForeignKey("products.id", ondelete="CASCADE"))
    variant_id: Mapped[str] = mapped_column(ID, ForeignKey("variants.id", ondelete="CASCADE"))
    quantity: Mapped[int] = mapped_column()
    price_amount: Mapped[int] = mapped_column(BigInteger)
    attributes: Mapped[dict[str, Any]] = mapped_column("metadata", JSON, default_factory=dict)
    """The shopper's own particulars of it."""
    added_at: Mapped[datetime] = mapped_column(default_factory=utc_now)

    def describe(self, attributes: Mapping[str, Any]) -> None:
        """Note what the shopper says about it; where that is too much, the oldest goes."""
        kept = {name: self.attributes[name] for name in self.attributes if name not in attributes}
        self.attributes = dict([*kept.items(), *attributes.items()][-MAX_ATTRIBUTES:])

    def join(self, other: "CartItem", offer: Offer) -> None:
        """Add what another cart holds of the same; a price that changed for either is told."""
        together = min(self.quantity + other.quantity, offer.stock, MAX_QUANTITY)
        self.quantity = max(self.quantity, together)
        if self.price_amount == offer.price.amount:
            self.price_amount = other.price_amount
        self.describe(other.attributes)


class Cart(Entity, kw_only=True):
    """A user's cart, or a guest's. It owns its items; it knows products and users by their ids."""

    __tablename__ = "carts"
    __table_args__ = (
        CheckConstraint("(user_id IS NULL) <> (session_id IS NULL)", name="one_holder"),
        Index(None, "updated_at", sqlite_where=text("session_id IS NOT NULL"),
              postgresql_where=text("session_id IS NOT NULL")),
    )  # fmt: skip

    id: Mapped[str] = mapped_column(ID, primary_key=True, default_factory=new_id)
    user_id: Mapped[str | None] = mapped_column(ID, ForeignKey("users.id", ondelete="CASCADE"),
                                                unique=True, default=None)  # fmt: skip
    session_id: Mapped[str | None] = mapped_column(unique=True, default=None)
    """What a guest holds it by: nobody can guess it."""
    currency: Mapped[str | None] = mapped_column(default=None)
    """Whatever the first item is priced in; an empty cart takes any."""
    created_at: Mapped[datetime] = mapped_column(default_factory=utc_now)
    updated_at: Mapped[datetime] = mapped_column(default_factory=utc_now)
    items: Mapped[list[CartItem]] = relationship(
        init=False,
        lazy="selectin",
        cascade="all, delete-orphan",
        order_by=[CartItem.added_at, CartItem.id],
        passive_deletes=True,
    )

    def __post_init__(self) -> None:
        self.items = []

    def add(
        self,
        offer: Offer,
        quantity: int,
        now: datetime,
        attributes: Mapping[str, Any] | None = None,
    ) -> CartItem:
        """Put ``quantity`` more of what is offered in the cart, at its present price."""
        if not offer.is_active:
            raise InvalidProduct(product_id=offer.product_id)
        if self.items and self.currency != offer.price.currency:
            raise CurrencyMismatch(cart=self.currency, product=offer.price.currency)
        item = self._find(offer.product_id, offer.variant_id)
        wanted = quantity + (item.quantity if item else 0)
        _require(offer, wanted)
        if item is None and len(self.items) >= MAX_LINES:
            raise CartFull(maximum_lines=MAX_LINES, maximum_quantity=MAX_QUANTITY)
        if item is None:
            item = CartItem(
                product_id=offer.product_id,
                variant_id=offer.variant_id,
                quantity=0,
                price_amount=0,
                added_at=now,
            )
            self.items.append(item)
        item.quantity, item.price_amount = wanted, offer.price.amount
        if attributes:
            item.describe(attributes)
        self.currency = offer.price.currency
        self.updated_at = now
        return item

    def item(self, item_id: str) -> CartItem:
        """Return one of its items; raises ``CartItemNotFound``."""
        for item in self.items:
            if item.id == item_id:
                return item
        raise CartItemNotFound(item_id=item_id)

    def set_quantity(self, item: CartItem, offer: Offer, quantity: int, now: datetime) -> None:
        """Hold ``quantity`` of an item. The price it was shown at stays noted."""
        if not offer.is_active:
            raise InvalidProduct(product_id=offer.product_id)
        _require(offer, quantity)
        item.quantity = quantity
        self.updated_at = now

    def remove_item(self, item: CartItem, now: datetime) -> None:
        self.items.remove(item)
        self.updated_at = now

    def clear(self, now: datetime) -> None:
        """Take everything out. The cart stays its holder's."""
        self.items.clear()
        self.updated_at = now

    def absorb(self, other: "Cart", offers: Mapping[str, Offer], now: datetime) -> None:
        """Take over what another cart holds, as far as it can be had today and fits in here."""
        for item in list(other.items):
            offer = offers[item.variant_id]
            foreign = bool(self.items) and self.currency != offer.price.currency
            if foreign or not offer.is_active or offer.stock < 1:
                continue
            if ours := self._find(item.product_id, item.variant_id):
                ours.join(item, offer)
            elif len(self.items) < MAX_LINES:
                other.items.remove(item)
                self.items.append(item)
                item.quantity = min(item.quantity, offer.stock)
                self.currency = offer.price.currency
        self.updated_at = now

    def remove(self, product_id: str, variant_id: str, quantity: int | None, now: datetime) -> None:
        """Take ``quantity`` of a variant out, or all of it when none is given."""
        item = self._find(product_id, variant_id)
        if item is None:
            raise ItemNotInCart
        self.take(product_id, variant_id, item.quantity if quantity is None else quantity)
        self.updated_at = now

    def take(self, product_id: str, variant_id: str, quantity: int) -> None:
        """Take out what has been bought, as far as it is still there."""
        item = self._find(product_id, variant_id)
        if item is None:
            return
        if item.quantity > quantity:
            item.quantity -= quantity
        else:
            self.items.remove(item)

    def holds_only(self, bought: Mapping[tuple[str, str], int]) -> bool:
        """Whether nothing is in it beyond these quantities, by product and variant."""
        return all(
            item.quantity <= bought.get((item.product_id, item.variant_id), 0)
            for item in self.items
        )

    def _find(self, product_id: str, variant_id: str) -> CartItem | None:
        return next(
            (
                item
                for item in self.items
                if item.product_id == product_id and item.variant_id == variant_id
            ),
            None,
        )


def _require(offer: Offer, quantity: int) -> None:
    """Raise if a line cannot hold ``quantity`` of what is offered."""
    if quantity > offer.stock:
        raise BeyondStock(
            title=offer.title, available_quantity=offer.stock, requested_quantity=quantity
        )
    if quantity > MAX_QUANTITY:
        raise CartFull(maximum_lines=MAX_LINES, maximum_quantity=MAX_QUANTITY)
