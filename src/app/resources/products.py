from app.errors import ValidationFailed
from app.http import Request
from app.operation import operation
from app.resources.product_inputs import (
    AddProduct,
    ListProducts,
    MoveStock,
    ReviseProduct,
    SearchProducts,
)
from app.resources.product_views import ProductList, ProductView
from domain.catalog.details import ProductOrder
from domain.catalog.errors import NegativeStock, ProductNotFound, SkuTaken, VariantNotFound
from domain.catalog.service import CatalogService
from domain.identity.caller import Access


class Products:
    """What the shop sells."""

    def __init__(self, catalog: CatalogService, default_currency: str) -> None:
        self._catalog = catalog
        self._default_currency = default_currency

    @operation(access=Access.ANYONE, cached=True)
    async def on_get(self, req: Request, query: ListProducts) -> ProductList:
        """List what is for sale."""
        which = query.filter(ProductOrder(query.sort), self._default_currency)
        page = await self._catalog.page(which, query.part)
        return ProductList.of(page, ProductView.of)

    @operation(access=Access.ANYONE, cached=True)
    async def on_get_search(self, req: Request, query: SearchProducts) -> ProductList:
        """Search by words, best first; unfinished and mistyped ones are understood."""
        which = query.filter(ProductOrder(query.sort), self._default_currency)
        page = await self._catalog.search(query.q, which, query.part)
        return ProductList.of(page, ProductView.of)

    @operation(access=Access.ANYONE, cached=True, raises=[ProductNotFound])
    async def on_get_product(self, req: Request, product_id: str) -> ProductView:
        """Show one product."""
        return ProductView.of(await self._catalog.get(product_id))

    @operation(access=Access.ADMIN, status=201, raises=[SkuTaken])
    async def on_post(self, req: Request, body: AddProduct) -> ProductView:
        """Start selling a product."""
        return ProductView.of(await self._catalog.add(body.product(self._default_currency)))

    @operation(access=Access.ADMIN, raises=[ProductNotFound])
    async def on_patch_product(
        self, req: Request, product_id: str, body: ReviseProduct
    ) -> ProductView:
        """Change a product; price and stock are those of its default variant."""
        currency = await self._catalog.currency_of(product_id)
        changes = body.changes(currency)
        return ProductView.of(await self._catalog.revise(product_id, changes, body.stock))

    on_post_admin = on_post
    on_patch_admin_product = on_patch_product

    @operation(access=Access.ADMIN, status=204, raises=[ProductNotFound])
    async def on_delete_product(self, req: Request, product_id: str) -> None:
        """Take a product off the shelves; orders keep showing it."""
        await self._catalog.withdraw(product_id)

    @operation(access=Access.ADMIN, raises=[ProductNotFound, VariantNotFound, NegativeStock])
    async def on_patch_stock(self, req: Request, product_id: str, body: MoveStock) -> ProductView:
        """Set a stock, or move it up or down; it never falls below zero."""
        if (body.stock is None) == (body.delta is None):
            raise ValidationFailed({"stock": "give either stock or delta"})
        return ProductView.of(
            await self._catalog.restock(
                product_id, body.variant_id, stock=body.stock, delta=body.delta
            )
        )
