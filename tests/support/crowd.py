"""Requests that are under way at the same time."""

import asyncio
from typing import Any, NamedTuple

from falcon.testing import Result

from support.client import Client
from support.doors import Answer, Buyer, Json, Send, fill


class Ask(NamedTuple):
    """A request somebody is about to send."""

    client: Client
    verb: str
    path: str
    json: Any = None
    headers: dict[str, str] = {}


def all_at_once(*asks: Ask) -> list[Result]:
    """Send every request before any is answered; the answers come in the order asked.

    A first round opens the connections: who has to wait for one comes too late for a race.
    """

    async def everybody() -> list[Result]:
        await asyncio.gather(*(_sent(Ask(ask.client, "GET", "/readyz")) for ask in asks))
        return await asyncio.gather(*(_sent(ask) for ask in asks))

    if not asks:
        return []
    results: list[Result] = asks[0].client._run(everybody())
    for ask, result in zip(asks, results, strict=True):
        ask.client._hold_to_word(ask.verb, ask.path, result)
    return results


async def _sent(ask: Ask) -> Result:
    return await ask.client._conductor.simulate_request(
        ask.verb, ask.path, json=ask.json, headers=ask.client._headers | ask.headers
    )


def sender(client: Client, token: str) -> Send:
    """Send requests of somebody's into the app."""

    async def send(path: str, json: Json) -> Answer:
        result = await client._conductor.simulate_request(
            "POST", path, json=json, headers={"Authorization": f"Bearer {token}"}
        )
        client._hold_to_word("POST", path, result)
        return Answer(result.status_code, result.json)

    return send


def race(client: Client, buyers: list[Buyer]) -> list[Answer]:
    """Let everybody fill a cart, and then all push through their doors at once."""

    async def everybody() -> list[Answer]:
        for buyer in buyers:
            await fill(sender(client, buyer.token), buyer)
        return await asyncio.gather(
            *(buyer.door(sender(client, buyer.token), buyer.lines) for buyer in buyers)
        )

    answers: list[Answer] = client._run(everybody())
    return answers
