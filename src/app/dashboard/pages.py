import hashlib
from pathlib import Path
from typing import NamedTuple

import falcon

from app.http import App, Request, Response

PATH = "/dashboard"

_FOLDER = Path(__file__).parent / "static"
_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
"""Nothing from elsewhere, pictures of other stores included: they would see who looks at them.

Nor can a script of ours, by mistake, turn text into markup or code.
"""


def add_pages(app: App) -> None:
    """Have the application serve the dashboard, and the files it is made of."""
    app.add_route(PATH, DashboardPage())
    app.add_route(f"{PATH}/{{name}}", DashboardFile())


class DashboardPage:
    async def on_get(self, req: Request, resp: Response) -> None:
        resp.content_type = falcon.MEDIA_HTML
        resp.set_header("Content-Security-Policy", _POLICY)
        _answer(req, resp, _read(_FOLDER / "index.html"))


class DashboardFile:
    """Scripts and styles, by their names. Only what lies in the folder has a name here."""

    def __init__(self) -> None:
        self._files = {file.name: file for file in _FOLDER.iterdir() if file.suffix in _TYPES}
        self._read: dict[str, _Content] = {}

    async def on_get(self, req: Request, resp: Response, name: str) -> None:
        file = self._files.get(name)
        if file is None:
            raise falcon.HTTPNotFound
        if name not in self._read:
            self._read[name] = _read(file)
        resp.content_type = _TYPES[file.suffix]
        _answer(req, resp, self._read[name])


class _Content(NamedTuple):
    data: bytes
    etag: str


def _read(file: Path) -> _Content:
    data = file.read_bytes()
    return _Content(data, hashlib.blake2b(data, digest_size=12).hexdigest())


def _answer(req: Request, resp: Response, content: _Content) -> None:
    """Have browsers ask each time whether they have the latest: modules of two versions mix ill."""
    resp.etag = content.etag
    resp.set_header("Cache-Control", "public, no-cache")
    known = req.if_none_match or []
    if any(each == "*" or each == content.etag for each in known):
        resp.status = falcon.HTTP_304
    else:
        resp.data = content.data
