"""What is shown of syncing."""

from typing import Self

from app.schema import Listing, Moment, View
from domain.woocommerce.inventory import StockReport
from domain.woocommerce.models import CatalogueSync, SyncStatus
from domain.woocommerce.orders import Placed
from domain.woocommerce.products import Synced
from domain.woocommerce.stock import Direction, Side, StockConflict


class SyncedVariationView(View, frozen=True, kw_only=True):
    variant_id: str
    woocommerce_variation_id: int


class SyncedProductView(View, frozen=True, kw_only=True):
    success: bool
    product_id: str
    woocommerce_product_id: int
    synced_fields: list[str]
    variations: list[SyncedVariationView]
    sync_timestamp: Moment

    @classmethod
    def of(cls, synced: Synced) -> Self:
        return cls(
            success=True,
            product_id=synced.product_id,
            woocommerce_product_id=synced.woo_id,
            synced_fields=synced.fields,
            variations=[
                SyncedVariationView(variant_id=ours, woocommerce_variation_id=theirs)
                for ours, theirs in synced.variations.items()
            ],
            sync_timestamp=synced.at,
        )


class StockConflictView(View, frozen=True, kw_only=True):
    """Both sides had changed since they agreed. The later one won."""

    agreed_quantity: int | None
    platform_quantity: int
    platform_changed_at: Moment
    woocommerce_quantity: int
    woocommerce_changed_at: Moment | None
    winner: Side

    @classmethod
    def of(cls, conflict: StockConflict) -> Self:
        return cls(
            agreed_quantity=conflict.agreed,
            platform_quantity=conflict.ours,
            platform_changed_at=conflict.ours_changed_at,
            woocommerce_quantity=conflict.store,
            woocommerce_changed_at=conflict.store_changed_at,
            winner=conflict.winner,
        )


class SyncedInventoryView(View, frozen=True, kw_only=True):
    """Both stocks, as they are now."""

    success: bool
    product_id: str
    variant_id: str
    platform_quantity: int
    woocommerce_quantity: int
    sync_direction: Direction
    conflict: StockConflictView | None
    sync_timestamp: Moment

    @classmethod
    def of(cls, report: StockReport) -> Self:
        return cls(
            success=True,
            product_id=report.product_id,
            variant_id=report.variant_id,
            platform_quantity=report.ours,
            woocommerce_quantity=report.store,
            sync_direction=report.direction,
            conflict=StockConflictView.of(report.conflict) if report.conflict else None,
            sync_timestamp=report.at,
        )


class WoocommerceOrderView(View, frozen=True, kw_only=True):
    """An order, as the store wrote it down. ``order_number`` is ours."""

    success: bool
    order_id: str
    order_number: str
    woocommerce_order_id: int
    woocommerce_order_number: str
    status: str
    total: str
    currency: str
    order_url: str
    created_at: Moment

    @classmethod
    def of(cls, placed: Placed) -> Self:
        order, link = placed.order, placed.link
        return cls(
            success=True,
            order_id=order.id,
            order_number=order.order_number,
            woocommerce_order_id=link.woo_id or 0,
            woocommerce_order_number=link.number,
            status=link.status,
            total=link.total,
            currency=link.currency,
            order_url=placed.page,
            created_at=link.placed_at or link.started_at,
        )


class SyncFailureView(View, frozen=True, kw_only=True):
    product_id: str
    error: str
    message: str


class CatalogueSyncView(View, frozen=True, kw_only=True):
    """A run through the catalogue. ``done`` and ``failed`` add up to how far it has come."""

    sync_id: str
    status: SyncStatus
    total: int
    done: int
    failed: int
    failures: list[SyncFailureView]
    error: str | None
    started_at: Moment
    finished_at: Moment | None

    @classmethod
    def of(cls, sync: CatalogueSync) -> Self:
        return cls(
            sync_id=sync.id,
            status=SyncStatus(sync.status),
            total=sync.total,
            done=sync.done,
            failed=sync.failed,
            failures=[SyncFailureView(**failure) for failure in sync.failures],
            error=sync.error,
            started_at=sync.started_at,
            finished_at=sync.finished_at,
        )


class CatalogueSyncList(Listing[CatalogueSyncView], frozen=True, kw_only=True):
    """A page of runs through the catalogue."""
