from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from common.clock import Clock
from common.errors import DomainError
from domain.catalog.errors import ProductNotFound
from domain.catalog.models import Product, Variant
from domain.database import Database
from domain.woocommerce.drafting import Wanted, picture_of, product_draft, variation_draft
from domain.woocommerce.errors import CurrencyDiffers, OutcomeUnknown, WooCommerceSkuTaken
from domain.woocommerce.models import ProductLink
from domain.woocommerce.options import Choices, choices_of
from domain.woocommerce.ports import WooTransaction, configured
from domain.woocommerce.store import Kind, ProductDraft, StoreProduct, VariationDraft


class ProductStore(Protocol):
    """Where products are sold as well."""

    async def currency(self) -> str | None:
        """Tell what the store sells in, as far as it says."""

    async def product(self, product_id: int) -> StoreProduct | None: ...

    async def products_of_sku(self, sku: str) -> list[StoreProduct]: ...

    async def products_like(self, title: str) -> list[StoreProduct]: ...

    async def save_product(self, draft: ProductDraft, product_id: int | None) -> StoreProduct:
        """Change a product, or make one; raises ``WooCommerceSkuTaken``."""

    async def variations(self, product_id: int) -> list[StoreProduct]: ...

    async def save_variations(
        self, product_id: int, drafts: Sequence[VariationDraft]
    ) -> list[StoreProduct]:
        """Change or make variations; they come back in the order given."""


@dataclass(frozen=True, slots=True)
class Synced:
    """A product that is in the store now, and which of its variations is which variant."""

    product_id: str
    woo_id: int
    fields: list[str]
    variations: dict[str, int]
    at: datetime


type _Saved = list[tuple[Variant, StoreProduct]]


class ProductSyncService:
    """Makes products in the store what they are here.

    One sync of a product at a time: the claim in its link is written before the store is asked
    for anything, and whoever finds an old one looks in the store for what became of it.
    """

    def __init__(
        self, database: Database[WooTransaction], store: ProductStore | None, clock: Clock
    ) -> None:
        self._database = database
        self._store = store
        self._clock = clock

    def check(self) -> None:
        """Raise if there is no store."""
        configured(self._store)

    async def sync(self, product_id: str, wanted: Wanted) -> Synced:
        """Make or change the product in the store, with all its variants."""
        store = configured(self._store)
        product, link = await self._claim(product_id, wanted)
        try:
            return await self._carry_over(store, product, link, wanted)
        except OutcomeUnknown:
            raise  # the claim holds until what was asked for can be found, or will not be
        except DomainError:
            await self._release(product_id)
            raise

    async def _claim(self, product_id: str, wanted: Wanted) -> tuple[Product, ProductLink]:
        async def unit(tx: WooTransaction) -> tuple[Product, ProductLink]:
            product = await tx.catalog.get(product_id)
            if product is None:
                raise ProductNotFound(product_id=product_id)
            link = await tx.woo_products.get(product_id, lock=True)
            if link is None:
                link = ProductLink(product_id=product_id, created_at=self._clock())
                tx.woo_products.add(link)
            link.claim(self._clock())
            for variant in product.variants if wanted.inventory else ():
                if part := link.find(variant.id):
                    part.push(variant.stock, variant.ordered)
            return product, link

        return await self._database.write(unit)

    async def _release(self, product_id: str) -> None:
        async def unit(tx: WooTransaction) -> None:
            if link := await tx.woo_products.get(product_id, lock=True):
                link.release()
                for part in link.variants:
                    part.push(None, None)

        await self._database.write(unit)

    async def _carry_over(
        self, store: ProductStore, product: Product, link: ProductLink, wanted: Wanted
    ) -> Synced:
        currency = await store.currency()
        if currency and currency != product.currency:
            raise CurrencyDiffers(product=product.currency, store=currency)
        there = await _find(store, product, link)
        varied = len(product.variants) > 1 or (there is not None and there.kind is Kind.VARIABLE)
        choices = choices_of(product.variants) if varied else None
        draft = product_draft(product, link, there, choices, wanted)
        saved = await store.save_product(draft, there.id if there else None)
        link = await self._link(product, saved, draft, varied=varied)
        variants: _Saved = [(product.default_variant, saved)]
        if choices:
            variants = await _save_variations(store, product, link, saved.id, choices, wanted)
        await self._finish(product.id, variants, wanted, varied=varied)
        carried = {
            "inventory": wanted.inventory,
            "images": wanted.images,
            "metadata": wanted.metadata,
            "variants": varied,
        }
        return Synced(
            product_id=product.id,
            woo_id=saved.id,
            fields=[
                "name",
                "description",
                "price",
                *(name for name, is_so in carried.items() if is_so),
            ],
            variations={variant.id: there.id for variant, there in variants} if varied else {},
            at=self._clock(),
        )

    async def _link(
        self, product: Product, saved: StoreProduct, draft: ProductDraft, *, varied: bool
    ) -> ProductLink:
        """Write down at once which product of the store it is."""

        async def unit(tx: WooTransaction) -> ProductLink:
            link = await self._known(tx, product.id)
            link.stand_for(saved.id)
            if draft.pictures is not None:
                url = picture_of(product, None if varied else product.default_variant)
                link.picture_url = url
                link.picture_id = saved.pictures[0] if url and saved.pictures else None
            return link

        return await self._database.write(unit)

    async def _finish(
        self, product_id: str, variants: _Saved, wanted: Wanted, *, varied: bool
    ) -> None:
        async def unit(tx: WooTransaction) -> None:
            now = self._clock()
            link = await self._known(tx, product_id)
            for variant, there in variants:
                part = link.part(variant.id, variant.ordered)
                part.woo_id = there.id if varied else None
                if varied and wanted.images and variant.image_url:
                    part.picture_url = variant.image_url
                    part.picture_id = there.pictures[0] if there.pictures else None
                part.push(None, None)
                if wanted.inventory and there.stock.quantity == variant.stock:
                    part.agree(variant.stock, variant.ordered, now)
                    part.pushed_at = there.stock.changed_at
            link.synced_at = now
            link.release()

        await self._database.write(unit)

    async def _known(self, tx: WooTransaction, product_id: str) -> ProductLink:
        link = await tx.woo_products.get(product_id, lock=True)
        if link is None:
            raise ProductNotFound(product_id=product_id)
        return link


