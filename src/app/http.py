"""Falcon, with what our middleware adds to a request."""

import re
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import falcon.asgi

from app.errors import BodyTooLarge, MalformedHost
from app.uploads import Upload
from domain.identity.caller import Caller
from domain.identity.errors import AuthenticationRequired

if TYPE_CHECKING:
    from app.operation import Operation
    from domain.idempotency.service import Claim

Response = falcon.asgi.Response

MAX_BODY = 1024 * 1024
_HOST = re.compile(r"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?")


class Request(falcon.asgi.Request):
    def __init__(
        self, scope: dict[str, Any], receive: Callable[[], Awaitable[Any]], **options: Any
    ) -> None:
        self._events = receive
        super().__init__(scope, self._next_event, **options)
        self.operation: Operation | None = None
        self.claim: Claim | None = None
        self.request_id = ""
        self.address = ""
        self.arrived = 0.0
        self.known_caller: Caller | None = None
        self._body: bytes | None = None
        self.upload = Upload(self)
        """The body, where an operation takes one that is too large for memory."""
        self.broken_off = False
        """Whether the caller has gone."""

    @property
    def caller(self) -> Caller:
        """Who is asking, at endpoints that only let in somebody we know."""
        if self.known_caller is None:
            raise AuthenticationRequired
        return self.known_caller

    @property
    def origin(self) -> str:
        """Where the caller has found us; raises ``MalformedHost`` if that cannot be."""
        if not _HOST.fullmatch(self.netloc):
            raise MalformedHost
        return self.prefix

    async def _next_event(self) -> Any:
        event = await self._events()
        if event["type"] == "http.disconnect":
            self.broken_off = True
        return event

    async def body(self) -> bytes:
        """Read the body, once, and not beyond what we accept."""
        if self._body is None:
            if (self.content_length or 0) > MAX_BODY:
                raise BodyTooLarge(maximum_bytes=MAX_BODY)
            self._body = await self.stream.read(MAX_BODY + 1)
            if len(self._body) > MAX_BODY:
                raise BodyTooLarge(maximum_bytes=MAX_BODY)
        return self._body


class App(falcon.asgi.App[Request, Response]):
    def __init__(self, *middleware: Any) -> None:
        super().__init__(request_type=Request, middleware=list(middleware))
        self.req_options.strip_url_path_trailing_slash = True
        self.req_options.keep_blank_qs_values = True
        self.resp_options.default_media_type = falcon.MEDIA_JSON
