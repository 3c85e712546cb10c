"""What follows a paid order: its workflow, from the queue to the mail, in the serving process."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from bench.contenders import PEREGRINE, database, peregrine

_SECONDS = 10.0
_UNDER_WAY = "status IN ('ENQUEUED', 'PENDING')"


class Following(NamedTuple):
    """How fast what was enqueued is carried out."""

    per_second: float
    cpu_ms: float
    rss_mb: float


def follow(folder: Path) -> Following | None:
    """Carry out what the load has left in the queue, for a while; nothing, if it left nothing."""
    waiting = _count(folder)
    if not waiting:
        return None
    with peregrine(folder, workflows="here") as server:
        cpu, started = server.cpu_seconds, time.perf_counter()
        left = waiting
        while left and time.perf_counter() - started < _SECONDS:
            time.sleep(0.1)
            left = _count(folder)
        done, seconds = waiting - left, time.perf_counter() - started
        used = server.cpu_seconds - cpu
        return Following(done / seconds, used / max(done, 1) * 1000, server.rss_mb)


def _count(folder: Path) -> int:
    with closing(sqlite3.connect(database(PEREGRINE, folder), timeout=30)) as connection:
        query = f"SELECT count(*) FROM workflow_status WHERE {_UNDER_WAY} AND name <> 'sweep'"  # noqa: S608
        count: int = connection.execute(query).fetchone()[0]
        return count
