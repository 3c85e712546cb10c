"""The API's description, for programs and, as an interactive page, for people.

The page is Swagger UI as the ``offapi`` package carries it: it works without the internet.
"""

from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

import falcon

from app.http import Request, Response
from app.openapi import describe
from app.operation import Route
from app.schema import encode

_PAGE = b"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Peregrine API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/swagger_style.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/docs/swagger_bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
"""
_START = b"""window.ui = SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  persistAuthorization: true,
  tryItOutEnabled: true,
  validatorUrl: null,
});
"""
_POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "frame-ancestors 'none'"
)
_TYPES = {"swagger_style.css": "text/css", "swagger_bundle.js": "text/javascript"}


class OpenApi:
    """The description, written when first asked for: a start should not wait for it."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._routes = routes
        self._document: bytes | None = None

    async def on_get(self, req: Request, resp: Response) -> None:
        if self._document is None:
            self._document = encode(describe(self._routes))
        resp.content_type = falcon.MEDIA_JSON
        resp.data = self._document


class Docs:
    async def on_get(self, req: Request, resp: Response) -> None:
        resp.content_type = falcon.MEDIA_HTML
        resp.set_header("Content-Security-Policy", _POLICY)
        resp.data = _PAGE


class DocsAsset:
    """The files the page is made of, read when first asked for."""

    def __init__(self) -> None:
        self._read: dict[str, bytes] = {"start.js": _START}

    async def on_get(self, req: Request, resp: Response, name: str) -> None:
        if name != "start.js" and name not in _TYPES:
            raise falcon.HTTPNotFound
        if name not in self._read:
            self._read[name] = (_folder() / name).read_bytes()
        resp.content_type = _TYPES.get(name, "text/javascript")
        resp.set_header("Cache-Control", "public, max-age=86400")
        resp.data = self._read[name]


def _folder() -> Path:
    """Find the package without importing it, which would read all it has into memory."""
    found = find_spec("offapi")
    if found is None or not found.submodule_search_locations:
        raise RuntimeError("the package offapi is not installed")
    return Path(found.submodule_search_locations[0])
