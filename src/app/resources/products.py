from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field

from app.errors import ValidationFailed
from app.http import Request
from app.operation import operation
from app.resources.prices import (
    Bound,
    Cents,
    Currency,
    MajorUnits,
    at_least,
    at_most,
    minor_units,
)
from app.schema import (
    WHOLE,
    Input,
    Line,
    Listing,
    Major,
    Metadata,
    Minor,
    Moment,
    Omissible,
    Paging,
    Paragraph,
    Uuid,
    View,
)
from common.pagination import Page, PageRequest
from domain.catalog.details import ProductDetails, ProductFilter, ProductOrder, VariantDetails
from domain.catalog.errors import NegativeStock, ProductNotFound, SkuTaken, VariantNotFound
from domain.catalog.models import MAX_STOCK
from domain.catalog.service import CatalogService, NewProduct, NewVariant
from domain.identity.caller import Access

Stock = Annotated[int, Field(ge=0, le=MAX_STOCK), WHOLE]
ImageUrl = Annotated[str, Field(max_length=2000, pattern=r"^https?://[!-~]+$")]


class VariantInput(Input):
    """Another form of the product, beside the default one, at its own price or the same."""

    title: Line
    sku: Line | None = None
    price: Omissible[MajorUnits] = None
    price_cents: Omissible[Cents] = None
    stock: Stock = 0
    image_url: ImageUrl | None = None
    metadata: Metadata = {}


class AddProduct(Input):
    model_config = ConfigDict(
        json_schema_extra={"anyOf": [{"required": ["price"]}, {"required": ["price_cents"]}]}
    )

    title: Line
    author: Line | None = None
    series: Line | None = None
    description: Paragraph | None = None
    price: Omissible[MajorUnits] = None
    price_cents: Omissible[Cents] = None
    currency: Omissible[Currency] = None
    stock: Stock = 0
    sku: Line | None = None
    image_url: ImageUrl | None = None
    metadata: Metadata = {}
    variants: Annotated[list[VariantInput], Field(max_length=100)] = []

    def product(self, default_currency: str) -> NewProduct:
        currency = self.currency or default_currency
        price = minor_units("price", self.price, self.price_cents, currency)
        if price is None:
            raise ValidationFailed({"price": "give price or price_cents"})
        first = NewVariant("Default", price, self.stock, self.sku)
        return NewProduct(
            title=self.title,
            currency=currency,
            author=self.author,
            series=self.series,
            description=self.description,
            image_url=self.image_url,
            attributes=self.metadata,
            variants=[first, *self._further_variants(price, currency)],
        )

    def _further_variants(self, default_price: int, currency: str) -> Iterator[NewVariant]:
        for number, given in enumerate(self.variants):
            name = f"variants.{number}.price"
            price = minor_units(name, given.price, given.price_cents, currency)
            yield NewVariant(
                title=given.title,
                price_amount=default_price if price is None else price,
                stock=given.stock,
                sku=given.sku,
                image_url=given.image_url,
                attributes=given.metadata,
            )


class ReviseProduct(Input):
    title: Omissible[Line] = None
    author: Line | None = None
    series: Line | None = None
    description: Paragraph | None = None
    price: Omissible[MajorUnits] = None
    price_cents: Omissible[Cents] = None
    stock: Omissible[Stock] = None
    image_url: ImageUrl | None = None
    metadata: Omissible[Metadata] = None
    is_active: Omissible[bool] = None

    def changes(self, currency: str) -> dict[str, Any]:
        """List what is to change, under the names the product knows it by."""
        given = {name: getattr(self, name) for name in self.model_fields_set}
        price = minor_units(
            "price", given.pop("price", None), given.pop("price_cents", None), currency
        )
        given.pop("stock", None)
        if price is not None:
            given["price_amount"] = price
        if "metadata" in given:
            given["attributes"] = given.pop("metadata")
        return given


class MoveStock(Input):
    """Give either ``stock`` or ``delta``."""

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [{"required": ["stock"]}, {"required": ["delta"]}]}
    )

    stock: Omissible[Stock] = None
    delta: Omissible[Annotated[int, Field(ge=-MAX_STOCK, le=MAX_STOCK), WHOLE]] = None
    variant_id: Omissible[Uuid] = None


