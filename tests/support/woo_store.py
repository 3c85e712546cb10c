"""A small WooCommerce store: its REST API v3 over real HTTP, on a port and threads of its own.

It lets in who signs with OAuth 1.0a (over HTTP) or brings the key (over HTTPS), and it can be told
to fail, to be slow and to talk nonsense.
"""

import base64
import hashlib
import hmac
import json
import re
import ssl
import time
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from math import ceil
from threading import Event, RLock, Thread
from typing import Any, NamedTuple, Self
from urllib.parse import parse_qsl, quote, urlsplit

from pydantic import SecretStr

from app.settings import Settings
from support.woo_shelves import Json, Refused, Shelves
from support.woo_till import Till

KEY = "ck_0123456789"
SECRET = "cs_a secret & more"
API = "/wp-json/wc/v3"
_CLOCK_MAY_DIFFER = 15 * 60

_raw = partial(quote, safe="~")


class Asked(NamedTuple):
    """A request that was let in."""

    verb: str
    path: str
    params: dict[str, str]
    body: Any


@dataclass
class Fault:
    """Something that goes wrong with requests whose verb and path begin like ``on``."""

    on: str
    status: int = 0
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    after: bool = False
    """Whether what was asked for is done all the same."""
    hangs: bool = False
    """No answer comes until the store closes, or one is told to come."""
    times: int = 1


def problem(status: int, code: str, message: str) -> bytes:
    return json.dumps({"code": code, "message": message, "data": {"status": status}}).encode()


class WooStore:
    """The store, as its people see it; ``url`` is where programs ask."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.shelves = Shelves()
        self.till = Till(self.shelves)
        self.currency = "USD"
        self.secret = SECRET
        self.asked: list[Asked] = []
        self.faults: list[Fault] = []
        self.closing = Event()
        self.lock = RLock()
        self.nonces: set[str] = set()
        self._server = _Server(self)
        self.is_secure = tls is not None
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        scheme = "https" if tls else "http"
        self.url = f"{scheme}://127.0.0.1:{self._server.server_port}"
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def environment(self) -> dict[str, str]:
        """What tells a shop to sell here."""
        return {
            "WOOCOMMERCE_URL": self.url,
            "WOOCOMMERCE_KEY": KEY,
            "WOOCOMMERCE_SECRET": SECRET,
        }

    def told(self, settings: Settings) -> Settings:
        """Add to a shop's settings that it sells here."""
        return settings.model_copy(
            update={
                "woocommerce_url": self.url,
                "woocommerce_key": SecretStr(KEY),
                "woocommerce_secret": SecretStr(SECRET),
            }
        )

    def fails(self, on: str, status: int = 0, body: bytes = b"", **how: Any) -> None:
        self.faults.append(Fault(on, status, body, **how))

    def requests(self, begin: str) -> list[Asked]:
        """List the requests whose verb and path begin so."""
        return [each for each in self.asked if f"{each.verb} {each.path}".startswith(begin)]

    def fault(self, verb: str, path: str) -> Fault | None:
        with self.lock:
            for fault in self.faults:
                if fault.times and f"{verb} {path}".startswith(fault.on):
                    fault.times -= 1
                    return fault
        return None

    def answer(self, verb: str, path: str, params: dict[str, str], body: Any) -> Any:
        """Do what is asked; raises ``Refused``."""
        shelves, till = self.shelves, self.till
        ids = [int(each) for each in re.findall(r"/(\d+)", path)]
        match verb, re.sub(r"/\d+", "/*", path):
            case "GET", "/data/currencies/current":
                return {"code": self.currency, "name": "", "symbol": ""}
            case "GET", "/products":
                return shelves.find(params)
            case "POST", "/products":
                return shelves.create(body)
            case "GET", "/products/*":
                return shelves.get(ids[0])
            case "PUT", "/products/*":
                return shelves.update(ids[0], body)
            case "DELETE", "/products/*":
                return shelves.delete(ids[0], force=params.get("force") == "true")
            case "GET", "/products/*/variations":
                shelves.get(ids[0])
                return shelves.variations(ids[0])
            case "POST", "/products/*/variations/batch":
                return shelves.batch(ids[0], body)
            case "GET", "/products/*/variations/*":
                return shelves.get(ids[1], ids[0])
            case "PUT", "/products/*/variations/*":
                return shelves.update(ids[1], body, ids[0])
            case "GET", "/orders":
                return till.find(params)
            case "POST", "/orders":
                return till.create(body)
            case "PUT", "/orders/*":
                return till.update(ids[0], body)
        message = "No route was found matching the URL and request method."
        raise Refused(404, "rest_no_route", message)

    def admit(self, verb: str, path: str, params: dict[str, str], basic: str | None) -> None:
        """Refuse whoever does not prove to have the key, in the way the transport asks for."""
        if self.is_secure:
            token = base64.b64encode(f"{KEY}:{self.secret}".encode()).decode()
            if basic != f"Basic {token}":
                raise _unknown("Consumer secret is invalid.")
            return
        if "oauth_signature" not in params:
            message = "Sorry, you cannot list resources."
            raise Refused(401, "woocommerce_rest_cannot_view", message)
        given = params.pop("oauth_signature")
        if params.get("oauth_consumer_key") != KEY:
            raise _unknown("Consumer key is invalid.")
        if not hmac.compare_digest(given, self._signature(verb, path, params)):
            raise _unknown("Invalid signature - provided signature does not match.")
        if abs(time.time() - int(params["oauth_timestamp"])) > _CLOCK_MAY_DIFFER:
            raise _unknown("Invalid timestamp.")
        if params["oauth_nonce"] in self.nonces:
            raise _unknown("Invalid nonce - nonce has already been used.")
        self.nonces.add(params["oauth_nonce"])

    def _signature(self, verb: str, path: str, params: dict[str, str]) -> str:
        """Sign as WooCommerce does to compare: each pair is encoded, joined and encoded again."""
        pairs = [_raw(f"{_raw(name)}={_raw(value)}") for name, value in sorted(params.items())]
        text = f"{verb}&{_raw(self.url + path)}&{'%26'.join(pairs)}"
        digest = hmac.new(f"{self.secret}&".encode(), text.encode(), hashlib.sha256)
        return base64.b64encode(digest.digest()).decode()


