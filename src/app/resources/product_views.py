"""What is shown of products."""

from typing import Any, Self

from app.schema import Listing, Major, Minor, Moment, View
from domain.catalog.details import ProductDetails, VariantDetails


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
    """A page of products."""
