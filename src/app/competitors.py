"""What knowing the competition is made of, as far as its owners see it."""

from dataclasses import dataclass

from app.plans import plans_of
from app.settings import Settings
from common.clock import Clock
from domain.alert.digest import digest_job
from domain.billing.usage import UsageMetric
from domain.competitor.products import CompetitorProductService
from domain.competitor.scans import ScanRequestService
from domain.competitor.schedule import ScanSchedule
from domain.competitor.service import CompetitorService
from domain.competitor.terms import ScanTerms
from infrastructure.databases.db import SqlDatabase
from infrastructure.webhooks import WebhookAddresses


@dataclass(frozen=True, slots=True)
class Competitors:
    competitors: CompetitorService
    products: CompetitorProductService
    scans: ScanRequestService
    schedule: ScanSchedule
    metrics: tuple[UsageMetric, ...]
    """What plans include of them."""


def competitors(settings: Settings, database: SqlDatabase, clock: Clock) -> Competitors:
    """Join what is known of competitors with whoever asks for it."""
    plans = plans_of(settings)
    terms = ScanTerms(plans)
    service = CompetitorService(
        database, WebhookAddresses(settings.outbound_allow), terms, digest_job, clock
    )
    products = CompetitorProductService(database)
    return Competitors(
        service,
        products,
        ScanRequestService(database, terms, clock),
        ScanSchedule(database, terms, clock),
        (
            UsageMetric(
                "competitors",
                lambda user_id, _: service.count_of(user_id),
                {tier: plan.max_items for tier, plan in plans.items()},
            ),
            UsageMetric(
                "products",
                lambda user_id, _: products.count_of(user_id),
                {tier: plan.max_secondary for tier, plan in plans.items()},
            ),
        ),
    )
