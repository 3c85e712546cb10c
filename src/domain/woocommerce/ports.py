"""What syncing needs of the database."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from common.pagination import Page, PageRequest
from domain.catalog.models import Product
from domain.identity.ports import UserRepository
from domain.order.ports import OrderRepository, PaymentRepository
from domain.woocommerce.drafting import Part
from domain.woocommerce.errors import WooCommerceNotConfigured
from domain.woocommerce.models import CatalogueSync, OrderLink, ProductLink
from domain.workflow import WorkflowQueue


class ShelfRepository(Protocol):
    """Where products and their stock are kept."""

    async def get(self, product_id: str, *, lock: bool = False) -> Product | None: ...

    async def set_stock(self, variant_id: str, stock: int) -> None: ...

    async def exchange_stock(self, variant_id: str, seen: int, stock: int) -> bool:
        """Set stock if it still is what we have ``seen``; tell whether it was."""


class ProductLinkRepository(Protocol):
    """Where it is kept which product of the store is which of ours."""

    def add(self, link: ProductLink) -> None: ...

    async def get(self, product_id: str, *, lock: bool = False) -> ProductLink | None: ...

    async def parts(self, variant_ids: Sequence[str]) -> Mapping[str, Part]:
        """Tell what the store may know variants by."""

    async def count(self) -> int:
        """Count the products that a run through the catalogue meets."""

    async def next_after(self, product_id: str) -> str | None:
        """Find the next product that is for sale, or that the store still has."""


class OrderLinkRepository(Protocol):
    def add(self, link: OrderLink) -> None: ...

    async def get(self, order_id: str, *, lock: bool = False) -> OrderLink | None: ...

    async def of_cart(self, cart_id: str) -> str | None:
        """Find the id of the order that a cart was bought as, or is about to be."""


class CatalogueSyncRepository(Protocol):
    def add(self, sync: CatalogueSync) -> None: ...

    async def get(self, sync_id: str, *, lock: bool = False) -> CatalogueSync | None: ...

    async def running(self) -> CatalogueSync | None: ...

    async def give_up(self, unmoved_since: datetime, now: datetime) -> None:
        """End a run that nobody carries on."""

    async def page(self, request: PageRequest) -> Page[CatalogueSync]:
        """List runs, newest first."""


class WooTransaction(Protocol):
    """What a unit of work that syncs reaches."""

    @property
    def catalog(self) -> ShelfRepository: ...

    @property
    def orders(self) -> OrderRepository: ...

    @property
    def payments(self) -> PaymentRepository: ...

    @property
    def users(self) -> UserRepository: ...

    @property
    def workflows(self) -> WorkflowQueue: ...

    @property
    def woo_products(self) -> ProductLinkRepository: ...

    @property
    def woo_orders(self) -> OrderLinkRepository: ...

    @property
    def woo_syncs(self) -> CatalogueSyncRepository: ...


def configured[Store](store: Store | None) -> Store:
    """Return the store, if there is one."""
    if store is None:
        raise WooCommerceNotConfigured
    return store
