"""How soon a server that was just started answers, and how little it needs while nobody asks."""

from dataclasses import dataclass
from pathlib import Path

from bench.contenders import peregrine

_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Startup:
    seconds: float
    """From starting the process to a 200 from ``/readyz``, at best."""
    idle_rss_mb: float


def time_startup(folder: Path) -> Startup:
    """Start on the database as it is: migrated, and with the shop's stock in it."""
    seconds, memory = [], []
    for _ in range(_ATTEMPTS):
        with peregrine(folder, workflows="here") as server:
            seconds.append(server.seconds_to_first_answer)
            memory.append(server.rss_mb)
    return Startup(min(seconds), max(memory))
