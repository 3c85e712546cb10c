"""What finds suppliers of what competitors sell."""

from dataclasses import dataclass

from app.settings import Settings
from common.clock import Clock
from domain.source.feeds import FeedService
from domain.source.finding import SourceFinder
from domain.source.searches import SourceSearchService
from domain.source.service import SourceService
from infrastructure.databases.db import SqlDatabase
from infrastructure.feeds import Feeds
from infrastructure.likeness import likeness


@dataclass(frozen=True, slots=True)
class Sources:
    feeds: FeedService
    sources: SourceService
    searches: SourceSearchService


def sources(settings: Settings, database: SqlDatabase, clock: Clock) -> Sources:
    """Join feeds with what compares them to tracked products."""
    finder = SourceFinder(database, likeness)
    return Sources(
        FeedService(database, Feeds(), settings.default_currency, clock),
        SourceService(database, finder, clock),
        SourceSearchService(database, finder, clock),
    )
