"""Accounts that another platform opens for its users."""

from typing import Any

from support.client import PASSWORD, Client
from support.keys import KEYS

PROVISION = "/api/v1/auth/provision"
ADA = {"email": "ada@example.com", "external_platform_id": "ada-1"}


def provisioned(platform: Client, **wanted: Any) -> dict[str, Any]:
    """Open Ada's account, or one that differs from hers in what is wanted."""
    answer = platform.post(PROVISION, ADA | wanted)
    assert answer.status_code == 201, answer.json
    shown: dict[str, Any] = answer.json
    return shown


def keys_of(client: Client, email: str, *, revoke: bool = False) -> list[dict[str, Any]]:
    """Log in, look at the keys there are and, if so asked, revoke them all."""
    login = client.post("/login", {"username": email, "password": PASSWORD}).json
    user = client.bearing(login["access_token"])
    keys: list[dict[str, Any]] = user.get(KEYS).json
    for key in keys if revoke else []:
        assert user.delete(f"{KEYS}/{key['id']}").status_code == 204
    return keys
