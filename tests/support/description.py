"""The route table and what is said of it, without a database behind it."""

from functools import cache
from typing import Any

from app.container import assemble
from app.openapi import describe
from app.operation import Operation, Route
from app.routes import routes
from app.settings import Settings


@cache
def table() -> list[Route]:
    return routes(assemble(Settings(_env_file=None, secret_key="only to have one, never used")))


@cache
def document() -> dict[str, Any]:
    return describe(table())


def operations() -> list[tuple[str, str, Operation]]:
    """List verb, path and operation of every endpoint."""
    return [
        (verb, route.path, operation) for route in table() for verb, operation in route.operations()
    ]


def entries() -> list[tuple[str, dict[str, Any]]]:
    """List what the document says of every endpoint, under its verb and path."""
    return [
        (f"{verb.upper()} {path}", entry)
        for path, verbs in document()["paths"].items()
        for verb, entry in verbs.items()
    ]
