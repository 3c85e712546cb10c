"""One request at a time, for everything that is not measured."""

import http.client
import json
from collections.abc import Mapping
from typing import Any, NamedTuple


class Answer(NamedTuple):
    status: int
    body: Any


def ask(
    port: int, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None
) -> Answer:
    """Ask once, whatever the answer may be."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        sent = None if body is None else json.dumps(body)
        typed = {} if body is None else {"Content-Type": "application/json"}
        connection.request(method, path, sent, {**typed, **(headers or {})})
        response = connection.getresponse()
        content = response.read()
        return Answer(response.status, json.loads(content) if content else None)
    finally:
        connection.close()


def insist(
    port: int, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None
) -> Any:
    """Ask once, and take nothing but success for an answer."""
    answer = ask(port, method, path, body, headers)
    if not 200 <= answer.status < 300:
        raise RuntimeError(f"{method} {path} answered {answer.status}: {answer.body}")
    return answer.body
