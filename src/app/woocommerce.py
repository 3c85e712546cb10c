"""The store that sells the same things, where one is set up, and what keeps both in step."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.settings import Settings
from common.clock import Clock
from domain.woocommerce.catalogue import CatalogueSyncService
from domain.woocommerce.inventory import InventorySyncService
from domain.woocommerce.orders import WooOrderService
from domain.woocommerce.products import ProductSyncService
from infrastructure.databases.db import SqlDatabase

if TYPE_CHECKING:
    from infrastructure.woocommerce.store import WooStore


@dataclass(frozen=True, slots=True)
class WooCommerce:
    store: "WooStore | None"
    products: ProductSyncService
    inventory: InventorySyncService
    orders: WooOrderService
    catalogue: CatalogueSyncService


def woocommerce(settings: Settings, database: SqlDatabase, clock: Clock) -> WooCommerce:
    """Join the services with the store; without one they say that there is none."""
    store = _store(settings)
    products = ProductSyncService(database, store, clock)
    return WooCommerce(
        store=store,
        products=products,
        inventory=InventorySyncService(database, store, clock),
        orders=WooOrderService(database, store, clock),
        catalogue=CatalogueSyncService(database, products, clock),
    )


def _store(settings: Settings) -> "WooStore | None":
    if settings.store is None:
        return None
    from infrastructure.woocommerce.store import WooStore  # it takes time to load

    return WooStore.at(settings.store)
