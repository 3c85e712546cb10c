"""Alerts and what has set them off, as callers see them."""

from decimal import Decimal
from typing import Annotated, Self

import msgspec

from app.schema import Listing, Major, Minor, Moment, View
from domain.alert.models import Alert, AlertEvent, AlertType


class AlertView(View, frozen=True, kw_only=True):
    """About a product, all of a competitor's or, where it names neither, about all."""

    id: str
    user_id: str
    alert_type: AlertType
    threshold: Annotated[
        Decimal, msgspec.Meta(description="From how large a change of the price on, in percent.")
    ]
    competitor_id: Annotated[
        str | None,
        msgspec.Meta(description="Where it is about a product: the competitor that sells it."),
    ]
    product_id: str | None
    is_active: bool
    last_triggered_at: Moment | None
    created_at: Moment
    updated_at: Moment

    @classmethod
    def of(cls, alert: Alert) -> Self:
        return cls(
            id=alert.id,
            user_id=alert.user_id,
            alert_type=AlertType(alert.alert_type),
            threshold=alert.threshold,
            competitor_id=alert.competitor_id,
            product_id=alert.product_id,
            is_active=alert.is_active,
            last_triggered_at=alert.last_triggered_at,
            created_at=alert.created_at,
            updated_at=alert.updated_at,
        )


class AlertList(Listing[AlertView], frozen=True, kw_only=True):
    """A page of alerts."""


class AlertEventView(View, frozen=True, kw_only=True):
    """A change that has set an alert off, as it was then."""

    id: str
    alert_id: str
    scan_id: str
    product_id: str
    product_title: str
    product_url: str
    competitor_name: str
    alert_type: AlertType
    old_price: Major | None
    old_price_cents: Minor | None
    new_price: Major | None
    new_price_cents: Minor | None
    currency: str | None
    change_percent: Annotated[
        Decimal | None,
        msgspec.Meta(
            description="Of the old price, rounded towards 0; below 0 it fell. Nothing, where "
            "there is no old price or it was 0."
        ),
    ]
    created_at: Moment

    @classmethod
    def of(cls, event: AlertEvent) -> Self:
        return cls(
            scan_id=event.scan_id,
            competitor_name=event.competitor_name,
            alert_type=AlertType(event.alert_type),
            created_at=event.created_at,
            **event.told(),
        )


class AlertEventList(Listing[AlertEventView], frozen=True, kw_only=True):
    """A page of a history."""
