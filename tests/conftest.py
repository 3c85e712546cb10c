"""One real database, one real app and one event loop per test. Nothing is mocked.

Every test that asks for a shop runs on SQLite and again on Postgres, which a wheel brings along.
"""

import asyncio
import shutil
import tempfile
from collections.abc import Callable, Coroutine, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from support.bank import Bank
from support.client import Client
from support.clock import MovableClock
from support.postgres import Postgres
from support.receiver import Receiver, deliveries, listen
from support.shopping import place
from support.woo_store import WooStore
from support.worker import carry_out

from app.container import Container, assemble
from app.factory import create_app
from app.settings import Settings
from domain.payment.gateway import PaymentGateway
from infrastructure.databases.migrations import Migrations
from infrastructure.databases.urls import database_url

pytest_plugins = ["support.needs"]

type Run = Callable[[Coroutine[Any, Any, Any]], Any]

SECRET = "a secret that only the tests know, and long enough"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the journeys: they are the longest, and nobody should wait for one at the end."""
    items.sort(key=lambda item: "journeys" not in item.path.parts)


@pytest.fixture
def run() -> Iterator[Run]:
    """Run a coroutine to its end, always on the same loop."""
    with asyncio.Runner() as runner:
        yield runner.run


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file at the present schema, to be copied."""
    path = tmp_path_factory.mktemp("sqlite") / "migrated.db"
    asyncio.run(Migrations(database_url(f"sqlite:///{path}"), automatic=True).open())
    return path


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A Postgres server of our own, with a database at the present schema."""
    # A folder of pytest's would be closed to the user that Postgres runs as when we are root.
    with tempfile.TemporaryDirectory() as folder, Postgres(Path(folder)) as server:
        yield server


@pytest.fixture(params=["sqlite", "postgres"])
def database_uri(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database at the present schema."""
    if request.param == "postgres":
        server: Postgres = request.getfixturevalue("postgres")
        server.empty()
        return server.uri
    path = tmp_path / "shop.db"
    shutil.copy(request.getfixturevalue("migrated_sqlite"), path)
    return f"sqlite+aiosqlite:///{path}"


@pytest.fixture
def settings(database_uri: str) -> Settings:
    return Settings(
        _env_file=None,
        database_url=database_uri,
        secret_key=SECRET,
        rate_limits="off",
        database_pool_timeout=60,  # on a busy machine a crowd takes its time
        workflows="worker",  # they are carried out when a test says so
    )


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def bank() -> Bank:
    return Bank()


@pytest.fixture
def gateway() -> PaymentGateway | None:
    """What the shop is paid through: the stand-in, unless a module says ``bank``."""
    return None


@pytest.fixture
def woo() -> Iterator[WooStore]:
    """A WooCommerce store; a module whose shop sells there says so in its ``settings``."""
    with WooStore() as store:
        yield store


@pytest.fixture
def receiver(run: Run) -> Iterator[Receiver]:
    """Another system; a module whose shop may call it says so in its ``settings``."""
    with Receiver().opened(run) as receiver:
        yield receiver


@pytest.fixture
def endpoint(admin: Client, receiver: Receiver) -> dict[str, Any]:
    """The other system's place among those that are told."""
    return listen(admin, receiver.url)


@pytest.fixture
def delivery(admin: Client, shopper: Client, endpoint: dict[str, Any]) -> dict[str, Any]:
    """The news of an order, on its way to the other system."""
    place(shopper, admin.product(price_cents=1999))
    return deliveries(admin, endpoint)[0]


@pytest.fixture
def shop(settings: Settings, clock: MovableClock, gateway: PaymentGateway | None) -> Container:
    """A whole shop with an empty database, not open yet; a client opens it."""
    return assemble(settings, clock=clock, gateway=gateway)


@pytest.fixture
def restarted(
    run: Run,
    settings: Settings,
    clock: MovableClock,
    gateway: PaymentGateway | None,
    client: Client,
) -> Iterator[Client]:
    """A guest of the same shop in another process, on the same database."""
    again = assemble(settings, clock=clock, gateway=gateway)
    with Client.of(run, create_app(again), again) as client:
        yield client


@pytest.fixture
def client(run: Run, shop: Container) -> Iterator[Client]:
    """A guest of the shop, which is open as long as the test lasts."""
    with Client.of(run, create_app(shop), shop) as client:
        yield client


@pytest.fixture
def admin(client: Client) -> Client:
    return client.as_admin()


@pytest.fixture
def shopper(client: Client) -> Client:
    return client.as_shopper()


@pytest.fixture
def carried_out(run: Run, shop: Container, clock: MovableClock) -> Callable[..., list[str]]:
    """Carry out every workflow whose time has come; tell their ids."""
    return lambda **options: run(carry_out(shop, now=clock(), **options))


@pytest.fixture
def later(clock: MovableClock) -> Callable[..., None]:
    """Let time pass: ``later(minutes=20)``."""
    return lambda **span: clock.move(timedelta(**span))