def _unknown(message: str) -> Refused:
    return Refused(401, "woocommerce_rest_authentication_error", message)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, store: WooStore) -> None:
        self.store = store
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller who hangs up is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # an answer goes out in one piece, or the other side waits for the second
    server: _Server

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _do(self) -> None:
        store, url = self.server.store, urlsplit(self.path)
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        params = dict(parse_qsl(url.query, keep_blank_values=True))
        path = url.path.removeprefix(API)
        fault = store.fault(self.command, path)
        if fault is None or fault.after:
            done = self._done(url.path, params, raw)
        if fault is None:
            self._say(*done)
        elif fault.hangs:
            store.closing.wait(30)
            self.close_connection = True
        elif fault.status:
            self._say(fault.status, fault.body, fault.headers)
        else:
            self.close_connection = True  # without a word

    do_GET = do_POST = do_PUT = do_DELETE = _do  # noqa: N815 - named by http.server

    def _done(
        self, path: str, params: dict[str, str], raw: bytes
    ) -> tuple[int, bytes, dict[str, str]]:
        store = self.server.store
        with store.lock:
            try:
                store.admit(self.command, path, params, self.headers.get("Authorization"))
                body = json.loads(raw) if raw else None
                inner = path.removeprefix(API)
                own = {name: text for name, text in params.items() if "oauth_" not in name}
                store.asked.append(Asked(self.command, inner, own, body))
                found = store.answer(self.command, inner, own, body)
            except Refused as refused:
                return refused.status, json.dumps(refused.body).encode(), {}
            if isinstance(found, list):
                return self._page(found, own)
            made = self.command == "POST" and "batch" not in path
            return 201 if made else 200, json.dumps(found).encode(), {}

    def _page(self, found: list[Json], params: dict[str, str]) -> tuple[int, bytes, dict[str, str]]:
        size, page = int(params.get("per_page", 10)), int(params.get("page", 1))
        part = found[(page - 1) * size : page * size]
        headers = {"X-WP-Total": str(len(found)), "X-WP-TotalPages": str(ceil(len(found) / size))}
        return 200, json.dumps(part).encode(), headers

    def _say(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, text in headers.items():
            self.send_header(name, text)
        self.send_header("Content-Type", "application/json; charset=UTF-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
