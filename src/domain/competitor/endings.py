"""How a scan ends, whoever ends it."""

from collections.abc import Callable
from datetime import datetime

from domain.competitor.models import Scan
from domain.competitor.ports import CompetitorTransaction
from domain.workflow import Job

type FollowUp = Callable[[str], Job]
"""``follow_up(scan_id)``: the job that a scan, once it is over, leaves to others."""


async def end_scan(
    tx: CompetitorTransaction,
    scan: Scan,
    follow_up: FollowUp,
    now: datetime,
    error: str | None = None,
) -> None:
    """End a scan; what it has found until then, others are told."""
    scan.end(now, error)
    if scan.products_seen or scan.removed_products_count:
        await tx.workflows.enqueue(follow_up(scan.id))
