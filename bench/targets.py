"""What the shop must keep to."""

from collections.abc import Iterator
from typing import NamedTuple

from bench.contenders import FLOOR, YARDSTICK
from bench.report import Results
from bench.startup import Startup

_CPU_SECONDS_PER_THOUSAND = {"list": 1.0, "get": 0.6, "add": 2.0, "checkout": 6.0}
_LEAST_RATIO = {FLOOR: 0.25, YARDSTICK: 2.0}
_COMPARED = ("list", "get")
_RSS_MB = 120.0
_FIRST_ANSWER_SECONDS = 2.0


class Verdict(NamedTuple):
    met: bool
    target: str
    seen: str

    def __str__(self) -> str:
        return f"{'PASS' if self.met else 'MISS'}  {self.target:<52} {self.seen}"


def verdicts(results: Results, startup: Startup) -> Iterator[Verdict]:
    """Hold what was measured against its targets; what was not measured is left out."""
    for operation, most in _CPU_SECONDS_PER_THOUSAND.items():
        if ours := results.of(operation):
            target = f"{operation}: CPU-seconds per 1,000 at most {most}"
            met = ours.cpu_ms <= most and not ours.figures.failed
            yield Verdict(met, target, f"{ours.cpu_ms:.2f}")
    for operation in _COMPARED:
        for server, least in _LEAST_RATIO.items():
            ratio = results.ratio(operation, server)
            if ratio is not None:
                target = f"{operation}: requests/s at least {least} x the {server}"
                yield Verdict(ratio >= least, target, f"{ratio:.2f}")
    ours_only = [each.rss_mb for each in results.all if each is results.of(each.operation)]
    memory = max([startup.idle_rss_mb, *ours_only])
    yield Verdict(memory < _RSS_MB, f"RSS, at most, below {_RSS_MB:.0f} MB", f"{memory:.0f}")
    yield Verdict(
        startup.seconds < _FIRST_ANSWER_SECONDS,
        f"first answer within {_FIRST_ANSWER_SECONDS} s",
        f"{startup.seconds:.2f}",
    )
