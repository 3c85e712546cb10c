"""What is driven, in what words, and how many connections share it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bench.client import Operation, Script
from bench.shop import PASSWORD, TITLE_WORDS, Shop, User, bearer

READS = ("list", "get", "search")
BY_YARDSTICK = ("list", "get")
WRITES = ("add", "checkout", "login")
_LINES_IN_A_CART = 3

type Headers = Mapping[str, str]
type Credentials = Callable[[User], Headers]
"""How a user says who they are; the floor takes their word for it."""


@dataclass(frozen=True, slots=True)
class Load:
    """One kind of operation: a script for each connection, and for plain reads their paths."""

    scripts: list[Script]
    paths: list[str]


def by_token(user: User) -> Headers:
    return bearer(user.token)


def by_word(user: User) -> Headers:
    return {"X-User-Id": user.id}


def paths_of(name: str, shop: Shop) -> list[str]:
    """Tell which pages a read asks for."""
    return {
        "list": ["/products?per_page=20"],
        "get": [f"/products/{each}" for each in shop.product_ids],
        "search": [f"/products/search?q={word}" for word in TITLE_WORDS],
    }[name]


def reading(name: str, shop: Shop, connections: int) -> Load:
    """Have every connection begin at a page of its own."""
    paths = paths_of(name, shop)
    operations = [[_request("GET", path)] for path in paths]
    return Load([operations[start:] + operations[:start] for start in range(connections)], paths)


def writing(name: str, shop: Shop, connections: int, credentials: Credentials) -> Load:
    """Share the users out: two connections with one user would empty each other's carts."""
    buyers = _buyers(name, shop)
    write = {"add": _add, "checkout": _check_out, "login": _log_in}[name]
    scripts: list[Script] = [[] for _ in range(min(connections, len(buyers)))]
    for line in range(_LINES_IN_A_CART):
        for number, user in enumerate(buyers):
            wanted = shop.product_ids[(number * _LINES_IN_A_CART + line) % len(shop.product_ids)]
            scripts[number % connections].append(write(user, credentials(user), wanted))
    return Load(scripts, [])


def _buyers(name: str, shop: Shop) -> list[User]:
    """Keep full carts away from the checkout, which is measured on carts of one line."""
    half = len(shop.users) // 2
    return shop.users[half:] if name == "checkout" else shop.users[:half]


def _add(user: User, headers: Headers, product_id: str) -> Operation:
    body = {"product_id": product_id, "quantity": 1}
    return [_request("POST", "/cart/add", body, headers)]


def _check_out(user: User, headers: Headers, product_id: str) -> Operation:
    return [*_add(user, headers, product_id), _request("POST", "/checkout", {}, headers)]


def _log_in(user: User, headers: Headers, product_id: str) -> Operation:
    return [_request("POST", "/login", {"username": user.email, "password": PASSWORD})]


def _request(method: str, path: str, body: object = None, headers: Headers | None = None) -> str:
    content = "" if body is None else json.dumps(body)
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if content:
        lines += ["Content-Type: application/json", f"Content-Length: {len(content)}"]
    return "\r\n".join([*lines, "", content])
