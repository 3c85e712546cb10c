"""The floor: the same answers out of the same rows, with nothing in between.

A bare ASGI application and ``sqlite3`` in the event loop's own thread. It validates nothing and
takes everybody's word for who they are: no shop could be run on it, and hardly any written in
Python could be faster.
"""

import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

from bench.floor_catalog import get_product, list_products, search_products
from bench.floor_writes import add_to_cart, check_out, log_in

type Scope = dict[str, Any]
type Receive = Callable[[], Awaitable[dict[str, Any]]]
type Send = Callable[[dict[str, Any]], Awaitable[None]]


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        await _live(receive, send)
        return
    answer = _read(scope) if scope["method"] == "GET" else await _write(scope, receive)
    content = json.dumps(answer).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(content)).encode()),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": content})


async def _live(receive: Receive, send: Send) -> None:
    event = ""
    while event != "lifespan.shutdown":
        event = (await receive())["type"]
        await send({"type": f"{event}.complete"})


def _read(scope: Scope) -> Any:
    path = scope["path"]
    if path == "/readyz":
        return {"status": "ready"}
    asked = {name: texts[0] for name, texts in parse_qs(scope["query_string"].decode()).items()}
    page, per_page = int(asked.get("page", 1)), int(asked.get("per_page", 20))
    if path == "/products":
        return list_products(page, per_page)
    if path == "/products/search":
        return search_products(asked["q"], page, per_page)
    return get_product(path.rpartition("/")[2])


async def _write(scope: Scope, receive: Receive) -> Any:
    path = scope["path"]
    body = json.loads((await receive())["body"])
    if path == "/login":
        return await log_in(**body)
    user_id = next(value for name, value in scope["headers"] if name == b"x-user-id").decode()
    if path == "/cart/add":
        return add_to_cart(user_id, **body)
    return check_out(user_id)
