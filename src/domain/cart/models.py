from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from common.clock import utc_now
from common.ids import new_id
from domain.cart.errors import CartFull, CurrencyMismatch, ItemNotInCart
from domain.catalog.details import Offer
from domain.catalog.errors import BeyondStock, InvalidProduct
from domain.entity import ID, Entity

MAX_LINES = 100
MAX_QUANTITY = 9_999


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
    added_at: Mapped[datetime] = mapped_column(default_factory=utc_now)


class Cart(Entity, kw_only=True):
    """A user's cart. It owns its items; it knows products and users only by their ids."""

    __tablename__ = "carts"

    id: Mapped[str] = mapped_column(ID, primary_key=True, default_factory=new_id)
    user_id: Mapped[str] = mapped_column(ID, ForeignKey("users.id", ondelete="CASCADE"),
                                         unique=True)  # fmt: skip
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

    def add(self, offer: Offer, quantity: int, now: datetime) -> None:
        """Put ``quantity`` more of what is offered in the cart, at its present price."""
        if not offer.is_active:
            raise InvalidProduct(product_id=offer.product_id)
        if self.items and self.currency != offer.price.currency:
            raise CurrencyMismatch(cart=self.currency, product=offer.price.currency)
        item = self._find(offer.product_id, offer.variant_id)
        wanted = quantity + (item.quantity if item else 0)
        if wanted > offer.stock:
            raise BeyondStock(
                title=offer.title, available_quantity=offer.stock, requested_quantity=wanted
            )
        if wanted > MAX_QUANTITY or (item is None and len(self.items) >= MAX_LINES):
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
