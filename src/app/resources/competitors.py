from typing import Annotated, Literal, Self

import msgspec

from app.http import Request
from app.operation import operation
from app.resources.store_urls import StoreUrl
from app.schema import Input, Line, Listing, Moment, Omissible, Paging, View
from domain.billing.errors import PlanLimitExceeded
from domain.competitor.errors import CompetitorNotFound, StoreAddressNotAllowed
from domain.competitor.models import Competitor, CompetitorStatus, Platform
from domain.competitor.service import CompetitorService


class AddCompetitor(Input):
    """A ``custom`` store may be built on anything: the scanner finds out."""

    name: Line
    url: StoreUrl
    platform: Platform = Platform.CUSTOM


class ChangeCompetitor(Input):
    """A ``paused`` competitor is not scanned by itself, an ``active`` one as the plan says."""

    name: Omissible[Line] = None
    url: Omissible[StoreUrl] = None
    platform: Omissible[Platform] = None
    status: Omissible[Literal["active", "paused"]] = None


class CompetitorView(View, frozen=True, kw_only=True):
    id: str
    user_id: str
    name: str
    url: str
    platform: Annotated[
        Platform,
        msgspec.Meta(description="What a `custom` store is built on is found out by its scans."),
    ]
    detected_platform: Annotated[
        Platform | None, msgspec.Meta(description="What a `custom` store was found to be built on.")
    ]
    status: Annotated[
        CompetitorStatus, msgspec.Meta(description="`error` says that the latest scan failed.")
    ]
    product_count: Annotated[
        int, msgspec.Meta(description="How many of its products were on sale at the latest scan.")
    ]
    last_scanned: Moment | None
    next_scan_at: Annotated[
        Moment | None,
        msgspec.Meta(description="When it is scanned by itself: never, while it is paused."),
    ]
    created_at: Moment
    updated_at: Moment

    @classmethod
    def of(cls, competitor: Competitor) -> Self:
        detected = competitor.detected_platform
        return cls(
            id=competitor.id,
            user_id=competitor.user_id,
            name=competitor.name,
            url=competitor.url,
            platform=competitor.built_on,
            detected_platform=Platform(detected) if detected else None,
            status=CompetitorStatus(competitor.status),
            product_count=competitor.product_count,
            last_scanned=competitor.last_scanned,
            next_scan_at=competitor.next_scan_at,
            created_at=competitor.created_at,
            updated_at=competitor.updated_at,
        )


class CompetitorList(Listing[CompetitorView], frozen=True, kw_only=True):
    """A page of competitors."""


class Competitors:
    """Stores that one keeps an eye on."""

    def __init__(self, competitors: CompetitorService) -> None:
        self._competitors = competitors

    @operation(status=201, raises=[PlanLimitExceeded, StoreAddressNotAllowed])
    async def on_post(self, req: Request, body: AddCompetitor) -> CompetitorView:
        """Keep an eye on a store. It is scanned by itself a minute later."""
        return CompetitorView.of(
            await self._competitors.add(req.caller, body.name, body.url, body.platform)
        )

    @operation()
    async def on_get(self, req: Request, query: Paging) -> CompetitorList:
        """List one's competitors, oldest first."""
        page = await self._competitors.page(req.caller, query.part)
        return CompetitorList.of(page, CompetitorView.of)

    @operation(raises=[CompetitorNotFound])
    async def on_get_competitor(self, req: Request, competitor_id: str) -> CompetitorView:
        """Show a competitor."""
        return CompetitorView.of(await self._competitors.get(req.caller, competitor_id))

    @operation(raises=[CompetitorNotFound, StoreAddressNotAllowed])
    async def on_patch_competitor(
        self, req: Request, competitor_id: str, body: ChangeCompetitor
    ) -> CompetitorView:
        """Change a competitor, pause it or go on.

        At another address or on another platform it is scanned anew; a scan under way ends.
        """
        changed = await self._competitors.change(req.caller, competitor_id, **body.model_dump())
        return CompetitorView.of(changed)

    @operation(status=204, raises=[CompetitorNotFound])
    async def on_delete_competitor(self, req: Request, competitor_id: str) -> None:
        """Delete a competitor with its products, scans, alerts and sources."""
        await self._competitors.delete(req.caller, competitor_id)
