from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator, Field, WithJsonSchema

from app.http import Request
from app.operation import operation
from app.resources.alert_views import AlertEventList, AlertEventView, AlertList, AlertView
from app.resources.prices import number
from app.schema import Input, Omissible, Paging, Uuid
from domain.alert.errors import (
    AlertNotFound,
    ProductOfAnotherCompetitor,
    ThresholdOutOfReach,
    TooManyAlerts,
)
from domain.alert.models import AlertType
from domain.alert.ports import AlertFilter
from domain.alert.service import AlertService, Subject
from domain.billing.errors import PlanLimitExceeded
from domain.competitor.errors import CompetitorNotFound, CompetitorProductNotFound

_LARGEST = 1000

Threshold = Annotated[
    Decimal,
    Field(ge=0, le=_LARGEST, decimal_places=2, allow_inf_nan=False, strict=False),
    BeforeValidator(number),
    WithJsonSchema(
        {
            "type": "number",
            "minimum": 0,
            "maximum": _LARGEST,
            "description": "From how large a change of the price on, in percent of the old price, "
            "with up to two decimals: 100 at the most for a `price_drop`, 1000 for a "
            "`price_increase`. Other types keep it, and take no notice of it.",
        }
    ),
]


class AddAlert(Input):
    """About a product, about all of a competitor's, or, where it names neither, about all."""

    alert_type: AlertType
    threshold: Threshold = Decimal(0)
    competitor_id: Uuid | None = None
    product_id: Uuid | None = None


class ChangeAlert(Input):
    """To another type the threshold goes along, if no other comes with it."""

    alert_type: Omissible[AlertType] = None
    threshold: Omissible[Threshold] = None
    is_active: Omissible[bool] = None


class ListAlerts(Paging):
    is_active: Omissible[bool] = None
    alert_type: Omissible[AlertType] = None
    competitor_id: Omissible[Uuid] = None

    @property
    def wanted(self) -> AlertFilter:
        return AlertFilter(self.is_active, self.alert_type, self.competitor_id)


def _hundredths(threshold: Decimal) -> int:
    return int(threshold * 100)


class Alerts:
    """What one wants to be told of competitors, and what one was told."""

    def __init__(self, alerts: AlertService) -> None:
        self._alerts = alerts

    @operation(
        status=201,
        raises=[
            PlanLimitExceeded,
            CompetitorNotFound,
            CompetitorProductNotFound,
            TooManyAlerts,
            ThresholdOutOfReach,
            ProductOfAnotherCompetitor,
        ],
    )
    async def on_post(self, req: Request, body: AddAlert) -> AlertView:
        """Be told of a kind of change from now on, by mail after each scan and in the history."""
        subject = Subject(body.competitor_id, body.product_id)
        return AlertView.of(
            await self._alerts.add(
                req.caller, body.alert_type, _hundredths(body.threshold), subject
            )
        )

    @operation()
    async def on_get(self, req: Request, query: ListAlerts) -> AlertList:
        """List one's alerts, the latest first."""
        page = await self._alerts.page(req.caller, query.wanted, query.part)
        return AlertList.of(page, AlertView.of)

    @operation(raises=[AlertNotFound])
    async def on_get_alert(self, req: Request, alert_id: str) -> AlertView:
        """Show an alert."""
        return AlertView.of(await self._alerts.get(req.caller, alert_id))

    @operation(raises=[AlertNotFound, PlanLimitExceeded, ThresholdOutOfReach])
    async def on_patch_alert(self, req: Request, alert_id: str, body: ChangeAlert) -> AlertView:
        """Change what an alert is for, or switch it off and on."""
        threshold = None if body.threshold is None else _hundredths(body.threshold)
        return AlertView.of(
            await self._alerts.change(
                req.caller,
                alert_id,
                alert_type=body.alert_type,
                threshold=threshold,
                is_active=body.is_active,
            )
        )

    @operation(status=204, raises=[AlertNotFound])
    async def on_delete_alert(self, req: Request, alert_id: str) -> None:
        """Delete an alert with its history."""
        await self._alerts.delete(req.caller, alert_id)

    @operation(raises=[AlertNotFound])
    async def on_get_history(self, req: Request, alert_id: str, query: Paging) -> AlertEventList:
        """List what has set an alert off, the latest first."""
        page = await self._alerts.history(req.caller, alert_id, query.part)
        return AlertEventList.of(page, AlertEventView.of)
