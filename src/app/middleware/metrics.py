from bisect import bisect_left
from time import perf_counter
from typing import NamedTuple

import falcon

from app.http import Request, Response

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
UNMATCHED = "unmatched"
_KNOWN = frozenset(falcon.HTTP_METHODS)
_OTHER = "other"


class Kind(NamedTuple):
    """Requests that are counted together. Callers can make up no kinds of their own."""

    route: str
    method: str
    status: int


class Tally:
    """How many requests of a kind took how long."""

    __slots__ = ("seconds", "within")

    def __init__(self) -> None:
        self.within = [0] * (len(BUCKETS) + 1)
        """How many were done within each bucket and not the one before; at last, all slower."""
        self.seconds = 0.0

    @property
    def requests(self) -> int:
        return sum(self.within)


class Traffic:
    """What this process has answered so far.

    It is counted in the event loop alone, which needs no locks; ``/metrics`` puts it into words.
    """

    def __init__(self) -> None:
        self.in_progress = 0
        self.tallies: dict[Kind, Tally] = {}

    def count(self, kind: Kind, seconds: float) -> None:
        tally = self.tallies.get(kind)
        if tally is None:
            tally = self.tallies[kind] = Tally()
        tally.within[bisect_left(BUCKETS, seconds)] += 1
        tally.seconds += seconds


class Metrics:
    """Counts each request under the template of its path, never under the path itself."""

    def __init__(self, traffic: Traffic) -> None:
        self._traffic = traffic

    async def process_request(self, req: Request, resp: Response) -> None:
        self._traffic.in_progress += 1

    async def process_response(
        self, req: Request, resp: Response, resource: object, succeeded: bool
    ) -> None:
        self._traffic.in_progress -= 1
        method = req.method if req.method in _KNOWN else _OTHER
        kind = Kind(req.uri_template or UNMATCHED, method, resp.status_code)
        self._traffic.count(kind, perf_counter() - req.arrived)
