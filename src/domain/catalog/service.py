from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from common.clock import Clock
from common.pagination import Page, PageRequest
from domain.catalog.details import Offer, ProductDetails, ProductFilter
from domain.catalog.errors import NegativeStock, ProductNotFound, SkuTaken, VariantNotFound
from domain.catalog.models import MAX_STOCK, Product, Variant
from domain.database import Database


class CatalogRepository(Protocol):
    """Where products are kept."""

    def add(self, product: Product) -> None: ...

    async def get(self, product_id: str, *, lock: bool = False) -> Product | None: ...

    async def details(self, product_id: str) -> ProductDetails | None: ...

    async def page(self, which: ProductFilter, request: PageRequest) -> Page[ProductDetails]: ...

    async def search(
        self, text: str, which: ProductFilter, request: PageRequest
    ) -> Page[ProductDetails]:
        """Find products by words, best first, forgiving of unfinished and mistyped ones."""

    async def index(self, product: Product) -> None:
        """Make a stored product findable by its present words."""

    async def product_of_sku(self, sku: str) -> str | None:
        """Find the id of the product that has a variant with this SKU."""

    async def offer(self, product_id: str, variant_id: str | None) -> Offer | None:
        """Find a variant of a product, by default its default one."""

    async def offers(self, variant_ids: Sequence[str]) -> dict[str, Offer]: ...

    async def take_stock(self, variant_id: str, quantity: int) -> bool:
        """Take from stock if that much is there; tell whether it was."""

    async def return_stock(self, variant_id: str, quantity: int) -> None: ...

    async def set_stock(self, variant_id: str, stock: int) -> None: ...

    async def shift_stock(self, variant_id: str, delta: int) -> bool:
        """Add to or take from stock within its range; tell whether that was possible."""


class CatalogTransaction(Protocol):
    """What a catalogue unit of work reaches."""

    @property
    def catalog(self) -> CatalogRepository: ...


@dataclass(frozen=True, slots=True)
class NewVariant:
    title: str
    price_amount: int
    stock: int
    sku: str | None = None
    image_url: str | None = None
    attributes: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NewProduct:
    """A product to be sold. The first variant is the default one."""

    title: str
    currency: str
    variants: Sequence[NewVariant]
    author: str | None = None
    series: str | None = None
    description: str | None = None
    image_url: str | None = None
    attributes: dict[str, Any] = field(default_factory=dict)


class CatalogService:
    """Shows the catalogue to everyone, and lets administrators change it."""

    def __init__(self, database: Database[CatalogTransaction], clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def page(self, which: ProductFilter, request: PageRequest) -> Page[ProductDetails]:
        """List what is for sale."""
        return await self._database.read(lambda tx: tx.catalog.page(which, request))

    async def search(
        self, text: str, which: ProductFilter, request: PageRequest
    ) -> Page[ProductDetails]:
        """Find what is for sale by words, best first unless sorted otherwise."""
        return await self._database.read(lambda tx: tx.catalog.search(text, which, request))

    async def get(self, product_id: str) -> ProductDetails:
        """Return one product that is for sale."""
        product = await self._database.read(lambda tx: tx.catalog.details(product_id))
        if product is None or not product.is_active:
            raise ProductNotFound(product_id=product_id)
        return product

    async def id_of_sku(self, sku: str) -> str:
        """Tell which product has a variant with this SKU."""
        product_id = await self._database.read(lambda tx: tx.catalog.product_of_sku(sku))
        if product_id is None:
            raise ProductNotFound(product_id=sku)
        return product_id

    async def currency_of(self, product_id: str) -> str:
        """Tell what a product, for sale or not, is priced in."""
        return (await self._database.read(lambda tx: _details(tx, product_id))).currency

    async def add(self, new: NewProduct) -> ProductDetails:
        """Start selling a product; raises ``SkuTaken``."""

        async def unit(tx: CatalogTransaction) -> ProductDetails:
            now = self._clock()
            product = Product(
                title=new.title,
                currency=new.currency,
                author=new.author,
                series=new.series,
                description=new.description,
                image_url=new.image_url,
                attributes=new.attributes,
                created_at=now,
                updated_at=now,
            )
            skus = [variant.sku for variant in new.variants if variant.sku]
            for position, sku in enumerate(skus):
                if sku in skus[:position] or await tx.catalog.product_of_sku(sku):
                    raise SkuTaken(sku=sku)
            for variant in new.variants:
                product.offer(
                    Variant(
                        title=variant.title,
                        sku=variant.sku,
                        price_amount=variant.price_amount,
                        stock=variant.stock,
                        image_url=variant.image_url,
                        attributes=variant.attributes,
                    )
                )
            tx.catalog.add(product)
            await tx.catalog.index(product)
            return await _details(tx, product.id)

        return await self._database.write(unit)

    async def revise(
        self, product_id: str, changes: Mapping[str, Any], stock: int | None = None
    ) -> ProductDetails:
        """Change a product's description and price, and set the default variant's stock."""

        async def unit(tx: CatalogTransaction) -> ProductDetails:
            product = await revised(tx, product_id, changes, self._clock())
            if stock is not None:
                await tx.catalog.set_stock(product.default_variant.id, stock)
            return await _details(tx, product_id)

        return await self._database.write(unit)

    async def withdraw(self, product_id: str) -> None:
        """Take a product off the shelves."""

        async def unit(tx: CatalogTransaction) -> None:
            product = await _product(tx, product_id)
            if not product.is_active:
                raise ProductNotFound(product_id=product_id)
            product.withdraw(self._clock())

        await self._database.write(unit)

    async def restock(
        self,
        product_id: str,
        variant_id: str | None,
        *,
        stock: int | None = None,
        delta: int | None = None,
    ) -> ProductDetails:
        """Set a variant's stock, or move it by ``delta``; raises ``NegativeStock``."""

        async def unit(tx: CatalogTransaction) -> ProductDetails:
            product = await _product(tx, product_id)
            chosen = variant_id or product.default_variant.id
            if chosen not in {variant.id for variant in product.variants}:
                raise VariantNotFound(variant_id=chosen)
            if stock is not None:
                await tx.catalog.set_stock(chosen, stock)
            if delta is not None and not await tx.catalog.shift_stock(chosen, delta):
                raise NegativeStock(maximum=MAX_STOCK)
            product.updated_at = self._clock()
            return await _details(tx, product_id)

        return await self._database.write(unit)


async def revised(
    tx: CatalogTransaction, product_id: str, changes: Mapping[str, Any], now: datetime
) -> Product:
    """Change what a product is described by, as part of a unit of work, and what finds it."""
    product = await _product(tx, product_id)
    product.revise(changes, now)
    await tx.catalog.index(product)
    return product


async def _product(tx: CatalogTransaction, product_id: str) -> Product:
    product = await tx.catalog.get(product_id, lock=True)
    if product is None:
        raise ProductNotFound(product_id=product_id)
    return product


async def _details(tx: CatalogTransaction, product_id: str) -> ProductDetails:
    details = await tx.catalog.details(product_id)
    if details is None:
        raise ProductNotFound(product_id=product_id)
    return details
