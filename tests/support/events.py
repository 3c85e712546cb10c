"""Requests as a server hands them on: event by event, with whatever goes wrong on the way."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from falcon.testing import create_scope

from support.client import Client

GONE = {"type": "http.disconnect"}


def part(body: bytes, *, more: bool = True) -> dict[str, Any]:
    return {"type": "http.request", "body": body, "more_body": more}


def hand_on(
    client: Client, path: str, headers: Mapping[str, str], *events: dict[str, Any]
) -> tuple[int, dict[str, Any]]:
    """POST by these events; tell the status and the problem."""
    path, _, query = path.partition("?")
    scope = create_scope(
        path=path, query_string=query, method="POST", headers={**client._headers, **headers}
    )
    waiting, sent = list(events), []

    async def receive() -> dict[str, Any]:
        if not waiting:
            await asyncio.Event().wait()
        return waiting.pop(0)

    async def send(event: dict[str, Any]) -> None:
        sent.append(event)

    client._run(client._conductor.app(scope, receive, send))
    return sent[0]["status"], json.loads(b"".join(each.get("body", b"") for each in sent[1:]))
