from datetime import timedelta
from typing import Any, Protocol

from common.clock import Clock
from common.errors import BadGateway, ConcurrentUpdate, Conflict, DomainError, NotFound
from common.ids import new_id
from common.pagination import Page, PageRequest
from domain.database import Database
from domain.patience import patiently
from domain.woocommerce.drafting import Wanted
from domain.woocommerce.errors import CatalogueSyncNotFound, CatalogueSyncRunning
from domain.woocommerce.models import CatalogueSync
from domain.woocommerce.ports import WooTransaction
from domain.woocommerce.products import Synced
from domain.workflow import Job

SYNC_CATALOGUE = "sync_catalogue"
GIVEN_UP_AFTER = timedelta(minutes=15)
"""How long a run may stand still before another may begin."""

_TELLING = (BadGateway, Conflict, NotFound)
"""Failures that say something about the product; others are about us, and pass."""


class ProductSync(Protocol):
    """Brings one product over."""

    def check(self) -> None:
        """Raise if there is no store."""

    async def sync(self, product_id: str, wanted: Wanted) -> Synced: ...


class CatalogueSyncService:
    """Brings the whole catalogue over, one product after the other, at its own pace.

    How far a run has come is in the database: it goes on from there after a crash.
    """

    def __init__(
        self, database: Database[WooTransaction], products: ProductSync, clock: Clock
    ) -> None:
        self._database = database
        self._products = products
        self._clock = clock

    async def start(self) -> CatalogueSync:
        """Begin a run, unless one is under way."""
        self._products.check()
        sync_id = new_id()

        async def unit(tx: WooTransaction) -> CatalogueSync:
            now = self._clock()
            await tx.woo_syncs.give_up(now - GIVEN_UP_AFTER, now)
            if running := await tx.woo_syncs.running():
                raise CatalogueSyncRunning(sync_id=running.id)
            total = await tx.woo_products.count()
            sync = CatalogueSync(id=sync_id, total=total, started_at=now, moved_at=now)
            tx.woo_syncs.add(sync)
            await tx.workflows.enqueue(Job(SYNC_CATALOGUE, f"catalogue:{sync_id}", (sync_id,)))
            return sync

        return await self._database.write(unit)

    async def get(self, sync_id: str) -> CatalogueSync:
        """Return a run, as far as it has come."""
        sync = await self._database.read(lambda tx: tx.woo_syncs.get(sync_id))
        if sync is None:
            raise CatalogueSyncNotFound(sync_id=sync_id)
        return sync

    async def page(self, request: PageRequest) -> Page[CatalogueSync]:
        """List runs, newest first."""
        return await self._database.read(lambda tx: tx.woo_syncs.page(request))

    async def run(self, sync_id: str) -> None:
        """Carry a run on to its end. What keeps it from going on for a while is waited out."""
        while await patiently(lambda: self.advance(sync_id)):
            pass

    async def advance(self, sync_id: str) -> bool:
        """Bring the next product over, and tell whether there may be more.

        It raises ``WooCommerceBusy`` while the product is being synced by somebody else, or was
        by us before we died: ask again when that has run out.
        """

        async def unit(tx: WooTransaction) -> tuple[str, str | None] | None:
            sync = await tx.woo_syncs.get(sync_id)
            if sync is None or not sync.is_running:
                return None
            return sync.last_product_id, await tx.woo_products.next_after(sync.last_product_id)

        where = await self._database.read(unit)
        if where is None:
            return False
        seen, product_id = where
        failure = await self._bring_over(product_id) if product_id else None
        return await self._database.write(
            lambda tx: self._move(tx, sync_id, seen, product_id, failure)
        )

    async def _bring_over(self, product_id: str) -> dict[str, Any] | None:
        try:
            await self._products.sync(product_id, Wanted())
        except ConcurrentUpdate:  # that it is busy included
            raise
        except _TELLING as error:
            return _told(product_id, error)
        return None

    async def _move(
        self,
        tx: WooTransaction,
        sync_id: str,
        seen: str,
        product_id: str | None,
        failure: dict[str, Any] | None,
    ) -> bool:
        sync = await tx.woo_syncs.get(sync_id, lock=True)
        if sync is None or not sync.is_running:
            return False
        if sync.last_product_id != seen:  # somebody else has gone past it
            return True
        if product_id is None:
            sync.finish(self._clock())
        else:
            sync.move(product_id, failure, self._clock())
        return sync.is_running


def _told(product_id: str, error: DomainError) -> dict[str, Any]:
    return {"product_id": product_id, "error": error.code, "message": str(error)}
