"""A shop whose processes are killed all the time, and started again, as a supervisor does."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from domain.identity.caller import Role
from domain.identity.models import User
from infrastructure.databases.db import SqlDatabase
from infrastructure.databases.migrations import Migrations
from infrastructure.databases.transaction import SqlTransaction
from infrastructure.databases.urls import database_url, is_sqlite
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

    web: Process
    worker: Process
    """What runs workflows: on SQLite the web process."""
    traps: Traps
    office: Office
    store: WooStore
    admin: str
    users: Iterator[User]
    products: list[str] = field(default_factory=list)
    buyers: list[Buyer] = field(default_factory=list)
    kills: int = 0

    def start_again(self, process: Process) -> None:
        """Start the successor of a process that was killed."""
        process.start()
        self.kills += 1

    def wait_until_ready(self) -> None:
        for process in {self.web, self.worker}:
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
        return [run for runs in left for run in runs if run["name"] != "sweep"]

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
def besieged(folder: Path, uri: str) -> Iterator[Siege]:
    """Open a shop for whoever is to come, with mail, a store, and a worker where one is needed."""
    with ExitStack() as running:
        office = running.enter_context(open_office())
        store = running.enter_context(WooStore())
        environment = {
            "DATABASE_URL": uri,
            "SECRET_KEY": SECRET,
            "STRIPE_WEBHOOK_SECRET": STRIPE_SECRET,
            "SMTP_URL": office.url(),
            "RATE_LIMITS": "off",
            **store.environment,
        }
        Migrations(database_url(uri), automatic=False).upgrade()
        people = asyncio.run(_people(uri))
        web = running.enter_context(web_process(folder, **environment))
        worker = web
        if not is_sqlite(database_url(uri)):
            worker = running.enter_context(worker_process(folder, **environment))
        admin = token_of(people.pop().id, Role.ADMIN)
        siege = Siege(web, worker, traps_in(uri), office, store, admin, iter(people))
        siege.wait_until_ready()
        siege.put_up_for_sale("Emma", "Persuasion")
        yield siege


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
