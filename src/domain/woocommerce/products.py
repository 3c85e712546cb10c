from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import batched
from typing import Protocol

from common.clock import Clock
from common.errors import DomainError
from domain.catalog.models import Variant
from domain.database import Database
from domain.woocommerce.drafting import Wanted, product_draft, variation_draft
from domain.woocommerce.errors import CurrencyDiffers, OutcomeUnknown
from domain.woocommerce.finding import Finder, find_product, variation_of
from domain.woocommerce.linking import Claim, Linking
from domain.woocommerce.options import Choices, choices_of
from domain.woocommerce.ports import WooTransaction, configured
from domain.woocommerce.store import Kind, ProductDraft, StoreProduct, VariationDraft

_VARIATIONS_AT_ONCE = 25


class ProductStore(Finder, Protocol):
    """Where products are sold as well."""

    async def currency(self) -> str | None:
        """Tell what the store sells in, as far as it says."""

    async def save_product(self, draft: ProductDraft, product_id: int | None) -> StoreProduct:
        """Change a product, or make one; raises ``WooCommerceSkuTaken``."""

    async def variations(self, product_id: int) -> list[StoreProduct]: ...

    async def save_variations(
        self, product_id: int, drafts: Sequence[VariationDraft]
    ) -> list[StoreProduct]:
        """Change or make a few variations; they come back in the order given."""


@dataclass(frozen=True, slots=True)
class Synced:
    """A product that is in the store now, and which of its variations is which variant."""

    product_id: str
    woo_id: int
    fields: list[str]
    variations: dict[str, int]
    at: datetime


class ProductSyncService:
    """Makes products in the store what they are here.

    One sync of a product at a time: the claim in its link is written before the store is asked
    for anything, and whoever finds an old one looks in the store for what became of it.
    """

    def __init__(
        self, database: Database[WooTransaction], store: ProductStore | None, clock: Clock
    ) -> None:
        self._links = Linking(database, clock)
        self._store = store
        self._clock = clock

    def check(self) -> None:
        """Raise if there is no store."""
        configured(self._store)

    async def sync(self, product_id: str, wanted: Wanted) -> Synced:
        """Make or change the product in the store, with all its variants."""
        store = configured(self._store)
        claim = await self._links.claim(product_id, wanted)
        try:
            return await self._carry_over(store, claim)
        except OutcomeUnknown:
            raise  # the claim holds until what was asked for can be found, or will not be
        except DomainError:
            await self._links.release(claim)
            raise

    async def _carry_over(self, store: ProductStore, claim: Claim) -> Synced:
        product = claim.product
        currency = await store.currency()
        if currency and currency != product.currency:
            raise CurrencyDiffers(product=product.currency, store=currency)
        there = await find_product(store, product, claim.link.woo_id)
        varied = len(product.variants) > 1 or (there is not None and there.kind is Kind.VARIABLE)
        choices = choices_of(product.variants) if varied else None
        draft = product_draft(product, claim.link, there, choices, claim.wanted)
        await self._links.renew(claim)
        saved = await store.save_product(draft, there.id if there else None)
        await self._links.link(claim, saved, draft, None if varied else product.default_variant)
        variants = [(product.default_variant, saved)]
        if choices:
            variants = await self._save_variations(store, claim, saved.id, choices)
        await self._links.finish(claim, variants, varied=varied)
        return Synced(
            product_id=product.id,
            woo_id=saved.id,
            fields=_fields(claim.wanted, varied=varied),
            variations={variant.id: there.id for variant, there in variants} if varied else {},
            at=self._clock(),
        )

    async def _save_variations(
        self, store: ProductStore, claim: Claim, woo_id: int, choices: Sequence[Choices]
    ) -> list[tuple[Variant, StoreProduct]]:
        product, present = claim.product, await store.variations(woo_id)
        drafts, saved = [], []
        for variant, chosen in zip(product.variants, choices, strict=True):
            part = claim.link.find(variant.id)
            there = variation_of(variant, part.woo_id if part else None, present)
            drafts.append(variation_draft(product, variant, chosen, part, there, claim.wanted))
        for some in batched(drafts, _VARIATIONS_AT_ONCE):
            await self._links.renew(claim)
            saved += await store.save_variations(woo_id, some)
        return list(zip(product.variants, saved, strict=True))


def _fields(wanted: Wanted, *, varied: bool) -> list[str]:
    carried = {
        "inventory": wanted.inventory,
        "images": wanted.images,
        "metadata": wanted.metadata,
        "variants": varied,
    }
    return ["name", "description", "price", *(name for name, is_so in carried.items() if is_so)]
