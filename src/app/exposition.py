"""What ``/metrics`` says, in the words of Prometheus.

Only a process that is asked loads this: the library takes longer to load than to use.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import version

from prometheus_client import (
    CollectorRegistry,
    GCCollector,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.openmetrics import exposition as openmetrics
from prometheus_client.registry import Collector

from app.middleware.metrics import BUCKETS, Tally, Traffic
from app.schema import Raw
from domain.database import Level
from domain.workflow import RunStatus

_BOUNDS = [*map(str, map(float, BUCKETS)), "+Inf"]


def write(
    traffic: Traffic,
    workflows: Mapping[RunStatus, int],
    database: Iterable[Level],
    *,
    as_openmetrics: bool,
) -> Raw:
    """Write figures of ours, and those of the process, in one of the two formats."""
    registry = CollectorRegistry()
    registry.register(
        _Given([_build(), *_traffic(traffic), _workflows(workflows), *_database(database)])
    )
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    GCCollector(registry=registry)
    if as_openmetrics:
        text = openmetrics.generate_latest(registry)  # type: ignore[no-untyped-call]
        return Raw(openmetrics.CONTENT_TYPE_LATEST, text)
    return Raw(CONTENT_TYPE_PLAIN_0_0_4, generate_latest(registry))


def _build() -> Metric:
    """Tell which release this is."""
    family = GaugeMetricFamily(
        "peregrine_build_info", "The release that runs here.", labels=["version"]
    )
    family.add_metric([version("peregrine")], 1)
    return family


def _traffic(traffic: Traffic) -> Iterator[Metric]:
    """Tell what was asked and how long it took."""
    requests = CounterMetricFamily(
        "http_requests", "Requests answered.", labels=["route", "method", "status"]
    )
    durations = HistogramMetricFamily(
        "http_request_duration_seconds",
        "From a request's arrival until its answer is ready.",
        labels=["route", "method"],
    )
    together: dict[tuple[str, str], list[Tally]] = defaultdict(list)
    for (route, method, status), tally in sorted(traffic.tallies.items()):
        requests.add_metric([route, method, str(status)], tally.requests)
        together[route, method].append(tally)
    for labels, tallies in together.items():
        durations.add_metric(labels, _buckets(tallies), sum(each.seconds for each in tallies))
    yield requests
    yield durations
    yield GaugeMetricFamily(
        "http_requests_in_progress", "Requests not answered yet.", traffic.in_progress
    )


def _buckets(tallies: list[Tally]) -> list[tuple[str, float]]:
    """Count, for each bound, the requests that took no longer."""
    total, buckets = 0, []
    for number, bound in enumerate(_BOUNDS):
        total += sum(tally.within[number] for tally in tallies)
        buckets.append((bound, float(total)))
    return buckets


def _workflows(counts: Mapping[RunStatus, int]) -> Metric:
    """Tell what waits, is under way or needs somebody."""
    family = GaugeMetricFamily(
        "peregrine_workflows",
        "Workflows that have not succeeded, over all processes.",
        labels=["status"],
    )
    for status, count in counts.items():
        family.add_metric([status], count)
    return family


def _database(levels: Iterable[Level]) -> Iterator[Metric]:
    """Tell how busy the way to the database is."""
    for level in levels:
        yield GaugeMetricFamily(f"peregrine_database_{level.name}", level.meaning, level.value)


class _Given(Collector):
    """Figures that are there already."""

    def __init__(self, figures: Iterable[Metric]) -> None:
        self._figures = figures

    def collect(self) -> Iterable[Metric]:
        return self._figures
