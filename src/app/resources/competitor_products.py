from typing import Annotated, Self

import msgspec
from pydantic import Field

from app.http import Request
from app.operation import operation
from app.schema import Listing, Major, Minor, Moment, Omissible, Paging, Text, Uuid, View
from domain.competitor.errors import CompetitorNotFound, CompetitorProductNotFound
from domain.competitor.listing import (
    LISTED_POINTS,
    Price,
    ProductFilter,
    ProductOrder,
    TrackedProduct,
)
from domain.competitor.models import ProductStatus
from domain.competitor.products import CompetitorProductService


class ListOfCompetitor(Paging):
    status: Omissible[ProductStatus] = None
    sort_by: ProductOrder = Field(
        default=ProductOrder.LAST_SEEN,
        description="`price` and `title` ascend, `last_seen` and `first_seen` descend.",
    )
    q: Annotated[
        Text, Field(max_length=200, description="Words of the title; each may be unfinished.")
    ] = ""

    def filter(self, competitor_id: str | None) -> ProductFilter:
        return ProductFilter(competitor_id, self.status, self.q, self.sort_by)


class ListTracked(ListOfCompetitor):
    competitor_id: Omissible[Uuid] = None


class PricePointView(View, frozen=True, kw_only=True):
    """A price from that moment until the next point."""

    date: Moment
    price: Major
    price_cents: Minor
    currency: str

    @classmethod
    def of(cls, point: Price) -> Self:
        at, price = point
        return cls(date=at, price=price.major, price_cents=price.amount, currency=price.currency)


class CompetitorProductView(View, frozen=True, kw_only=True):
    """What a competitor sells, as it was seen last."""

    id: str
    competitor_id: str
    competitor_name: str
    title: str
    url: str
    image_url: str | None
    price: Major | None
    price_cents: Minor | None
    currency: str | None
    in_stock: bool
    brand: str | None
    gtin: str | None
    sku: str | None
    status: ProductStatus
    first_seen: Moment
    last_seen: Moment
    price_history: Annotated[
        list[PricePointView],
        msgspec.Meta(
            description="One point for each change, the first sight included, oldest first. "
            f"Lists show the latest {LISTED_POINTS}."
        ),
    ]
    created_at: Moment
    updated_at: Moment

    @classmethod
    def of(cls, product: TrackedProduct) -> Self:
        price = product.price
        return cls(
            id=product.id,
            competitor_id=product.competitor_id,
            competitor_name=product.competitor_name,
            title=product.title,
            url=product.url,
            image_url=product.image_url,
            price=price.major if price else None,
            price_cents=price.amount if price else None,
            currency=price.currency if price else None,
            in_stock=product.in_stock,
            brand=product.brand,
            gtin=product.gtin,
            sku=product.sku,
            status=ProductStatus(product.status),
            first_seen=product.first_seen,
            last_seen=product.last_seen,
            price_history=[PricePointView.of(point) for point in product.history],
            created_at=product.created_at,
            updated_at=product.updated_at,
        )


class CompetitorProductList(Listing[CompetitorProductView], frozen=True, kw_only=True):
    """A page of competitors' products."""


class CompetitorProducts:
    """What competitors sell, and at what price."""

    def __init__(self, products: CompetitorProductService) -> None:
        self._products = products

    @operation()
    async def on_get(self, req: Request, query: ListTracked) -> CompetitorProductList:
        """List what one's competitors sell."""
        which = query.filter(query.competitor_id)
        page = await self._products.page(req.caller, which, query.part)
        return CompetitorProductList.of(page, CompetitorProductView.of)

    @operation(raises=[CompetitorNotFound])
    async def on_get_of_competitor(
        self, req: Request, competitor_id: str, query: ListOfCompetitor
    ) -> CompetitorProductList:
        """List what a competitor sells."""
        which = query.filter(competitor_id)
        page = await self._products.of_competitor(req.caller, competitor_id, which, query.part)
        return CompetitorProductList.of(page, CompetitorProductView.of)

    @operation(raises=[CompetitorProductNotFound])
    async def on_get_product(self, req: Request, product_id: str) -> CompetitorProductView:
        """Show a competitor's product with the whole history of its price."""
        return CompetitorProductView.of(await self._products.get(req.caller, product_id))
