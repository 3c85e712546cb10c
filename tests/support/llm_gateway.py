"""A gateway to language models over real HTTP, which answers as it is told, in that order."""

import json
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any, NamedTuple, Self

from pydantic import SecretStr

from app.settings import Settings

KEY = "a-key-of-the-gateways-own"
ANSWER = {
    "content": "A fine thing.",
    "provider": "anthropic",
    "model": "claude-sonnet",
    "input_tokens": 120,
    "output_tokens": 30,
    "cost_usd": 0.001234,
    "cached": False,
    "latency_ms": 840,
}


class Asked(NamedTuple):
    """A request as it arrived."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]


@dataclass
class Reply:
    """What is answered; ``closes`` says nothing at all, ``drips`` a byte in each so many s."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    closes: bool = False
    drips: float = 0


class LlmGateway:
    """The gateway; ``url`` is where programs ask."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.replies: list[Reply] = []
        self.connections = 0
        self.closing = Event()
        self._server = _Server(self)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def told(self, settings: Settings) -> Settings:
        """Add to a shop's settings that this is its gateway."""
        return settings.model_copy(
            update={"llm_gateway_url": self.url, "llm_gateway_key": SecretStr(KEY)}
        )

    def says(self, **fields: Any) -> None:
        """Answer as usual, except for these fields; those that are ``...`` are left out."""
        answer = {name: value for name, value in (ANSWER | fields).items() if value is not ...}
        self.replies.append(Reply(body=json.dumps(answer).encode()))

    def fails(self, status: int = 0, body: bytes = b"", **how: Any) -> None:
        self.replies.append(Reply(status, body, **how))

    def next_reply(self) -> Reply:
        return self.replies.pop(0) if self.replies else Reply(body=json.dumps(ANSWER).encode())


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, gateway: LlmGateway) -> None:
        self.gateway = gateway
        super().__init__(("127.0.0.1", 0), _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        self.gateway.connections += 1
        super().process_request(request, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller who hangs up is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    server: _Server

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        gateway = self.server.gateway
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): text for name, text in self.headers.items()}
        gateway.asked.append(Asked(self.path, headers, json.loads(raw)))
        reply = gateway.next_reply()
        if reply.closes:
            self.close_connection = True
            return
        self.send_response(reply.status)
        for name, text in reply.headers.items():
            self.send_header(name, text)
        self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        with suppress(OSError):
            self._write(reply)

    def _write(self, reply: Reply) -> None:
        if not reply.drips:
            self.wfile.write(reply.body)
            return
        for byte in reply.body:
            self.wfile.write(bytes([byte]))
            self.wfile.flush()
            if self.server.gateway.closing.wait(reply.drips):
                return
