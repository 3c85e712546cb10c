"""Which alerts a change sets off."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import batched, groupby

from common.clock import Clock
from common.money import Money
from domain.alert.batch import MOST_TOLD_AT_ONCE, AlertBatch
from domain.alert.models import AlertEvent, AlertType
from domain.alert.ports import AlertTransaction, ArmedAlert
from domain.alert.service import includes_alerts
from domain.competitor.changes import Change, ChangeKind
from domain.competitor.models import Competitor, Scan

_WHOLE = 100_00  # hundredths of a percent
_LARGEST_CHANGE = 10**12  # beyond it, nobody wants to know by how much
_TYPES = {
    ChangeKind.NEW: AlertType.NEW_PRODUCT,
    ChangeKind.GONE: AlertType.OUT_OF_STOCK,
    ChangeKind.BACK: AlertType.BACK_IN_STOCK,
}


class AlertEvaluation:
    """Hears of changes, and writes down which alerts they set off: each change once.

    It works in the transaction that writes the changes down, so alerts are neither lost nor
    doubled by a crash. Of a competitor's first scan no product is news: all of them are new.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def hear(
        self, tx: AlertTransaction, competitor: Competitor, scan: Scan, changes: Sequence[Change]
    ) -> None:
        typed = list(_typed(changes, is_first=competitor.last_scanned is None))
        if not typed:
            return
        owner = await tx.users.standing(competitor.user_id)
        if owner is None or not owner.is_active or not includes_alerts(owner.caller):
            return
        types = sorted({alert_type for alert_type, _ in typed})
        alerts = await tx.alerts.armed(competitor.user_id, competitor.id, types)
        now = self._clock()
        events = [
            _event(alert, change, competitor, scan, now)
            for alert, change in _set_off(alerts, typed)
        ]
        if events:
            await _keep(tx, competitor, scan, events)


async def _keep(
    tx: AlertTransaction, competitor: Competitor, scan: Scan, events: Sequence[AlertEvent]
) -> None:
    kept = await tx.alert_events.keep(events)
    if not kept:
        return
    await tx.alerts.note_triggered(sorted({each.alert_id for each in kept}), kept[0].created_at)
    for _, alike in groupby(sorted(kept, key=_type_of), key=_type_of):
        for some in batched(alike, MOST_TOLD_AT_ONCE, strict=False):
            tx.alert_events.tell(AlertBatch(competitor, scan, some))


def alert_type_of(change: Change, *, is_first: bool = False) -> AlertType | None:
    """Tell what alerts a change may set off, if any. Prices compare in one currency only."""
    if change.kind is not ChangeKind.PRICE:
        return None if is_first and change.kind is ChangeKind.NEW else _TYPES[change.kind]
    before, after = change.before, change.after
    if not before or not after or before.currency != after.currency or before == after:
        return None
    return AlertType.PRICE_DROP if after.amount < before.amount else AlertType.PRICE_INCREASE


def reaches(threshold: int, change: Change) -> bool:
    """Tell whether a price has changed by so many hundredths of a percent, or more.

    From 0 every rise is beyond measure.
    """
    if not change.before or not change.after:
        return threshold == 0
    span = abs(change.after.amount - change.before.amount)
    return span * _WHOLE >= threshold * change.before.amount


def change_in_hundredths(before: Money | None, after: Money | None) -> int | None:
    """Measure a change, rounded towards 0: never more is told than there was."""
    if not before or not after or before.currency != after.currency or not before.amount:
        return None
    span = after.amount - before.amount
    size = min(abs(span) * _WHOLE // before.amount, _LARGEST_CHANGE)
    return size if span > 0 else -size


def _typed(changes: Iterable[Change], *, is_first: bool) -> Iterator[tuple[AlertType, Change]]:
    for change in changes:
        if alert_type := alert_type_of(change, is_first=is_first):
            yield alert_type, change


def _set_off(
    alerts: Iterable[ArmedAlert], typed: Iterable[tuple[AlertType, Change]]
) -> Iterator[tuple[ArmedAlert, Change]]:
    watching: dict[tuple[str, str | None], list[ArmedAlert]] = {}
    for alert in alerts:
        watching.setdefault((alert.alert_type, alert.product_id), []).append(alert)
    for alert_type, change in typed:
        for product_id in (None, change.product_id):
            for alert in watching.get((alert_type, product_id), ()):
                threshold = alert.threshold_hundredths if alert_type.is_about_price else 0
                if reaches(threshold, change):
                    yield alert, change


def _event(
    alert: ArmedAlert, change: Change, competitor: Competitor, scan: Scan, now: datetime
) -> AlertEvent:
    before, after = change.before, change.after
    if before and after and before.currency != after.currency:
        before = None
    shown = after or before
    return AlertEvent(
        alert_id=alert.id,
        scan_id=scan.id,
        product_id=change.product_id,
        alert_type=alert.alert_type,
        product_title=change.title,
        product_url=change.url,
        competitor_name=competitor.name,
        old_price_amount=before.amount if before else None,
        new_price_amount=after.amount if after else None,
        currency=shown.currency if shown else None,
        change_hundredths=change_in_hundredths(before, after),
        created_at=now,
    )


def _type_of(event: AlertEvent) -> str:
    return event.alert_type
