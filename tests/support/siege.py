"""A shop whose processes are killed all the time, and started again, as a supervisor does."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from app.chores import SCHEDULES
from domain.identity.caller import Role
from domain.identity.models import User
from infrastructure.databases.db import SqlDatabase
from infrastructure.databases.migrations import Migrations
from infrastructure.databases.transaction import SqlTransaction
from infrastructure.databases.urls import database_url
from support.ambushes import Office, open_office
from support.buyers import SECRET, STRIPE_SECRET, Buyer, Json, token_of
from support.process import Process
from support.server import web_process, worker_process
from support.traps import Traps, traps_in
from support.woo_store import WooStore

STOCK = 1000
_CROWD = 150


@dataclass
class Siege:
    """What there is of the shop, and of the world around it."""

    folder: Path
    environment: dict[str, str]
    running: ExitStack
    traps: Traps
    office: Office
    store: WooStore
    admin: str
    users: Iterator[User]
    products: list[str] = field(default_factory=list)
    buyers: list[Buyer] = field(default_factory=list)
    webs: list[Process] = field(default_factory=list)
    workers: list[Process] = field(default_factory=list)

    @property
    def web(self) -> Process:
        return self.webs[0]

    @property
    def worker(self) -> Process:
        """What runs workflows: without workers the web process."""
        return self.workers[0] if self.workers else self.web

    def open_web(self) -> Process:
        """Start one more server."""
        started = web_process(self.folder, **self.environment)
        return _ready(self.running.enter_context(started), self.webs)

    def open_worker(self) -> Process:
        """Start one more process that runs workflows."""
        started = worker_process(self.folder, **self.environment)
        return _ready(self.running.enter_context(started), self.workers)

    def wait_until_ready(self) -> None:
        for process in (*self.webs, *self.workers):
            process.wait_until_ready()

    def buyer(self, *, pays: bool = True) -> Buyer:
        """Send somebody in: each wants a thing, in some number."""
        user, number = next(self.users), len(self.buyers)
        product = self.products[number % len(self.products)]
        buyer = Buyer(self.web.url, user.id, user.email, product, number % 3 + 1, pays)
        self.buyers.append(buyer)
        return buyer

    def ask(self, path: str, **params: Any) -> Json:
        """Look behind the counter."""
        answer = httpx2.get(
            f"{self.web.url}{path}",
            params=params,
            headers={"Authorization": f"Bearer {self.admin}"},
            timeout=60,
            trust_env=False,
        )
        assert answer.status_code == 200, answer.text
        found: Json = answer.json()
        return found

    def ask_all(self, path: str, **params: Any) -> list[Json]:
        """Read every page of a list."""
        found: list[Json] = []
        while page := self.ask(path, page=len(found) // 100 + 1, per_page=100, **params)["items"]:
            found += page
            if len(page) < 100:
                break
        return found

    def unfinished(self) -> list[Json]:
        """List the work that is left."""
        left = [
            self.ask("/admin/workflows", status=each)["items"] for each in ("waiting", "running")
        ]
        return [run for runs in left for run in runs if run["name"] not in SCHEDULES]

    def put_up_for_sale(self, *titles: str) -> None:
        for title in titles:
            answer = httpx2.post(
                f"{self.web.url}/admin/products",
                json={"title": title, "price_cents": 999, "stock": STOCK},
                headers={"Authorization": f"Bearer {self.admin}"},
                timeout=60,
                trust_env=False,
            )
            assert answer.status_code == 201, answer.text
            self.products.append(answer.json()["id"])


@contextmanager
def besieged(folder: Path, uri: str, *, workers: int = 0, **settings: str) -> Iterator[Siege]:
    """Open a shop for whoever is to come, with mail, a store, and workers where they are needed."""
    with ExitStack() as running:
        office = running.enter_context(open_office())
        store = running.enter_context(WooStore())
        environment = {
            "DATABASE_URL": uri,
            "SECRET_KEY": SECRET,
            "STRIPE_WEBHOOK_SECRET": STRIPE_SECRET,
            "SMTP_URL": office.url(),
            "PUBLIC_URL": "https://shop.example",
            "RATE_LIMITS": "off",
            **store.environment,
            **settings,
        }
        Migrations(database_url(uri), automatic=False).upgrade()
        people = asyncio.run(_people(uri))
        admin = token_of(people.pop().id, Role.ADMIN)
        traps = traps_in(uri)
        siege = Siege(folder, environment, running, traps, office, store, admin, iter(people))
        siege.open_web()
        for _ in range(workers):
            siege.open_worker()
        siege.put_up_for_sale("Emma", "Persuasion")
        yield siege


def _ready(process: Process, others: list[Process]) -> Process:
    process.wait_until_ready()
    others.append(process)
    return process


async def _people(uri: str) -> list[User]:
    """Open accounts for shoppers, and for one administrator at the end; nobody has a password."""

    async def unit(tx: SqlTransaction) -> list[User]:
        people = [User(email=f"{n}@besieged.example", password_hash="-") for n in range(_CROWD)]
        people[-1].role = Role.ADMIN
        for user in people:
            tx.users.add(user)
        return people

    database = SqlDatabase(database_url(uri))
    await database.open()
    try:
        return await database.write(unit)
    finally:
        await database.close()
