"""The service that ``docs/building-on.md`` builds: it runs, and it is what the page shows."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.ext.asyncio import create_async_engine
from support.client import Client
from support.crowd import Ask, all_at_once
from support.plans import subscribed
from support.server import isolated

from app.container import assemble
from domain.identity.plan import PlanTier
from infrastructure.databases.migrations import Migrations, SchemaOutdated, alembic_config
from infrastructure.databases.urls import database_url
from notes.main import HISTORY, create, kept
from notes.models import NotesEntity
from notes.service import LIMITS

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "building-on.md").read_text()
EXAMPLE = ROOT / "examples" / "notes"
BLOCKS = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
NAMES = sorted(set(re.findall(r"`((?:app|domain|infrastructure|common)(?:\.\w+)+)`", PAGE)))
NOTES = "/api/v1/notes"


@pytest.fixture(scope="session")
def postgres_of_a_shop(postgres) -> str:
    """A database of Peregrine's, to which the service comes. Others' tests have theirs."""
    uri: str = postgres.new_database("shop_with_notes")
    Migrations(database_url(uri), automatic=False).upgrade()
    return uri


@pytest.fixture(params=["sqlite", "postgres"])
def database_uri(request, tmp_path) -> str:
    if request.param == "postgres":
        uri: str = request.getfixturevalue("postgres_of_a_shop")
        return uri
    path = tmp_path / "shop.db"
    shutil.copy(request.getfixturevalue("migrated_sqlite"), path)
    return f"sqlite+aiosqlite:///{path}"


@pytest.fixture
def migrated(database_uri) -> str:
    """The same database, with the service's tables in it."""
    notes_migrations(database_uri).upgrade()
    return database_uri


@pytest.fixture
def client(run, settings, migrated, clock):
    shop = assemble(settings, clock=clock, metrics=[kept])
    with Client.of(run, create(shop), shop) as client:
        yield client


def notes_migrations(uri: str, *, automatic: bool = False) -> Migrations:
    return Migrations(database_url(uri), automatic=automatic, history=HISTORY)


def keep(somebody: Client, number: int) -> list[int]:
    return [somebody.post(NOTES, {"text": "Buy milk"}).status_code for _ in range(number)]


def notes_in_usage(somebody: Client) -> dict[str, Any]:
    metrics = somebody.get("/api/v1/usage").json["metrics"]
    return next(metric for metric in metrics if metric["name"] == "notes")


def test_people_keep_notes_of_their_own(client) -> None:
    ada, bob = client.as_shopper(), client.as_shopper()

    kept = ada.post(NOTES, {"text": "Buy milk"})

    assert kept.status_code == 201
    assert ada.get(NOTES).json == [kept.json]
    assert bob.get(NOTES).json == []


def test_a_plan_includes_so_many_notes_and_usage_tells(client) -> None:
    ada = client.as_shopper()

    answers = keep(ada, 4)
    on_free = notes_in_usage(ada)
    subscribed(ada, PlanTier.PRO)
    on_pro = notes_in_usage(ada)

    assert answers == [201, 201, 201, 403]
    assert (on_free["used"], on_free["limit"]) == (3, LIMITS[PlanTier.FREE])
    assert (on_pro["used"], on_pro["limit"]) == (3, LIMITS[PlanTier.PRO])
    assert keep(ada, 1) == [201]


def test_of_many_at_once_no_more_are_kept_than_the_plan_includes(client) -> None:
    ada = client.as_shopper()

    answers = all_at_once(*[Ask(ada, "POST", NOTES, {"text": "Buy milk"})] * 8)

    assert sorted(answer.status_code for answer in answers) == [201] * 3 + [403] * 5
    assert len(ada.get(NOTES).json) == 3


@pytest.mark.parametrize(
    ("body", "status"), [({}, 422), ({"text": " "}, 422), ({"text": "x", "colour": "red"}, 422)]
)
def test_the_service_is_guarded_as_the_shop_is(client, body, status) -> None:
    refused = client.as_shopper().post(NOTES, body)

    assert refused.status_code == status
    assert refused.json["error"] == "validation_error"
    assert client.get(NOTES).json["error"] == "authentication_required"


def test_the_shop_describes_and_counts_the_service_with_its_own(client) -> None:
    keep(client.as_shopper(), 1)

    entry = client.get("/openapi.json").json["paths"][NOTES]["post"]
    metrics = client.as_admin().get("/metrics").text

    assert "`plan_limit_exceeded`" in entry["responses"]["403"]["description"]
    assert f'route="{NOTES}",status="201"' in metrics


def test_the_service_migrates_its_tables_where_the_shop_migrates_its_own(run, database_uri) -> None:
    migrations = notes_migrations(database_uri, automatic=True)

    if database_uri.startswith("sqlite"):
        run(migrations.open())
    else:
        migrations.upgrade()

    assert run(migrations.present()) == HISTORY.head
    assert run(Migrations(database_url(database_uri), automatic=False).open()) is None


def test_an_old_schema_stops_the_start_and_says_what_to_run(run, tmp_path) -> None:
    migrations = notes_migrations(f"sqlite:///{tmp_path}/empty.db")

    with pytest.raises(SchemaOutdated, match=r"alembic -c \S+examples/notes/alembic.ini upgrade"):
        run(migrations.open())


def test_the_services_models_and_migrations_are_equal(run, migrated) -> None:
    async def differences() -> list[object]:
        engine = create_async_engine(database_url(migrated))
        async with engine.connect() as connection:
            found = await connection.run_sync(
                lambda plain: compare_metadata(
                    MigrationContext.configure(plain, opts={"include_object": is_of_notes}),
                    NotesEntity.metadata,
                )
            )
        await engine.dispose()
        return found

    assert run(differences()) == []


def is_of_notes(thing: object, name: str | None, kind: str, *_: object) -> bool:
    return kind != "table" or name in NotesEntity.metadata.tables


def test_the_services_migrations_can_be_taken_back_and_leave_the_shop_alone(run, migrated) -> None:
    config = alembic_config(database_url(migrated), HISTORY)

    command.downgrade(config, "base")

    assert ScriptDirectory.from_config(config).get_current_head() == HISTORY.head
    assert run(notes_migrations(migrated).present()) is None
    assert run(Migrations(database_url(migrated), automatic=False).open()) is None


def test_the_service_starts_from_the_environment_alone(tmp_path) -> None:
    made = subprocess.run(
        [sys.executable, "-c", "from notes.asgi import application; print(type(application))"],
        cwd=tmp_path,
        env=isolated({"PYTHONPATH": str(EXAMPLE.parent)}),
        capture_output=True,
        text=True,
        check=True,
    )

    assert "App" in made.stdout


def test_the_page_shows_the_service_as_it_is() -> None:
    files = [file.read_text() for file in EXAMPLE.rglob("*.py")]

    made_up = [block for block in BLOCKS if not any(block in file for file in files)]

    assert len(BLOCKS) > 5
    assert made_up == []


@pytest.mark.parametrize("name", NAMES)
def test_what_the_page_names_can_be_imported(name) -> None:
    assert resolve_name(name) is not None
