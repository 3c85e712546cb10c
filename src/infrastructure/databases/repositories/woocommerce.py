from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, or_, select, update

from common.pagination import Page, PageRequest
from domain.catalog.models import Product, Variant
from domain.order.models import Order, OrderStatus
from domain.woocommerce.drafting import Part
from domain.woocommerce.models import (
    CatalogueSync,
    OrderLink,
    ProductLink,
    SyncStatus,
    VariantLink,
)
from domain.woocommerce.store import Place
from infrastructure.databases.repository import SqlRepository

_PARTS = (
    select(Variant.id, Variant.sku, ProductLink.woo_id, VariantLink.woo_id.label("variation"))
    .outerjoin(VariantLink, VariantLink.variant_id == Variant.id)
    .outerjoin(ProductLink, ProductLink.product_id == VariantLink.product_id)
    .where(Variant.id.in_(bindparam("variant_ids", expanding=True)))
)
_MET = or_(Product.is_active, ProductLink.woo_id.is_not(None))
_LINKED = ProductLink.product_id == Product.id
_COUNT = select(func.count()).select_from(Product).outerjoin(ProductLink, _LINKED).where(_MET)
_NEXT = (
    select(Product.id)
    .outerjoin(ProductLink, _LINKED)
    .where(_MET, Product.id > bindparam("last"))
    .order_by(Product.id)
    .limit(1)
)
_GONE = (OrderStatus.FAILED, OrderStatus.CANCELED)
_OF_CART = (
    select(Order.id)
    .where(Order.cart_id == bindparam("cart_id"), Order.status.not_in(_GONE))
    .order_by(Order.status == OrderStatus.PENDING)
    .limit(1)
)
_RUNNING = select(CatalogueSync).where(CatalogueSync.status == SyncStatus.RUNNING)
_syncs: Any = CatalogueSync.__table__
_GIVE_UP = (
    update(_syncs)
    .where(_syncs.c.status == SyncStatus.RUNNING, _syncs.c.moved_at < bindparam("since"))
    .values(status=SyncStatus.FAILED, error="nobody carried it on", finished_at=bindparam("now"))
)


class SqlProductLinkRepository(SqlRepository[ProductLink]):
    entity = ProductLink

    async def parts(self, variant_ids: Sequence[str]) -> dict[str, Part]:
        if not variant_ids:
            return {}
        rows = await self._session.rows(_PARTS, {"variant_ids": list(variant_ids)})
        return {
            row.id: Part(row.sku, Place(row.woo_id, row.variation) if row.woo_id else None)
            for row in rows
        }

    async def count(self) -> int:
        return int((await self._session.rows(_COUNT))[0][0])

    async def next_after(self, product_id: str) -> str | None:
        for row in await self._session.rows(_NEXT, {"last": product_id}):
            return str(row.id)
        return None


class SqlOrderLinkRepository(SqlRepository[OrderLink]):
    entity = OrderLink

    async def of_cart(self, cart_id: str) -> str | None:
        for row in await self._session.rows(_OF_CART, {"cart_id": cart_id}):
            return str(row.id)
        return None


class SqlCatalogueSyncRepository(SqlRepository[CatalogueSync]):
    entity = CatalogueSync

    async def running(self) -> CatalogueSync | None:
        return await self._session.find(_RUNNING)

    async def give_up(self, unmoved_since: datetime, now: datetime) -> None:
        await self._session.run(_GIVE_UP, {"since": unmoved_since, "now": now})

    async def page(self, request: PageRequest) -> Page[CatalogueSync]:
        query = select(CatalogueSync).order_by(CatalogueSync.started_at.desc(), CatalogueSync.id)
        return await self._page(query, request, {})
