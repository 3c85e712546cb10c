from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Self

import msgspec

from app.http import Request
from app.operation import operation
from app.schema import Listing, Major, Minor, Moment, Paging, View
from common.pagination import Page, PageRequest
from domain.billing.errors import PlanLimitExceeded
from domain.competitor.errors import CompetitorProductNotFound
from domain.limits import Category
from domain.source.errors import SourceSearchNotFound, SourceSearchRunning
from domain.source.models import SearchStatus, SourceSearch
from domain.source.ports import Sourced
from domain.source.searches import SourceSearchService
from domain.source.service import SourceService

_WHOLE = PageRequest(1, 20)


class SourceView(View, frozen=True, kw_only=True):
    """An offer that may be the same thing as a competitor's product."""

    id: str
    product_id: str
    supplier: str
    title: str
    url: str | None
    price: Major
    price_cents: Minor
    currency: str
    confidence_score: Annotated[
        Decimal, msgspec.Meta(description="How sure it is that they are the same, from 0 to 1.")
    ]
    margin_percent: Annotated[
        Decimal | None,
        msgspec.Meta(
            description="What selling at the competitor's present price would leave, in percent "
            "of it; null, where the currencies differ."
        ),
    ]
    rank: Annotated[int, msgspec.Meta(description="Counts from 1.")]
    matched_at: Moment

    @classmethod
    def of(cls, ranked: tuple[int, Sourced]) -> Self:
        rank, source = ranked
        margin = source.margin_hundredths
        return cls(
            id=source.id,
            product_id=source.product_id,
            supplier=source.supplier,
            title=source.title,
            url=source.url,
            price=source.price.major,
            price_cents=source.price.amount,
            currency=source.price.currency,
            confidence_score=Decimal(source.confidence) / 100,
            margin_percent=None if margin is None else Decimal(margin) / 100,
            rank=rank,
            matched_at=source.matched_at,
        )


class SourceList(Listing[SourceView], frozen=True, kw_only=True):
    """A page of sources, the likeliest and the most profitable first."""


class SourceSearchView(View, frozen=True, kw_only=True):
    """A search for sources of everything that is tracked, as far as it has come."""

    id: str
    status: SearchStatus
    products_count: Annotated[int, msgspec.Meta(description="Products that were looked for.")]
    sources_count: Annotated[int, msgspec.Meta(description="Sources that were found for them.")]
    error: str | None
    created_at: Moment
    completed_at: Moment | None

    @classmethod
    def of(cls, search: SourceSearch) -> Self:
        shown = {name: getattr(search, name) for name in cls.__struct_fields__}
        return cls(**shown | {"status": SearchStatus(search.status)})


class Sources:
    """Who supplies what competitors sell, and what that would earn."""

    def __init__(self, sources: SourceService, searches: SourceSearchService) -> None:
        self._sources = sources
        self._searches = searches

    @operation(
        status=201, raises=[PlanLimitExceeded, CompetitorProductNotFound], limit=Category.SYNC
    )
    async def on_post(self, req: Request, product_id: str) -> SourceList:
        """Find sources of a competitor's product now, among one's suppliers' feeds.

        At most 20 are kept, in the place of those that were found before.
        """
        return _listed(await self._sources.find(req.caller, product_id), _WHOLE)

    @operation(raises=[CompetitorProductNotFound])
    async def on_get(self, req: Request, product_id: str, query: Paging) -> SourceList:
        """List the sources that were found for a competitor's product."""
        return _listed(await self._sources.of(req.caller, product_id), query.part)

    @operation(status=202, raises=[PlanLimitExceeded, SourceSearchRunning], limit=Category.SYNC)
    async def on_post_bulk(self, req: Request) -> SourceSearchView:
        """Have sources found for all that one's competitors sell."""
        return SourceSearchView.of(await self._searches.start(req.caller))

    @operation(raises=[SourceSearchNotFound])
    async def on_get_search(self, req: Request, search_id: str) -> SourceSearchView:
        """Show how far a search for sources has come."""
        return SourceSearchView.of(await self._searches.get(req.caller, search_id))


def _listed(found: Sequence[Sourced], part: PageRequest) -> SourceList:
    ranked = list(enumerate(found, 1))
    shown = ranked[part.offset : part.offset + part.per_page]
    return SourceList.of(Page(shown, len(ranked), part.page, part.per_page), SourceView.of)
