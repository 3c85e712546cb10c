"""The doors of the shop through which stock leaves, and people who push through them.

They only need something that sends requests: in process, or over a network.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from itertools import cycle
from typing import Any, NamedTuple

from common.ids import new_id
from domain.identity.caller import Role
from domain.identity.models import User
from infrastructure.databases.db import SqlDatabase
from infrastructure.databases.transaction import SqlTransaction
from support.tokens import claims_of, signed

type Json = dict[str, Any]
type Send = Callable[[str, Json], Awaitable["Answer"]]
type Door = Callable[[Send, list[Json]], Awaitable["Answer"]]


class Answer(NamedTuple):
    status: int
    json: Json


class Buyer(NamedTuple):
    """Somebody with a full cart in front of a door."""

    token: str
    lines: list[Json]
    door: Door


async def _checkout(send: Send, lines: list[Json]) -> Answer:
    return await send("/checkout", {})


async def _session(send: Send, lines: list[Json]) -> Answer:
    wish = {"success_url": "https://shop.example/thanks"}
    return await send("/api/v1/checkout/session", wish)


async def _intent(send: Send, lines: list[Json]) -> Answer:
    return await send("/api/v1/checkout/payment-intent", {})


async def _order(send: Send, lines: list[Json]) -> Answer:
    placed = await send("/orders", {"items": lines})
    if placed.status != 201:
        return placed
    return await send(f"/orders/{placed.json['id']}/pay", {})


DOORS: dict[str, Door] = {
    "checkout": _checkout,
    "session": _session,
    "payment intent": _intent,
    "order": _order,
}


async def crowd(
    database: SqlDatabase, number: int, secret: str, products: list[str], doors: Iterable[str]
) -> list[Buyer]:
    """Let people in, who want one of each product, in either order; their carts are empty yet."""

    async def unit(tx: SqlTransaction) -> list[str]:
        users = [User(email=f"{new_id()}@crowd.example", password_hash="-") for _ in range(number)]
        for user in users:
            tx.users.add(user)
        return [user.id for user in users]

    lines = [{"product_id": product} for product in products]
    return [
        Buyer(signed(claims_of(user_id, role=Role.USER), secret), lines[::step], DOORS[door])
        for user_id, step, door in zip(
            await database.write(unit), cycle((1, -1)), cycle(doors), strict=False
        )
    ]


async def fill(send: Send, buyer: Buyer) -> None:
    """Fill somebody's cart."""
    for line in buyer.lines:
        added = await send("/cart/add", line)
        assert added.status == 200, added.json


def outcomes(answers: Iterable[Answer]) -> Counter[str]:
    """Count who got something, and why the others did not."""
    return Counter(
        "served" if each.status < 300 else f"{each.status} {each.json.get('error')}"
        for each in answers
    )
