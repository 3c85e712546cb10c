"""What every store on loopback can do."""

import gzip
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, RLock, Thread
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from app.settings import Settings
from infrastructure.reachable import Allowed
from support.stores.product import Product


@dataclass(frozen=True)
class Asked:
    """A request, as it came over the wire."""

    path: str
    query: str
    headers: dict[str, str]
    """By their names in lower case."""
    at: float

    @property
    def params(self) -> dict[str, str]:
        return dict(parse_qsl(self.query, keep_blank_values=True))

    @property
    def target(self) -> str:
        return f"{self.path}?{self.query}" if self.query else self.path


@dataclass
class Page:
    """An answer."""

    body: bytes = b""
    content_type: str = "text/html; charset=utf-8"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def json(cls, content: Any, **headers: str) -> Self:
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        return cls(json.dumps(content).encode(), "application/json; charset=utf-8", headers=named)


@dataclass
class _Fault:
    on: str
    page: Page
    times: int


class Store:
    """Subclasses say in ``page`` what is where; ``url`` is where it begins."""

    host = "127.0.0.1"

    def __init__(self, currency: str = "EUR") -> None:
        self.currency = currency
        self.products: dict[str, Product] = {}
        """By their handles, in the order in which the store shows them."""
        self.bodies: dict[str, bytes] = {}
        """Pages beside those of the platform, by their paths."""
        self.robots: str | None = None
        self.redirects: dict[str, str] = {}
        self.headers: dict[str, str] = {}
        """What every answer says besides."""
        self.etags = True
        self.zips = True
        self.requests: list[Asked] = []
        self.most_at_once = 0
        """How many requests it had to answer at the same time, when they were most."""
        self.closing = Event()
        self._faults: list[_Fault] = []
        self._delays: dict[str, float] = {}
        self._present, self._lock = 0, RLock()
        self._server = _Server(self)
        self.url = f"http://{self.host}:{self._server.server_port}"
        self._thread = Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def page(self, asked: Asked) -> Page | None:
        """Tell what is at a path; nothing, where nothing is."""
        body = self.bodies.get(asked.path)
        return None if body is None else Page(body)

    def fill(self, count: int, price: str = "10.00") -> None:
        """Put many things on the shelves."""
        for number in range(count):
            self.products[f"thing-{number}"] = Product(f"Thing {number}", price)

    def fails(self, on: str, status: int = 500, times: int = -1, **headers: str) -> None:
        """Answer so, where a path is this one or begins so with its query."""
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        self._faults.append(_Fault(on, Page(b"Sorry.", status=status, headers=named), times))

    def says(
        self, on: str, body: bytes, content_type: str = "text/html", status: int = 200
    ) -> None:
        """Say something else."""
        self._faults.append(_Fault(on, Page(body, content_type, status), -1))

    def is_slow(self, on: str, seconds: float) -> None:
        self._delays[on] = seconds

    def recovers(self) -> None:
        """Do as it should from now on."""
        self._faults.clear()
        self._delays.clear()
        self.redirects.clear()

    def asked(self, path: str) -> list[Asked]:
        """List the requests for a path, with a query that begins so if one is told."""
        return [each for each in self.requests if _is_at(each, path)]

    def answer(self, asked: Asked) -> Page:
        """Answer as it was told to, or else as it should."""
        with self._met(asked):
            for on, seconds in self._delays.items():
                if _is_at(asked, on):
                    self.closing.wait(seconds)
            if page := self._fault(asked):
                return page
            for on, location in self.redirects.items():
                if _is_at(asked, on):
                    return Page(status=302, headers={"Location": location})
            if asked.path == "/robots.txt":
                text = self.robots
                return Page(text.encode(), "text/plain") if text else Page(status=404)
            return self.page(asked) or Page(b"Not found.", status=404)

    def _fault(self, asked: Asked) -> Page | None:
        with self._lock:
            for fault in self._faults:
                if fault.times and _is_at(asked, fault.on):
                    fault.times -= 1
                    return fault.page
        return None

    @contextmanager
    def _met(self, asked: Asked) -> Iterator[None]:
        with self._lock:
            self.requests.append(asked)
            self._present += 1
            self.most_at_once = max(self.most_at_once, self._present)
        try:
            yield
        finally:
            with self._lock:
                self._present -= 1


class Trap(Store):
    """A server at an address that may not be called, when only 127.0.0.1 may be."""

    host = "127.0.0.2"

    def page(self, asked: Asked) -> Page:
        return Page(b"what nobody may see")


def scanning(settings: Settings, rate: float = 1000.0) -> Settings:
    """Let a shop scan stores on loopback, faster than would be polite elsewhere."""
    return settings.model_copy(
        update={"outbound_allow": Allowed.of(["127.0.0.1"]), "scan_rate_per_second": rate}
    )


def _is_at(asked: Asked, on: str) -> bool:
    path, _, query = on.partition("?")
    return asked.path == path and asked.query.startswith(query)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, store: Store) -> None:
        self.store = store
        super().__init__((store.host, 0), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller who hangs up is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # an answer goes out in one piece, or the other side waits for the second
    server: _Server

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        url, store = urlsplit(self.path), self.server.store
        headers = {name.lower(): text for name, text in self.headers.items()}
        asked = Asked(url.path, url.query, headers, time.monotonic())
        self._say(store.answer(asked), asked)

    def _say(self, page: Page, asked: Asked) -> None:
        store, body, status = self.server.store, page.body, page.status
        headers = store.headers | page.headers
        if status == 200 and store.etags:
            headers["ETag"] = f'"{sha256(body).hexdigest()[:16]}"'
            if asked.headers.get("if-none-match") == headers["ETag"]:
                status, body = 304, b""
        if body and store.zips and "gzip" in asked.headers.get("accept-encoding", ""):
            body, headers["Content-Encoding"] = gzip.compress(body), "gzip"
        self.send_response(status)
        for name, text in headers.items():
            self.send_header(name, text)
        self.send_header("Content-Type", page.content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
