"""What was measured, as a table for people."""

from collections.abc import Iterator, Sequence

from bench.contenders import FLOOR, PEREGRINE, YARDSTICK
from bench.following import Following
from bench.measure import Measurement
from bench.stalls import Stall
from bench.startup import Startup

_HEADINGS = (
    "operation", "server", "per second", "p50 ms", "p99 ms", "CPU ms", "RSS MB", "failed",
    "x floor", "x yardstick",
)  # fmt: skip
_WIDTHS = (10, 11, 11, 8, 8, 8, 8, 7, 8, 12)


class Results:
    """Every measurement, and how any two of them compare."""

    def __init__(self, measurements: Sequence[Measurement]) -> None:
        self.all = measurements
        self._found = {(each.operation, each.server): each for each in measurements}

    def of(self, operation: str, server: str = PEREGRINE) -> Measurement | None:
        return self._found.get((operation, server))

    def ratio(self, operation: str, server: str) -> float | None:
        """How many times as many requests a second we answer as ``server`` does."""
        ours, theirs = self.of(operation), self.of(operation, server)
        if ours is None or theirs is None or not theirs.figures.done:
            return None
        return ours.figures.per_second / theirs.figures.per_second


def complaints(results: Results, stalls: Sequence[Stall]) -> Iterator[str]:
    """Tell of every run that did not go well from beginning to end."""
    runs = [(f"{each.server}, {each.operation}", each.figures) for each in results.all]
    for during, trickle, storm in stalls:
        runs += [(f"{PEREGRINE}, {during}", figures) for figures in (trickle, storm) if figures]
    for where, figures in runs:
        if figures.failed:
            said = figures.complaint or "answers from 400 up"
            yield f"FAILED {where}: {figures.failed} times, as in {said}"


def table(results: Results) -> Iterator[str]:
    yield _line(_HEADINGS)
    shown = ""
    for each in results.all:
        figures = each.figures
        ours = each.server == PEREGRINE
        yield _line(
            (
                "" if each.operation == shown else each.operation,
                each.server,
                f"{figures.per_second:,.0f}",
                f"{figures.p50:.2f}",
                f"{figures.p99:.2f}",
                f"{each.cpu_ms:.3f}",
                f"{each.rss_mb:.0f}",
                str(figures.failed),
                _times(results.ratio(each.operation, FLOOR)) if ours else "",
                _times(results.ratio(each.operation, YARDSTICK)) if ours else "",
            )
        )
        shown = each.operation


def asides(startup: Startup, stalls: Sequence[Stall], following: Following | None) -> Iterator[str]:
    if following:
        yield (
            f"what follows a paid order: {following.per_second:.0f} workflows/s at "
            f"{following.cpu_ms:.1f} ms CPU each, in {following.rss_mb:.0f} MB"
        )
    yield (
        f"first answer {startup.seconds:.2f} s after the process started, "
        f"then idle in {startup.idle_rss_mb:.0f} MB"
    )
    for during, trickle, _ in stalls:
        yield (
            f"GET /healthz, {during}: p50 {trickle.p50:.1f} ms, p99 {trickle.p99:.1f} ms, "
            f"longest {trickle.longest:.1f} ms"
        )


def _line(cells: Sequence[str]) -> str:
    texts = [cell.ljust(width) for cell, width in zip(cells[:2], _WIDTHS[:2], strict=True)]
    figures = [cell.rjust(width) for cell, width in zip(cells[2:], _WIDTHS[2:], strict=True)]
    return "".join(texts + figures).rstrip()


def _times(ratio: float | None) -> str:
    return "" if ratio is None else f"{ratio:.2f}"