class Filter(Paging):
    """Which products are wanted. Prices are in major units of ``currency``."""

    series: Omissible[Line] = None
    author: Omissible[Line] = None
    min_price: Omissible[Bound] = None
    max_price: Omissible[Bound] = None
    currency: Omissible[Currency] = None
    in_stock: Omissible[bool] = None

    def filter(self, sort: ProductOrder, default_currency: str) -> ProductFilter:
        currency = self.currency
        if self.min_price is not None or self.max_price is not None:
            currency = currency or default_currency
        return ProductFilter(
            series=self.series,
            author=self.author,
            currency=currency,
            min_price=at_least(self.min_price, currency or default_currency),
            max_price=at_most(self.max_price, currency or default_currency),
            in_stock=self.in_stock,
            sort=sort,
        )


class ListProducts(Filter):
    sort: Literal["created_at", "-created_at", "price", "-price", "title", "-title"] = "-created_at"


class SearchProducts(Filter):
    q: Annotated[Line, Field(max_length=200, description="Words; the last may be unfinished.")]
    sort: Literal[
        "relevance", "created_at", "-created_at", "price", "-price", "title", "-title"
    ] = "relevance"


class VariantView(View, frozen=True, kw_only=True):
    id: str
    title: str
    sku: str | None
    price: Major
    price_cents: Minor
    stock: int
    image_url: str | None
    metadata: dict[str, Any]
    is_default: bool

    @classmethod
    def of(cls, variant: VariantDetails) -> Self:
        return cls(
            id=variant.id,
            title=variant.title,
            sku=variant.sku,
            price=variant.price.major,
            price_cents=variant.price.amount,
            stock=variant.stock,
            image_url=variant.image_url,
            metadata=variant.attributes,
            is_default=variant.is_default,
        )


class ProductView(View, frozen=True, kw_only=True):
    """A product. Its price and stock are those of its default variant."""

    id: str
    title: str
    author: str | None
    series: str | None
    description: str | None
    price: Major
    price_cents: Minor
    currency: str
    stock: int
    is_active: bool
    image_url: str | None
    metadata: dict[str, Any]
    variants: list[VariantView]
    created_at: Moment
    updated_at: Moment

    @classmethod
    def of(cls, product: ProductDetails) -> Self:
        price = product.price
        return cls(
            id=product.id,
            title=product.title,
            author=product.author,
            series=product.series,
            description=product.description,
            price=price.major,
            price_cents=price.amount,
            currency=product.currency,
            stock=product.stock,
            is_active=product.is_active,
            image_url=product.image_url,
            metadata=product.attributes,
            variants=[VariantView.of(variant) for variant in product.variants],
            created_at=product.created_at,
            updated_at=product.updated_at,
        )


class ProductList(Listing[ProductView], frozen=True, kw_only=True):
    @classmethod
    def of(cls, page: Page[ProductDetails]) -> Self:
        return cls(
            items=[ProductView.of(product) for product in page.items],
            total=page.total,
            page=page.page,
            per_page=page.per_page,
        )


class Products:
    """What the shop sells."""

    def __init__(self, catalog: CatalogService, default_currency: str) -> None:
        self._catalog = catalog
        self._default_currency = default_currency

    @operation(access=Access.ANYONE, cached=True)
    async def on_get(self, req: Request, query: ListProducts) -> ProductList:
        """List what is for sale."""
        which = query.filter(ProductOrder(query.sort), self._default_currency)
        page = await self._catalog.page(which, PageRequest(query.page, query.per_page))
        return ProductList.of(page)

    @operation(access=Access.ANYONE, cached=True)
    async def on_get_search(self, req: Request, query: SearchProducts) -> ProductList:
        """Search by words, best first; unfinished and mistyped ones are understood."""
        which = query.filter(ProductOrder(query.sort), self._default_currency)
        reach = PageRequest(query.page, query.per_page)
        return ProductList.of(await self._catalog.search(query.q, which, reach))

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
