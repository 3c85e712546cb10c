"""Two real servers with one Postgres between them, and more buyers than there is to buy."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from itertools import cycle
from typing import Any

import httpx2
import pytest
from support.doors import DOORS, Answer, Buyer, Json, Send, crowd, fill, outcomes
from support.server import Server, served
from support.tokens import claims_of, signed

from domain.identity.caller import Role
from domain.identity.models import User
from infrastructure.databases.db import SqlDatabase
from infrastructure.databases.urls import database_url

SECRET = "a secret that both servers know, and long enough"
STOCK, BUYERS = 10, 50
LOST = "409 insufficient_inventory"


class Shop:
    """Both servers, and what is asked of either."""

    def __init__(self, servers: list[Server], uri: str) -> None:
        self.servers, self._uri = servers, uri
        self._admin = signed(claims_of(self.run(_administrator)), SECRET)

    def run[T](self, work: Callable[[SqlDatabase], Awaitable[T]]) -> T:
        """Do something in the database, behind the servers' backs."""

        async def opened() -> T:
            database = SqlDatabase(database_url(self._uri))
            await database.open()
            try:
                return await work(database)
            finally:
                await database.close()

        return asyncio.run(opened())

    def ask(self, verb: str, path: str, json: Json | None = None) -> Json:
        """Ask for something behind the counter."""
        with self.servers[0].client(self._admin) as admin:
            answer = admin.request(verb, path, json=json)
        assert answer.status_code < 300, answer.text
        found: Json = answer.json()
        return found

    def put_up_for_sale(self) -> list[str]:
        thing = {"title": "Emma", "price_cents": 999, "stock": STOCK}
        return [self.ask("POST", "/admin/products", thing)["id"] for _ in range(2)]

    def stocks(self, products: list[str]) -> list[int]:
        return [self.ask("GET", f"/products/{product}")["stock"] for product in products]

    def orders(self, status: str) -> int:
        total: int = self.ask("GET", f"/orders?status={status}")["total"]
        return total

    def crowd(self, products: list[str], *doors: str) -> list[Buyer]:
        return self.run(lambda database: crowd(database, BUYERS, SECRET, products, doors))

    def race(self, buyers: list[Buyer]) -> list[Answer]:
        """Let everybody fill a cart, then push through a door of one server or the other."""

        async def push(clients: list[httpx2.AsyncClient]) -> list[Answer]:
            asks = [_sender(client, each.token) for client, each in zip(cycle(clients), buyers)]
            for ask, buyer in zip(asks, buyers, strict=True):
                await fill(ask, buyer)
            return await asyncio.gather(
                *(buyer.door(ask, buyer.lines) for ask, buyer in zip(asks, buyers, strict=True))
            )

        return self._with_clients(push)

    def cancel_everywhere(self, opened: list[tuple[Buyer, str]]) -> list[Answer]:
        """Cancel every session at both servers at once."""

        async def cancel(clients: list[httpx2.AsyncClient]) -> list[Answer]:
            return await asyncio.gather(
                *(
                    _sender(client, buyer.token)(f"/api/v1/checkout/session/{name}/cancel", {})
                    for buyer, name in opened
                    for client in clients
                )
            )

        return self._with_clients(cancel)

    def _with_clients[T](self, work: Callable[[list[httpx2.AsyncClient]], Awaitable[T]]) -> T:
        async def opened() -> T:
            clients = [
                httpx2.AsyncClient(base_url=server.url, timeout=60, trust_env=False)
                for server in self.servers
            ]
            try:
                return await work(clients)
            finally:
                for client in clients:
                    await client.aclose()

        return asyncio.run(opened())

    def complaints(self) -> list[str]:
        lines = [line for server in self.servers for line in server.log.read_text().splitlines()]
        return [line for line in lines if " ERROR " in line or "deadlock" in line.lower()]
