from collections.abc import Sequence
from typing import Any

from domain.alert.models import AlertEvent
from domain.announcement import Announcing
from domain.competitor.models import Competitor, Scan

MOST_TOLD_AT_ONCE = 100


class AlertBatch(Announcing):
    """Alerts of one type that a scan has set off, up to a hundred of them.

    Other systems are told of them together: a store that changes all its prices sets off
    thousands in one transaction, and an announcement for each would hold up every writer.
    """

    def __init__(self, competitor: Competitor, scan: Scan, events: Sequence[AlertEvent]) -> None:
        self._competitor, self._scan_id, self._events = competitor, scan.id, events
        self.announce(f"alert.{events[0].alert_type}")

    def told(self) -> dict[str, Any]:
        competitor = self._competitor
        return {
            "user_id": competitor.user_id,
            "competitor_id": competitor.id,
            "competitor_name": competitor.name,
            "scan_id": self._scan_id,
            "alert_type": self._events[0].alert_type,
            "alerts": [event.told() for event in self._events],
        }
