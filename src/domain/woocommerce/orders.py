from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple, Protocol

from common.clock import Clock
from common.errors import DomainError
from common.logging import log
from common.money import Money
from domain.database import Database
from domain.identity.models import User
from domain.order.errors import OrderNotFound
from domain.order.models import Order, OrderStatus
from domain.woocommerce.drafting import Part, order_draft
from domain.woocommerce.errors import OrderNotPaid, OutcomeUnknown
from domain.woocommerce.models import OrderLink
from domain.woocommerce.ports import WooTransaction, configured
from domain.woocommerce.store import Customer, OrderDraft, Place, StoreOrder

_PAID = (OrderStatus.PAID, OrderStatus.FULFILLED)
_MARGIN = timedelta(days=1)
"""How far the store's clock, or its time zone, may be from ours."""


class OrderStore(Protocol):
    """Where orders are fulfilled."""

    async def known(self, places: Sequence[Place]) -> frozenset[Place]:
        """Tell which of these products and variations are there."""

    async def find_order(
        self, order_id: str, since: datetime, email: str | None
    ) -> StoreOrder | None:
        """Find our order among those made ``since`` then, by a customer or by anybody."""

    async def place_order(self, draft: OrderDraft) -> StoreOrder:
        """Make an order that is paid for. Asked twice, it makes two."""

    async def add_fee(self, order_id: int, name: str, fee: Money) -> StoreOrder: ...

    def order_page(self, order_id: int) -> str:
        """Tell where the store's people see an order."""


@dataclass(frozen=True, slots=True)
class OrderReference:
    """Ways to name an order; all that are given have to name the same one."""

    order_id: str | None = None
    payment_reference: str | None = None
    cart_id: str | None = None


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom and where to; what is not given is the order's own."""

    customer: Customer | None = None
    address: Mapping[str, str] | None = None


class Placed(NamedTuple):
    order: Order
    link: OrderLink
    page: str
    """Where the store's people see it."""


class _Attempt(NamedTuple):
    order: Order
    link: OrderLink
    buyer: User | None
    parts: Mapping[str, Part]
    transaction_id: str | None
    is_first: bool


