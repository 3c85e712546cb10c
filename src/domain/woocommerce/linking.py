"""What is written down while a product is brought over."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from common.clock import Clock
from domain.catalog.errors import ProductNotFound
from domain.catalog.models import Product, Variant
from domain.database import Database
from domain.woocommerce.drafting import Wanted, picture_of
from domain.woocommerce.models import ProductLink
from domain.woocommerce.ports import WooTransaction
from domain.woocommerce.store import ProductDraft, StoreProduct


@dataclass(slots=True)
class Claim:
    """The right to bring a product over, and its link as it was last written."""

    product: Product
    wanted: Wanted
    link: ProductLink


class Linking:
    """Keeps links, each step in a transaction of its own, between the calls of the store."""

    def __init__(self, database: Database[WooTransaction], clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def claim(self, product_id: str, wanted: Wanted) -> Claim:
        """Keep other syncs of the product out; raises ``WooCommerceBusy``."""

        async def unit(tx: WooTransaction) -> Claim:
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
            return Claim(product, wanted, link)

        return await self._database.write(unit)

    async def renew(self, claim: Claim) -> None:
        """Hold a claim for longer: what comes next may make something."""

        def renew(link: ProductLink) -> None:
            link.renew(claim.link.busy_until, self._clock())

        await self._change(claim, renew)

    async def link(
        self, claim: Claim, saved: StoreProduct, draft: ProductDraft, only: Variant | None
    ) -> None:
        """Write down at once which product of the store it is."""

        def stand(link: ProductLink) -> None:
            link.stand_for(saved.id)
            if draft.pictures is not None:
                url = picture_of(claim.product, only)
                link.picture_url = url
                link.picture_id = saved.pictures[0] if url and saved.pictures else None

        await self._change(claim, stand)

    async def finish(
        self, claim: Claim, variants: Sequence[tuple[Variant, StoreProduct]], *, varied: bool
    ) -> None:
        """Write down what each variant is in the store, and on which stock both agree."""

        def agree(link: ProductLink) -> None:
            now = self._clock()
            for variant, there in variants:
                part = link.part(variant.id, variant.ordered)
                part.woo_id = there.id if varied else None
                if varied and claim.wanted.images and variant.image_url:
                    part.picture_url = variant.image_url
                    part.picture_id = there.pictures[0] if there.pictures else None
                part.push(None, None)
                if claim.wanted.inventory and there.stock.quantity == variant.stock:
                    part.agree(variant.stock, variant.ordered, now)
                    part.pushed_at = there.stock.changed_at
            link.synced_at = now
            link.release(claim.link.busy_until)

        await self._change(claim, agree)

    async def release(self, claim: Claim) -> None:
        """Give up, after the store did not do what was asked."""

        def release(link: ProductLink) -> None:
            link.release(claim.link.busy_until)
            for part in link.variants:
                part.push(None, None)

        await self._change(claim, release)

    async def _change(self, claim: Claim, change: Callable[[ProductLink], None]) -> None:
        async def unit(tx: WooTransaction) -> ProductLink:
            link = await tx.woo_products.get(claim.product.id, lock=True)
            if link is None:
                raise ProductNotFound(product_id=claim.product.id)
            change(link)
            return link

        claim.link = await self._database.write(unit)
