"""A large store on loopback, as Shopify would answer for it; ``python -m bench.store``.

It is a process of its own, so that it costs the server no time but that of the wire.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

ROOT = Path(__file__).parents[1]
_MOST = 250


class Store:
    """Sells so many things; each season a hundredth of them is new, and a tenth is repriced."""

    def __init__(self, products: int) -> None:
        self._products = products
        self.season = 0

    def page(self, number: int, size: int) -> list[dict[str, Any]]:
        oldest = self.season * self._products // 100
        start, end = oldest + (number - 1) * size, oldest + self._products
        return [self._product(each) for each in range(start, min(start + size, end))]

    def _product(self, number: int) -> dict[str, Any]:
        raised = self.season if number % 10 == 0 else 0
        variant = {
            "id": 2 * 10**12 + number,
            "title": "Default Title",
            "sku": f"SKU-{number}",
            "available": True,
            "price": f"{number % 90 + 10 + raised}.95",
            "compare_at_price": None,
        }
        return {
            "id": 10**12 + number,
            "title": f"Thing of some kind, number {number}",
            "handle": f"thing-{number}",
            "published_at": "2026-01-01T00:00:00-05:00",
            "vendor": "Acme",
            "variants": [variant],
            "images": [{"src": f"https://cdn.store.example/files/thing-{number}.png"}],
        }


@contextmanager
def selling(products: int) -> Iterator[str]:
    """Serve a store until the block ends; its address begins it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.store", str(products)],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stdout
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.terminate()
        process.wait()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # an answer goes out in one piece, or the other side waits for the second
    store: Store

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        query = dict(parse_qsl(url.query))
        match url.path:
            case "/products.json":
                size = min(int(query["limit"]), _MOST)
                self._say({"products": self.store.page(int(query["page"]), size)})
            case "/meta.json":
                self._say({"currency": "USD"})
            case _:
                self._say(None, 404)

    def do_POST(self) -> None:
        self.store.season += 1
        self._say(self.store.season)

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _say(self, content: object, status: int = 200) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    _Handler.store = Store(int(sys.argv[1]))
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    print(server.server_port, flush=True)
    server.serve_forever()