class WooOrderService:
    """Places each paid order in the store once.

    The store knows no idempotency keys. So an attempt is written down before the store is asked,
    and whoever finds one that was not finished first looks for the order it may have made.
    """

    def __init__(
        self, database: Database[WooTransaction], store: OrderStore | None, clock: Clock
    ) -> None:
        self._database = database
        self._store = store
        self._clock = clock

    async def place(self, order_id: str) -> int | None:
        """Place a paid order, and tell the store's id of it; nothing, when no store is set up.

        This is a step of the workflow of a paid order. Another attempt that is under way raises
        ``WooCommerceBusy``: ask again when it has run out.
        """
        if self._store is None:
            return None
        try:
            return (await self._placed(self._store, order_id, Recipient())).link.woo_id
        except OrderNotPaid as error:  # it has been refunded since
            log.warning("order {} is not placed: {}", order_id, error)
            return None

    async def create(self, reference: OrderReference, recipient: Recipient) -> Placed:
        """Place a paid order, or return it as it was placed before."""
        store = configured(self._store)
        order_id = await self._database.read(lambda tx: _order_id(tx, reference))
        return await self._placed(store, order_id, recipient)

    async def _placed(self, store: OrderStore, order_id: str, recipient: Recipient) -> Placed:
        attempt = await self._database.write(lambda tx: self._claim(tx, order_id))
        if attempt.link.woo_id is not None:
            return _as_placed(store, attempt.order, attempt.link)
        try:
            order = await self._carry_over(store, attempt, recipient)
        except OutcomeUnknown:
            raise  # the claim holds until the order can be found, or will never be
        except DomainError:
            await self._database.write(lambda tx: _release(tx, attempt.link))
            raise
        link = await self._database.write(lambda tx: self._record(tx, attempt.order, order))
        return _as_placed(store, attempt.order, link)

    async def _claim(self, tx: WooTransaction, order_id: str) -> _Attempt:
        order = await tx.orders.get(order_id)
        if order is None:
            raise OrderNotFound(order_id=order_id)
        link = await tx.woo_orders.get(order_id, lock=True)
        is_first = link is None
        if link is None:
            link = OrderLink(order_id=order_id, started_at=self._clock())
            tx.woo_orders.add(link)
        if link.woo_id is None:
            if order.status not in _PAID:
                raise OrderNotPaid(status=order.status)
            link.claim(self._clock())
        payment = await tx.payments.paid_of(order_id)
        return _Attempt(
            order=order,
            link=link,
            buyer=await tx.users.get(order.user_id),
            parts=await tx.woo_products.parts(list(order.quantities())),
            transaction_id=(payment.charge or payment.reference) if payment else None,
            is_first=is_first,
        )

    async def _carry_over(
        self, store: OrderStore, attempt: _Attempt, recipient: Recipient
    ) -> StoreOrder:
        order = attempt.order
        address = recipient.address or order.shipping_address or {}
        customer = recipient.customer or _customer(attempt.buyer, address)
        if attempt.is_first:
            found = await store.find_order(
                order.id, order.created_at - _MARGIN, customer.email or None
            )
        else:  # whoever began may have named another customer
            found = await store.find_order(order.id, attempt.link.started_at - _MARGIN, None)
        if found is None:
            places = [part.place for part in attempt.parts.values() if part.place]
            known = await store.known(places)
            draft = order_draft(
                order, customer, address, attempt.parts, known, attempt.transaction_id
            )
            await self._renew(attempt.link)
            found = await store.place_order(draft)
        return await _made_exact(store, order, found)

    async def _renew(self, claimed: OrderLink) -> None:
        """Hold the claim anew: looking for the order may have taken long."""

        async def unit(tx: WooTransaction) -> datetime | None:
            link = await tx.woo_orders.get(claimed.order_id, lock=True)
            if link is None:
                raise OrderNotFound(order_id=claimed.order_id)
            link.renew(claimed.busy_until, self._clock())
            return link.busy_until

        claimed.busy_until = await self._database.write(unit)

    async def _record(self, tx: WooTransaction, order: Order, placed: StoreOrder) -> OrderLink:
        link = await tx.woo_orders.get(order.id, lock=True)
        if link is None:
            raise OrderNotFound(order_id=order.id)
        if link.woo_id is not None:
            return link
        link.placed(placed, self._clock())
        for product_id in sorted({item.product_id for item in order.items if item.product_id}):
            product = await tx.woo_products.get(product_id, lock=True)
            for variant in product.variants if product else ():
                place = product.place(variant) if product else None
                if place and (taken := placed.reduced.get(place)):
                    variant.reduced(taken, placed.created_at)
        return link


def _as_placed(store: OrderStore, order: Order, link: OrderLink) -> Placed:
    return Placed(order, link, store.order_page(link.woo_id or 0))


async def _made_exact(store: OrderStore, order: Order, placed: StoreOrder) -> StoreOrder:
    """Make up for what the store adds of its own accord, such as its taxes."""
    difference = _difference(order, placed)
    if not difference:
        return placed
    corrected = await store.add_fee(placed.id, "Difference to what was paid", difference)
    if left := _difference(order, corrected):
        log.warning("order {} differs by {} in WooCommerce", order.order_number, left.major)
    return corrected


def _difference(order: Order, placed: StoreOrder) -> Money | None:
    try:
        there = Money.from_major(Decimal(placed.total), order.currency)
    except ValueError:  # it counts in smaller units than there are
        return None
    missing = order.total_amount - there.amount
    return Money(missing, order.currency) if missing else None


async def _order_id(tx: WooTransaction, reference: OrderReference) -> str:
    """Find the one order that is meant."""
    named = [reference.order_id]
    if reference.payment_reference:
        payment = await tx.payments.by_reference(reference.payment_reference)
        named.append(payment.order_id if payment else "")
    if reference.cart_id:
        named.append(await tx.woo_orders.of_cart(reference.cart_id) or "")
    ids = {each for each in named if each is not None}
    if len(ids) != 1 or "" in ids:
        raise OrderNotFound(
            order_id=reference.payment_reference or reference.cart_id or reference.order_id
        )
    return ids.pop()


async def _release(tx: WooTransaction, claimed: OrderLink) -> None:
    if link := await tx.woo_orders.get(claimed.order_id, lock=True):
        link.release(claimed.busy_until)


def _customer(buyer: User | None, address: Mapping[str, str]) -> Customer:
    first, _, last = address.get("name", "").strip().rpartition(" ")
    return Customer(
        email=address.get("email") or (buyer.email if buyer else ""),
        first_name=address.get("first_name") or first or last,
        last_name=address.get("last_name") or (last if first else ""),
        phone=address.get("phone", ""),
    )
