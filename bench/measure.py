"""One operation on one server: warmed up, driven, and what it cost the server."""

from dataclasses import dataclass

from bench import client, wrk
from bench.client import Figures, Job
from bench.operations import Load
from bench.servers import Server

_WARM_UP = 1.0


@dataclass(frozen=True, slots=True)
class Measurement:
    operation: str
    server: str
    figures: Figures
    cpu_ms: float
    """CPU time the server used for each operation, which noise outside it hardly touches."""
    rss_mb: float


def measure(
    operation: str, server: Server, load: Load, seconds: float, concurrency: int
) -> Measurement:
    _drive(server, load, min(_WARM_UP, seconds), concurrency)
    before = server.cpu_seconds
    figures = _drive(server, load, seconds, concurrency)
    cpu_seconds = server.cpu_seconds - before
    cpu_ms = cpu_seconds * 1000 / max(1, figures.done + figures.failed)
    return Measurement(operation, server.name, figures, cpu_ms, server.rss_mb)


def _drive(server: Server, load: Load, seconds: float, concurrency: int) -> Figures:
    if load.paths and wrk.installed():
        return wrk.drive(server.port, load.paths, seconds, concurrency)
    return client.drive(Job(server.port, seconds, load.scripts))
