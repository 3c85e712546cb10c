"""What is sent about products."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from app.errors import ValidationFailed
from app.patterns import pattern
from app.resources.prices import (
    Bound,
    Cents,
    Currency,
    MajorUnits,
    at_least,
    at_most,
    minor_units,
)
from app.schema import WHOLE, Input, Line, Metadata, Omissible, Paging, Paragraph, Text, Uuid
from domain.catalog.details import ProductFilter, ProductOrder
from domain.catalog.models import MAX_STOCK
from domain.catalog.service import NewProduct, NewVariant

Stock = Annotated[int, Field(ge=0, le=MAX_STOCK), WHOLE]
_IMAGE = pattern(
    r"^https?://[!-~]+$", "an http or https address, such as https://example.com/1.jpg"
)
ImageUrl = Annotated[str, Field(max_length=2000, pattern=_IMAGE)]


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
    q: Annotated[
        Text,
        Field(min_length=1, max_length=200, description="Words; the last may be unfinished."),
    ]
    sort: Literal[
        "relevance", "created_at", "-created_at", "price", "-price", "title", "-title"
    ] = "relevance"