async def _find(store: ProductStore, product: Product, link: ProductLink) -> StoreProduct | None:
    """Find the product in the store: as linked, as marked by us, or by a SKU that nobody owns."""
    if link.woo_id and (known := await store.product(link.woo_id)):
        return known
    for like in await store.products_like(product.title):
        if like.owner == product.id:
            return like
    for variant in product.variants:
        if not variant.sku:
            continue
        for same in await store.products_of_sku(variant.sku):
            whole = await store.product(same.parent_id) if same.parent_id else same
            if whole is None or whole.kind is Kind.OTHER or whole.owner not in (None, product.id):
                raise WooCommerceSkuTaken(sku=variant.sku, woocommerce_product_id=same.id)
            return whole
    return None


async def _save_variations(
    store: ProductStore,
    product: Product,
    link: ProductLink,
    woo_id: int,
    choices: Sequence[Choices],
    wanted: Wanted,
) -> _Saved:
    present = await store.variations(woo_id)
    drafts = []
    for variant, chosen in zip(product.variants, choices, strict=True):
        part = link.find(variant.id)
        there = _variation_of(variant, part.woo_id if part else None, present)
        drafts.append(variation_draft(product, variant, chosen, part, there, wanted))
    saved = await store.save_variations(woo_id, drafts)
    return list(zip(product.variants, saved, strict=True))


def _variation_of(
    variant: Variant, woo_id: int | None, present: Sequence[StoreProduct]
) -> StoreProduct | None:
    """Find a variant's variation: as linked, as marked by us, or by a SKU that nobody owns."""
    linked = [each for each in present if each.id == woo_id]
    marked = [each for each in present if each.owner == variant.id]
    free = [each for each in present if each.owner is None and each.sku]
    named = [each for each in free if each.sku == variant.sku]
    return next(iter((*linked, *marked, *named)), None)
