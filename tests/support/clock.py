from datetime import datetime, timedelta

from common.clock import utc_now


class MovableClock:
    """The real time, plus whatever a test has let pass."""

    def __init__(self) -> None:
        self._ahead = timedelta()

    def __call__(self) -> datetime:
        return utc_now() + self._ahead

    def move(self, span: timedelta) -> None:
        self._ahead += span
