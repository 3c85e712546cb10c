from typing import Annotated, Protocol

from pydantic import ConfigDict, Field

from app.errors import ValidationFailed
from app.http import Request
from app.operation import operation
from app.patterns import pattern
from app.resources.checkout import Part, ShippingAddress, shipped_to
from app.resources.product_inputs import Stock
from app.resources.users import Email
from app.resources.woocommerce_views import (
    CatalogueSyncList,
    CatalogueSyncView,
    SyncedInventoryView,
    SyncedProductView,
    WoocommerceOrderView,
)
from app.schema import Input, Omissible, Paging, Uuid
from common.ids import FOREIGN
from domain.catalog.errors import ProductNotFound, VariantNotFound
from domain.identity.caller import Access
from domain.limits import Category
from domain.order.errors import OrderNotFound
from domain.woocommerce.catalogue import CatalogueSyncService
from domain.woocommerce.drafting import Wanted
from domain.woocommerce.errors import (
    CatalogueSyncNotFound,
    CatalogueSyncRunning,
    CurrencyDiffers,
    OrderNotPaid,
    ProductNotSynced,
    StockNotManaged,
    WooCommerceBusy,
    WooCommerceNotConfigured,
    WooCommerceSkuTaken,
    WooCommerceSyncFailed,
)
from domain.woocommerce.inventory import InventorySyncService, StockRequest
from domain.woocommerce.orders import OrderReference, Recipient, WooOrderService
from domain.woocommerce.products import ProductSyncService
from domain.woocommerce.stock import Direction
from domain.woocommerce.store import Customer

_STORE = (WooCommerceNotConfigured, WooCommerceSyncFailed)
_NAMES = ("order_id", "stripe_session_id", "cart_id")


class SyncProduct(Input):
    """Name, description, price and variants always go; the rest unless it is switched off."""

    product_id: Uuid
    sync_inventory: bool = True
    sync_images: bool = True
    sync_metadata: bool = True


class SyncInventory(Input):
    """A ``quantity`` sets our stock first. Without a variant it is the default one's."""

    model_config = ConfigDict(
        json_schema_extra={
            "not": {
                "required": ["quantity", "sync_direction"],
                "properties": {"sync_direction": {"const": Direction.FROM_STORE.value}},
            }
        }
    )

    product_id: Uuid
    variant_id: Omissible[Uuid] = None
    quantity: Omissible[Stock] = None
    sync_direction: Direction = Field(default=Direction.TO_STORE, strict=False)

    def asked(self) -> StockRequest:
        if self.quantity is not None and self.sync_direction is Direction.FROM_STORE:
            raise ValidationFailed({"quantity": "contradicts from_woocommerce, which brings one"})
        return StockRequest(self.product_id, self.variant_id, self.sync_direction, self.quantity)


class CustomerInput(Input):
    email: Email
    first_name: Omissible[Part] = None
    last_name: Omissible[Part] = None
    phone: Omissible[Part] = None

    def customer(self) -> Customer:
        return Customer(self.email, self.first_name or "", self.last_name or "", self.phone or "")


class CreateWoocommerceOrder(Input):
    """Name the paid order by its id, its payment session or intent, or its cart.

    Customer and shipping address are the order's own where they are left out.
    """

    model_config = ConfigDict(
        json_schema_extra={"anyOf": [{"required": [each]} for each in _NAMES]}
    )

    order_id: Omissible[Uuid] = None
    stripe_session_id: Omissible[
        Annotated[
            str,
            Field(
                pattern=pattern(f"^{FOREIGN}$", "an id that Stripe gave"),
                examples=["cs_test_abc123"],
            ),
        ]
    ] = None
    cart_id: Omissible[Uuid] = None
    customer: Omissible[CustomerInput] = None
    shipping: Omissible[ShippingAddress] = None

    def reference(self) -> OrderReference:
        if not any(getattr(self, name) for name in _NAMES):
            raise ValidationFailed({"order_id": f"give one of {', '.join(_NAMES)}"})
        return OrderReference(self.order_id, self.stripe_session_id, self.cart_id)

    def recipient(self) -> Recipient:
        return Recipient(
            self.customer.customer() if self.customer else None, shipped_to(self.shipping)
        )


class Services(Protocol):
    """What keeps the store in step."""

    @property
    def products(self) -> ProductSyncService: ...

    @property
    def inventory(self) -> InventorySyncService: ...

    @property
    def orders(self) -> WooOrderService: ...

    @property
    def catalogue(self) -> CatalogueSyncService: ...


class WooCommerce:
    """Selling the same things in a WooCommerce store as well."""

    def __init__(self, services: Services) -> None:
        self._services = services

    @operation(
        access=Access.ADMIN,
        limit=Category.SYNC,
        resumable=True,
        raises=[*_STORE, ProductNotFound, WooCommerceSkuTaken, WooCommerceBusy, CurrencyDiffers],
    )
    async def on_post_product(self, req: Request, body: SyncProduct) -> SyncedProductView:
        """Make a product in the store what it is here.

        It is found by what we linked before, by our mark on it, or by its SKU; else it is made.
        """
        wanted = Wanted(body.sync_inventory, body.sync_images, body.sync_metadata)
        return SyncedProductView.of(await self._services.products.sync(body.product_id, wanted))

    @operation(
        access=Access.ADMIN,
        limit=Category.SYNC,
        resumable=True,
        raises=[*_STORE, ProductNotFound, VariantNotFound, ProductNotSynced, StockNotManaged],
    )
    async def on_post_inventory(self, req: Request, body: SyncInventory) -> SyncedInventoryView:
        """Bring a variant's stock over, in one direction or to whatever changed last.

        What our orders hold that the store has not heard of is taken off its number.
        """
        return SyncedInventoryView.of(await self._services.inventory.sync(body.asked()))

    @operation(
        access=Access.ADMIN,
        limit=Category.SYNC,
        status=201,
        resumable=True,
        raises=[*_STORE, OrderNotFound, OrderNotPaid, WooCommerceBusy],
    )
    async def on_post_order(
        self, req: Request, body: CreateWoocommerceOrder
    ) -> WoocommerceOrderView:
        """Place a paid order in the store, once: asked again, it is the same one."""
        return WoocommerceOrderView.of(
            await self._services.orders.create(body.reference(), body.recipient())
        )

    @operation(
        access=Access.ADMIN,
        limit=Category.SYNC,
        status=202,
        raises=[WooCommerceNotConfigured, CatalogueSyncRunning],
    )
    async def on_post_catalogue(self, req: Request) -> CatalogueSyncView:
        """Bring the whole catalogue over, in the background."""
        return CatalogueSyncView.of(await self._services.catalogue.start())

    @operation(access=Access.ADMIN)
    async def on_get_syncs(self, req: Request, query: Paging) -> CatalogueSyncList:
        """List runs through the catalogue, the latest first."""
        page = await self._services.catalogue.page(query.part)
        return CatalogueSyncList.of(page, CatalogueSyncView.of)

    @operation(access=Access.ADMIN, raises=[CatalogueSyncNotFound])
    async def on_get_sync(self, req: Request, sync_id: str) -> CatalogueSyncView:
        """Show how far a run through the catalogue has come."""
        return CatalogueSyncView.of(await self._services.catalogue.get(sync_id))
