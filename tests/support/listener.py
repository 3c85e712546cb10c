"""Another system that is told of events, on a thread of its own: beside processes of a shop."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

type Request = tuple[bytes, dict[str, str]]


class Listener(ThreadingHTTPServer):
    """Takes events in, and answers nobody before it is let."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.got: list[Request] = []
        self.may_answer = Event()

    @contextmanager
    def running(self) -> Iterator["Listener"]:
        thread = Thread(target=self.serve_forever)
        thread.start()
        try:
            yield self
        finally:
            self.may_answer.set()
            self.shutdown()
            self.server_close()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    server: Listener

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((body, dict(self.headers)))
        self.server.may_answer.wait()
        try:
            self.send_response(204)
            self.end_headers()
        except ConnectionError:  # who asked is dead
            return

    def log_message(self, *args: object) -> None:
        """Say nothing."""
