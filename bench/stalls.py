"""How long the event loop is ever held up: a trickle of the cheapest request, during storms.

Seen from outside, so it includes waiting for a core; the idle trickle tells how much that is.
"""

from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from bench.client import Figures, Job, drive
from bench.operations import Load
from bench.servers import Server

_TRICKLE = ["GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"]
_PAUSE = 0.005


class Stall(NamedTuple):
    during: str
    trickle: Figures
    storm: Figures | None


def longest_stall(server: Server, during: str, storm: Load | None, seconds: float) -> Stall:
    """Trickle while the storm lasts."""
    trickle = Job(server.port, seconds, [[_TRICKLE]], pause=_PAUSE)
    with ThreadPoolExecutor(1) as pool:
        storming = storm and pool.submit(drive, Job(server.port, seconds, storm.scripts))
        return Stall(during, drive(trickle), storming.result() if storming else None)
