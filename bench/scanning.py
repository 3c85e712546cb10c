"""``python -m bench.scanning``: whole stores are scanned while others use the shop.

What is timed is everything from the request for a scan until it is complete: fetching page after
page, reading, comparing and writing down, in the one process that also answers the API.
"""

import json
import secrets
import signal
import sys
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from urllib.request import Request, urlopen

from bench import contenders
from bench.ask import insist
from bench.client import Figures, Job, drive
from bench.contenders import PEREGRINE, database
from bench.servers import Server, serving
from bench.shop import ADMIN, PASSWORD, bearer
from bench.store import selling
from bench.targets import Verdict

PRODUCTS, MANY = 10_000, 50_000
_CONNECTIONS, _PAUSE, _SECONDS, _IDLE_SECONDS = 4, 0.02, 12.0, 3.0
_MOST_SECONDS, _MOST_MS, _MOST_GROWTH_MB = 10.0, 100.0, 40.0
_POLL, _LONGEST = 0.05, 300.0


class Scanned(NamedTuple):
    seconds: float
    counts: str


class Client:
    """An administrator, who may watch as much as they like."""

    def __init__(self, server: Server) -> None:
        self._server = server
        login = {"username": ADMIN, "password": PASSWORD}
        self.token = str(insist(server.port, "POST", "/login", login)["access_token"])

    def ask(self, method: str, path: str, body: object = None) -> Any:
        return insist(self._server.port, method, path, body, bearer(self.token))

    def watch(self, url: str) -> str:
        wanted = {"name": "Rival", "url": url, "platform": "shopify"}
        return str(self.ask("POST", "/api/v1/competitors", wanted)["id"])

    def scan(self, competitor_id: str) -> Scanned:
        """Have a store scanned, and wait until it is."""
        path = f"/api/v1/competitors/{competitor_id}/scans"
        started = time.perf_counter()
        scan = self.ask("POST", path)
        while scan["status"] in ("queued", "running"):
            if time.perf_counter() - started > _LONGEST:
                raise RuntimeError(f"the scan does not end: {scan}")
            time.sleep(_POLL)
            scan = self.ask("GET", f"{path}/{scan['id']}")
        if scan["status"] != "completed":
            raise RuntimeError(f"the scan failed: {scan}")
        return Scanned(time.perf_counter() - started, _counts(scan))

    def trickle(self, product_id: str) -> Job:
        """Make the load of the API: reads of both surfaces, and a write."""
        headers = "".join(f"{name}: {text}\r\n" for name, text in bearer(self.token).items())
        paths = ("/products?per_page=20", "/api/v1/products?sort_by=price", "/api/v1/competitors")
        body = json.dumps({"product_id": product_id, "quantity": 1})
        write = (
            f"POST /cart/add HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}"
        )
        operations = [
            *([f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}\r\n"] for path in paths),
            [write],
        ]
        scripts = [operations[at:] + operations[:at] for at in range(_CONNECTIONS)]
        return Job(self._server.port, _SECONDS, scripts, pause=_PAUSE)


def main() -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that our servers are stopped
    with TemporaryDirectory(prefix="peregrine-bench-") as folder:
        contenders.create_admin(Path(folder))
        with _peregrine(Path(folder)) as server:
            verdicts = [*_while_others_use_it(server), *_in_bounded_memory(server)]
    print("", *verdicts, sep="\n")
    return 0 if all(verdict.met for verdict in verdicts) else 1


def _peregrine(folder: Path) -> AbstractContextManager[Server]:
    environment = {
        "SQLITE_URI": f"sqlite+aiosqlite:///{database(PEREGRINE, folder)}",
        "SECRET_KEY": secrets.token_urlsafe(32),
        "RATE_LIMITS": "off",
        "OUTBOUND_ALLOW": "127.0.0.1",
        "SCAN_RATE_PER_SECOND": "1000",
        "WORKFLOWS": "here",
    }
    return serving(PEREGRINE, "asgi:application", folder, environment)


def _while_others_use_it(server: Server) -> Iterator[Verdict]:
    """Scan again and again, as long as the load lasts."""
    client = Client(server)
    sold = {"title": "Mug", "price_cents": 1000, "stock": 1_000_000}
    product_id = client.ask("POST", "/products", sold)["id"]
    idle = drive(replace(client.trickle(product_id), seconds=_IDLE_SECONDS))
    with selling(PRODUCTS) as url, ThreadPoolExecutor(1) as pool:
        competitor_id = client.watch(url)
        load = pool.submit(drive, client.trickle(product_id))
        first, *again = _scans(client, competitor_id, url, load)
        figures = load.result()
    yield _in_time(f"the first scan of {PRODUCTS:,} products", first)
    yield _in_time("the next, with a tenth of them changed", max(again))
    yield Verdict(
        figures.p99 < _MOST_MS and not figures.failed,
        f"p99 of the API meanwhile below {_MOST_MS:.0f} ms",
        f"{figures.p99:.0f} ms ({idle.p99:.0f} without scans), p50 {figures.p50:.1f}, "
        f"longest {figures.longest:.0f}, {figures.done} requests, {figures.failed} failed "
        f"{figures.complaint}",
    )


def _scans(client: Client, competitor_id: str, url: str, load: Future[Figures]) -> list[Scanned]:
    scans = [_report(client.scan(competitor_id))]
    while len(scans) < 2 or not load.done():
        _pass_a_season(url)
        scans.append(_report(client.scan(competitor_id)))
    return scans


def _in_bounded_memory(server: Server) -> Iterator[Verdict]:
    client, before = Client(server), server.rss_mb
    with selling(MANY) as url:
        competitor_id = client.watch(url)
        _report(client.scan(competitor_id))
        _pass_a_season(url)
        _report(client.scan(competitor_id))
    growth = server.rss_mb - before
    yield Verdict(
        growth < _MOST_GROWTH_MB,
        f"memory that {MANY:,} products take, below {_MOST_GROWTH_MB:.0f} MB",
        f"{growth:.0f} MB more than {before:.0f}",
    )


def _in_time(what: str, scanned: Scanned) -> Verdict:
    return Verdict(
        scanned.seconds < _MOST_SECONDS,
        f"{what}, within {_MOST_SECONDS:.0f} s",
        f"{scanned.seconds:.1f} s",
    )


def _pass_a_season(url: str) -> None:
    with urlopen(Request(url, method="POST")):  # noqa: S310 - our own store
        pass


def _report(scanned: Scanned) -> Scanned:
    print(f"{scanned.seconds:6.2f} s  {scanned.counts}", flush=True)
    return scanned


def _counts(scan: dict[str, Any]) -> str:
    names = ("products_seen", "new_products_count", "removed_products_count", "price_changes_count")
    return ", ".join(f"{name} {scan[name]:,}" for name in names)


if __name__ == "__main__":
    sys.exit(main())
