"""Which product of the store is ours: nothing there has a key that we gave it."""

from collections.abc import Sequence
from typing import Protocol

from domain.catalog.models import Product, Variant
from domain.woocommerce.errors import WooCommerceSkuTaken
from domain.woocommerce.store import Kind, StoreProduct


class Finder(Protocol):
    """Ways to look for a product."""

    async def product(self, product_id: int) -> StoreProduct | None: ...

    async def products_of_sku(self, sku: str) -> list[StoreProduct]: ...

    async def products_like(self, title: str) -> list[StoreProduct]:
        """List the newest products whose words these are."""


async def find_product(store: Finder, product: Product, woo_id: int | None) -> StoreProduct | None:
    """Find the product in the store: as linked, as marked by us, or by a SKU that nobody owns."""
    if woo_id and (known := await store.product(woo_id)):
        return known
    for like in await store.products_like(product.title):
        if like.owner == product.id:
            return like
    for sku in (variant.sku for variant in product.variants if variant.sku):
        for same in await store.products_of_sku(sku):
            whole = await store.product(same.parent_id) if same.parent_id else same
            if whole is None or whole.kind is Kind.OTHER or whole.owner not in (None, product.id):
                raise WooCommerceSkuTaken(sku=sku, woocommerce_product_id=same.id)
            return whole
    return None


def variation_of(
    variant: Variant, woo_id: int | None, present: Sequence[StoreProduct]
) -> StoreProduct | None:
    """Find a variant's variation: as linked, as marked by us, or by a SKU that nobody owns."""
    linked = [each for each in present if each.id == woo_id]
    marked = [each for each in present if each.owner == variant.id]
    free = [each for each in present if each.owner is None and each.sku]
    named = [each for each in free if each.sku == variant.sku]
    return next(iter((*linked, *marked, *named)), None)
