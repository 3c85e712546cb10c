"""Two real servers with one database between them, and people who ask either of them."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path

import httpx2

from domain.identity.caller import Role
from domain.identity.models import User
from infrastructure.databases.db import SqlDatabase
from infrastructure.databases.migrations import Migrations
from infrastructure.databases.transaction import SqlTransaction
from infrastructure.databases.urls import database_url, is_sqlite
from support.doors import Answer, Buyer, Json, Send, crowd, fill
from support.server import Server, served
from support.tokens import claims_of, signed
from support.traps import wait_until

_SECRET = "a secret that both servers know, and long enough"
_LONGEST = 120.0


class TwoServers:
    """Both servers, and what is asked of either."""

    def __init__(self, servers: list[Server], uri: str) -> None:
        self.servers, self._uri = servers, uri
        self._admin = signed(claims_of(self.run(_administrator)), _SECRET)

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

    def put_up_for_sale(self, stock: int) -> list[str]:
        """Put two things on the shelves, so many of each."""
        thing = {"title": "Emma", "price_cents": 999, "stock": stock}
        return [self.ask("POST", "/admin/products", thing)["id"] for _ in range(2)]

    def stocks(self, products: list[str]) -> list[int]:
        return [self.ask("GET", f"/products/{product}")["stock"] for product in products]

    def orders(self, status: str) -> int:
        total: int = self.ask("GET", f"/orders?status={status}")["total"]
        return total

    def crowd(self, number: int, products: list[str], *doors: str) -> list[Buyer]:
        return self.run(lambda database: crowd(database, number, _SECRET, products, doors))

    def race(self, buyers: list[Buyer]) -> list[Answer]:
        """Let everybody fill a cart, then push through a door of one server or the other."""

        async def push(clients: list[httpx2.AsyncClient]) -> list[Answer]:
            asks = [
                _sender(client, each.token)
                for client, each in zip(cycle(clients), buyers, strict=False)
            ]
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

    def decline(self, intents: list[Json]) -> None:
        """Have the payment provider decline a card of each; its events tell the shop."""
        for server, intent in zip(cycle(self.servers), intents, strict=False):
            path = f"/stand-in/payment_intents/{intent['payment_intent_id']}/confirm"
            card = {"payment_method": "pm_card_chargeDeclined"}
            with server.client() as shopper:
                answer = shopper.post(path, json=card | {"client_secret": intent["client_secret"]})
            assert answer.json()["status"] == "requires_payment_method", answer.text

    def wait_for(self, come_true: Callable[[], bool]) -> None:
        """Wait for what the worker has yet to do."""
        wait_until(come_true, "what the worker has yet to do", within=_LONGEST)

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
        """List what the servers have logged that should not have happened."""
        lines = [line for server in self.servers for line in server.log.read_text().splitlines()]
        return [line for line in lines if " ERROR " in line or "deadlock" in line.lower()]


@contextmanager
def two_servers(folder: Path, uri: str) -> Iterator[TwoServers]:
    """Serve one database twice; on Postgres a worker is beside, on SQLite one of them works."""
    Migrations(database_url(uri), automatic=False).upgrade()
    settings = {"DATABASE_URL": uri, "SECRET_KEY": _SECRET, "RATE_LIMITS": "off"}
    with (
        served(folder, workers=0 if is_sqlite(database_url(uri)) else 1, **settings) as one,
        served(folder, **settings) as other,
    ):
        yield TwoServers([one, other], uri)


def _sender(client: httpx2.AsyncClient, token: str) -> Send:
    async def send(path: str, json: Json) -> Answer:
        headers = {"Authorization": f"Bearer {token}"}
        answer = await client.post(path, json=json, headers=headers)
        return Answer(answer.status_code, answer.json())

    return send


async def _administrator(database: SqlDatabase) -> str:
    async def unit(tx: SqlTransaction) -> str:
        user = User(email="admin@crowd.example", password_hash="-", role=Role.ADMIN)
        tx.users.add(user)
        return user.id

    return await database.write(unit)
