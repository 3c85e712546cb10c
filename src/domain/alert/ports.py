"""What alerts need of the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from common.pagination import Page, PageRequest
from domain.alert.batch import AlertBatch
from domain.alert.digest import Digest
from domain.alert.models import Alert, AlertEvent, AlertType
from domain.identity.ports import UserRepository


@dataclass(frozen=True, slots=True)
class AlertFilter:
    """Which of somebody's alerts are wanted."""

    is_active: bool | None = None
    alert_type: AlertType | None = None
    competitor_id: str | None = None


class ArmedAlert(NamedTuple):
    """What there is to know of an alert to tell whether a change sets it off."""

    id: str
    alert_type: str
    threshold_hundredths: int
    product_id: str | None


class AlertRepository(Protocol):
    """Where alerts are kept."""

    def add(self, alert: Alert) -> None: ...

    async def get(self, alert_id: str, *, lock: bool = False) -> Alert | None: ...

    async def delete(self, alert: Alert) -> None:
        """Delete an alert with its history."""

    async def page(self, user_id: str, wanted: AlertFilter, request: PageRequest) -> Page[Alert]:
        """List alerts, the latest first."""

    async def count(self, user_id: str) -> int: ...

    async def has_competitor(self, user_id: str, competitor_id: str) -> bool: ...

    async def seller_of(self, user_id: str, product_id: str) -> str | None:
        """Tell which competitor of theirs sells a product, if any."""

    async def armed(
        self, user_id: str, competitor_id: str, types: Sequence[AlertType]
    ) -> Sequence[ArmedAlert]:
        """List those that are active and about a competitor, and keep other writers from them."""

    async def note_triggered(self, alert_ids: Sequence[str], now: datetime) -> None: ...


class AlertEventRepository(Protocol):
    """Where it is kept what has set alerts off."""

    async def keep(self, events: Sequence[AlertEvent]) -> list[AlertEvent]:
        """Write down those that are not there yet, and return them."""

    def tell(self, batch: AlertBatch) -> None:
        """Have other systems told of a batch, once it is kept."""

    async def page(self, alert_id: str, request: PageRequest) -> Page[AlertEvent]:
        """List what has set an alert off, the latest first."""

    async def digest(self, scan_id: str, most: int) -> Digest | None:
        """Sum up what a scan has set off, if anything, with so many changes of each type.

        A change that has set off several alerts is one change. Large ones go first.
        """


class AlertTransaction(Protocol):
    @property
    def users(self) -> UserRepository: ...

    @property
    def alerts(self) -> AlertRepository: ...

    @property
    def alert_events(self) -> AlertEventRepository: ...
