"""API keys, and what programs do with them."""

from typing import Any

from support.client import Client

KEYS = "/api/v1/api-keys"


def made(owner: Client, **wanted: Any) -> dict[str, Any]:
    """Make a key as its owner would, and return what is shown of it."""
    answer = owner.post(KEYS, wanted)
    assert answer.status_code == 201, answer.json
    shown: dict[str, Any] = answer.json
    return shown


def raw(owner: Client, *scopes: str) -> str:
    """Make a key within some scopes, and return what a program sends."""
    return str(made(owner, scopes=list(scopes))["key"])
