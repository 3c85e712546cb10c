from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from common.clock import Clock
from common.errors import ConcurrentUpdate, DomainError
from domain.catalog.errors import ProductNotFound, VariantNotFound
from domain.catalog.models import Product, Variant
from domain.database import Database
from domain.woocommerce.errors import OutcomeUnknown, ProductNotSynced
from domain.woocommerce.models import VariantLink
from domain.woocommerce.ports import WooTransaction, configured
from domain.woocommerce.stock import Direction, OurStock, Plan, StockConflict, plan
from domain.woocommerce.store import Place, StoreStock

_ATTEMPTS = 3


class StockStore(Protocol):
    """Where the same stock is sold as well."""

    async def stock(self, place: Place) -> StoreStock | None:
        """Tell the stock of a product or variation; nothing, if it is not there."""

    async def set_stock(self, place: Place, quantity: int) -> StoreStock: ...


@dataclass(frozen=True, slots=True)
class StockRequest:
    product_id: str
    variant_id: str | None
    """The default variant, if none is named."""
    direction: Direction
    quantity: int | None = None
    """What ours is set to first."""


@dataclass(frozen=True, slots=True)
class StockReport:
    """What both stocks are now."""

    product_id: str
    variant_id: str
    ours: int
    store: int
    direction: Direction
    conflict: StockConflict | None
    at: datetime


class _Linked(NamedTuple):
    """A variant that is in the store."""

    product: Product
    variant: Variant
    link: VariantLink
    place: Place

    @property
    def basis(self) -> tuple[int | None, ...]:
        """What a decision stands on."""
        link = self.link
        return self.variant.stock, link.told, link.agreed_stock, link.pushing_stock


class InventorySyncService:
    """Makes one stock of two.

    What was decided on is looked at again when it is written: if somebody bought, or another
    sync came in between, it is decided anew.
    """

    def __init__(
        self, database: Database[WooTransaction], store: StockStore | None, clock: Clock
    ) -> None:
        self._database = database
        self._store = store
        self._clock = clock

    async def sync(self, asked: StockRequest) -> StockReport:
        """Bring the stock of one variant over, in the direction asked for."""
        store = configured(self._store)
        if asked.quantity is not None:
            await self._set_ours(asked, asked.quantity)
        for _ in range(_ATTEMPTS):
            seen = await self._database.read(lambda tx: _linked(tx, asked))
            theirs = await store.stock(seen.place)
            if theirs is None:
                raise ProductNotSynced(product_id=asked.product_id)
            ours = _our_stock(seen, theirs)
            decided = plan(asked.direction, ours, theirs)
            if not await self._keep(asked, seen, ours, theirs, decided):
                continue
            if decided.push:
                theirs = await self._push(store, asked, seen, ours.ordered, decided.level)
            return StockReport(
                product_id=asked.product_id,
                variant_id=seen.variant.id,
                ours=decided.level,
                store=decided.level if theirs.quantity is None else theirs.quantity,
                direction=asked.direction,
                conflict=decided.conflict,
                at=self._clock(),
            )
        raise ConcurrentUpdate

    async def _set_ours(self, asked: StockRequest, quantity: int) -> None:
        async def unit(tx: WooTransaction) -> None:
            linked = await _linked(tx, asked, lock=True)
            await tx.catalog.set_stock(linked.variant.id, quantity)
            linked.product.updated_at = self._clock()

        await self._database.write(unit)

    async def _keep(
        self,
        asked: StockRequest,
        seen: _Linked,
        ours: OurStock,
        theirs: StoreStock,
        decided: Plan,
    ) -> bool:
        """Make our stock what was decided, if everything still is as it was seen."""

        async def unit(tx: WooTransaction) -> bool:
            linked = await _linked(tx, asked, lock=True)
            if linked.basis != seen.basis:
                return False
            if decided.level != ours.quantity:
                if not await tx.catalog.exchange_stock(
                    ours.variant_id, ours.quantity, decided.level
                ):
                    return False
                linked.product.updated_at = self._clock()
            if decided.push:
                linked.link.push(decided.level, ours.ordered)
            elif theirs.quantity is not None:
                agrees = asked.direction is not Direction.FROM_STORE
                told = ours.ordered if agrees else ours.told
                linked.link.agree(theirs.quantity, told, self._clock())
            return True

        return await self._database.write(unit)

    async def _push(
        self, store: StockStore, asked: StockRequest, seen: _Linked, ordered: int, level: int
    ) -> StoreStock:
        """Set the store's stock, and write down that it agrees with ours."""
        try:
            written = await store.set_stock(seen.place, level)
        except OutcomeUnknown:
            raise  # the next sync will see by the number
        except DomainError:
            await self._database.write(lambda tx: _not_pushing(tx, asked))
            raise

        async def unit(tx: WooTransaction) -> None:
            linked = await _linked(tx, asked, lock=True)
            linked.link.agree(level, ordered, self._clock())
            linked.link.pushed_at = written.changed_at

        await self._database.write(unit)
        return written


async def _not_pushing(tx: WooTransaction, asked: StockRequest) -> None:
    linked = await _linked(tx, asked, lock=True)
    linked.link.push(None, None)


def _our_stock(seen: _Linked, theirs: StoreStock) -> OurStock:
    agreed, told = seen.link.settled(theirs.quantity)
    variant = seen.variant
    return OurStock(
        variant_id=variant.id,
        quantity=variant.stock,
        changed_at=variant.stock_changed_at or seen.product.created_at,
        ordered=variant.ordered,
        told=told,
        agreed=agreed,
    )


async def _linked(tx: WooTransaction, asked: StockRequest, *, lock: bool = False) -> _Linked:
    product = await tx.catalog.get(asked.product_id, lock=lock)
    if product is None:
        raise ProductNotFound(product_id=asked.product_id)
    chosen = asked.variant_id or product.default_variant.id
    variant = next((each for each in product.variants if each.id == chosen), None)
    if variant is None:
        raise VariantNotFound(variant_id=chosen)
    whole = await tx.woo_products.get(product.id, lock=lock)
    link = whole.find(variant.id) if whole else None
    place = whole.place(link) if whole and link else None
    if link is None or place is None:
        raise ProductNotSynced(product_id=product.id)
    return _Linked(product, variant, link, place)
