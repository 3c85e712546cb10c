from typing import Annotated, Self

import msgspec

from app.http import Request
from app.operation import operation
from app.schema import Listing, Moment, Paging, View
from domain.billing.errors import PlanLimitExceeded
from domain.competitor.errors import CompetitorNotFound, ScanNotFound, ScanUnderWay
from domain.competitor.models import Scan, ScanStatus
from domain.competitor.scans import ScanRequestService


class ScanView(View, frozen=True, kw_only=True):
    """A reading of a competitor's whole store, as far as it has come."""

    id: str
    competitor_id: str
    status: ScanStatus
    pages_read: int
    products_seen: int
    products_skipped: Annotated[
        int, msgspec.Meta(description="New ones that the plan has no room for.")
    ]
    new_products_count: int
    removed_products_count: int
    reappeared_products_count: int
    price_changes_count: int
    error: Annotated[str | None, msgspec.Meta(description="Why it failed.")]
    created_at: Moment
    started_at: Moment | None
    scanned_at: Annotated[Moment | None, msgspec.Meta(description="When it was done, or failed.")]
    duration_seconds: float | None

    @classmethod
    def of(cls, scan: Scan) -> Self:
        return cls(
            id=scan.id,
            competitor_id=scan.competitor_id,
            status=ScanStatus(scan.status),
            pages_read=scan.pages_read,
            products_seen=scan.products_seen,
            products_skipped=scan.products_skipped,
            new_products_count=scan.new_products_count,
            removed_products_count=scan.removed_products_count,
            reappeared_products_count=scan.reappeared_products_count,
            price_changes_count=scan.price_changes_count,
            error=scan.error,
            created_at=scan.created_at,
            started_at=scan.started_at,
            scanned_at=scan.scanned_at,
            duration_seconds=scan.seconds,
        )


class ScanList(Listing[ScanView], frozen=True, kw_only=True):
    """A page of scans."""


class Scans:
    """Readings of competitors' stores."""

    def __init__(self, scans: ScanRequestService) -> None:
        self._scans = scans

    @operation(status=202, raises=[CompetitorNotFound, PlanLimitExceeded, ScanUnderWay])
    async def on_post(self, req: Request, competitor_id: str) -> ScanView:
        """Scan a competitor now; ask for the scan again to see how far it has come.

        Of more competitors than the plan includes, only the oldest are scanned.
        """
        return ScanView.of(await self._scans.start(req.caller, competitor_id))

    @operation(raises=[CompetitorNotFound])
    async def on_get(self, req: Request, competitor_id: str, query: Paging) -> ScanList:
        """List the scans of a competitor, the latest first."""
        page = await self._scans.page(req.caller, competitor_id, query.part)
        return ScanList.of(page, ScanView.of)

    @operation(raises=[CompetitorNotFound, ScanNotFound])
    async def on_get_scan(self, req: Request, competitor_id: str, scan_id: str) -> ScanView:
        """Show a scan, as far as it has come."""
        return ScanView.of(await self._scans.get(req.caller, competitor_id, scan_id))
