from typing import NamedTuple

from common.clock import Clock
from common.pagination import Page, PageRequest
from domain.alert.errors import AlertNotFound, ProductOfAnotherCompetitor, TooManyAlerts
from domain.alert.models import Alert, AlertEvent, AlertType
from domain.alert.ports import AlertFilter, AlertTransaction
from domain.billing.errors import PlanLimitExceeded
from domain.billing.plans import PLANS
from domain.competitor.errors import CompetitorNotFound, CompetitorProductNotFound
from domain.database import Database
from domain.identity.caller import Caller
from domain.identity.errors import AuthenticationRequired

MOST_ALERTS = 500
"""How many alerts a user may have: each is looked at wherever a scan finds a change."""


class Subject(NamedTuple):
    """What an alert is about: a product, a competitor, or everything, where it names neither."""

    competitor_id: str | None = None
    product_id: str | None = None


class AlertService:
    """Keeps what people want to be told of, and shows what they were told."""

    def __init__(self, database: Database[AlertTransaction], clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def add(
        self, caller: Caller, alert_type: AlertType, threshold: int, subject: Subject
    ) -> Alert:
        """Have somebody told of changes from now on; ``threshold`` in hundredths of a percent."""
        _require_alerts(caller)

        async def unit(tx: AlertTransaction) -> Alert:
            if await tx.users.get(caller.user_id, lock=True) is None:
                raise AuthenticationRequired
            if await tx.alerts.count(caller.user_id) >= MOST_ALERTS:
                raise TooManyAlerts(maximum=MOST_ALERTS)
            now = self._clock()
            alert = Alert(
                user_id=caller.user_id,
                alert_type=alert_type,
                competitor_id=await _competitor_of(tx, caller.user_id, subject),
                product_id=subject.product_id,
                created_at=now,
                updated_at=now,
            )
            alert.watch_for(alert_type, threshold)
            tx.alerts.add(alert)
            return alert

        return await self._database.write(unit)

    async def get(self, caller: Caller, alert_id: str) -> Alert:
        return await self._database.read(lambda tx: _own(tx, caller, alert_id))

    async def page(self, caller: Caller, wanted: AlertFilter, request: PageRequest) -> Page[Alert]:
        """List the caller's alerts, the latest first."""
        return await self._database.read(lambda tx: tx.alerts.page(caller.user_id, wanted, request))

    async def change(
        self,
        caller: Caller,
        alert_id: str,
        *,
        alert_type: AlertType | None = None,
        threshold: int | None = None,
        is_active: bool | None = None,
    ) -> Alert:
        """Change what is given."""

        async def unit(tx: AlertTransaction) -> Alert:
            alert = await _own(tx, caller, alert_id, lock=True)
            alert.watch_for(alert_type or AlertType(alert.alert_type), threshold)
            if is_active and not alert.is_active:
                _require_alerts(caller)
            if is_active is not None:
                alert.is_active = is_active
            alert.updated_at = self._clock()
            return alert

        return await self._database.write(unit)

    async def delete(self, caller: Caller, alert_id: str) -> None:
        """Delete an alert with its history."""

        async def unit(tx: AlertTransaction) -> None:
            await tx.alerts.delete(await _own(tx, caller, alert_id, lock=True))

        await self._database.write(unit)

    async def history(
        self, caller: Caller, alert_id: str, request: PageRequest
    ) -> Page[AlertEvent]:
        """List what has set an alert off, the latest first."""

        async def unit(tx: AlertTransaction) -> Page[AlertEvent]:
            await _own(tx, caller, alert_id)
            return await tx.alert_events.page(alert_id, request)

        return await self._database.read(unit)


def includes_alerts(owner: Caller) -> bool:
    """Tell whether somebody's plan has alerts; administrators have no limits."""
    return owner.is_admin or PLANS[owner.plan].alerts


def _require_alerts(caller: Caller) -> None:
    if not includes_alerts(caller):
        raise PlanLimitExceeded(plan=caller.plan, what="alerts")


async def _own(tx: AlertTransaction, caller: Caller, alert_id: str, *, lock: bool = False) -> Alert:
    alert = await tx.alerts.get(alert_id, lock=lock)
    if alert is None or alert.user_id != caller.user_id:
        raise AlertNotFound(alert_id=alert_id)
    return alert


async def _competitor_of(tx: AlertTransaction, user_id: str, subject: Subject) -> str | None:
    """Check that what an alert is about is the user's, and tell which competitor that concerns."""
    competitor_id, product_id = subject
    if competitor_id and not await tx.alerts.has_competitor(user_id, competitor_id):
        raise CompetitorNotFound(competitor_id=competitor_id)
    if product_id is None:
        return competitor_id
    seller = await tx.alerts.seller_of(user_id, product_id)
    if seller is None:
        raise CompetitorProductNotFound(product_id=product_id)
    if competitor_id and seller != competitor_id:
        raise ProductOfAnotherCompetitor(product_id=product_id, competitor_id=competitor_id)
    return seller
