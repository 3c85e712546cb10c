"""``peregrine worker``: what it says when it cannot work. What it does is in ``journeys``."""

import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from support.server import isolated

from infrastructure.databases.migrations import Migrations
from infrastructure.databases.urls import database_url
from infrastructure.workflows.system import system_url

WORKER = [str(Path(sys.executable).with_name("peregrine")), "worker"]


@pytest.fixture
def said(tmp_path):
    """Start a worker that must not start, and return all it says."""

    def said(**settings: str) -> str:
        done = subprocess.run(
            WORKER,
            cwd=tmp_path,
            env=isolated(settings),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 1
        return done.stdout + done.stderr

    return said


def test_a_bad_setting_is_one_line(said) -> None:
    line = said(DATABASE_URL="mysql://user:pa55word@host/shop")

    assert line == "Settings: DATABASE_URL: mysql is not supported: use sqlite or postgresql\n"


def test_a_missing_secret_is_one_line(said) -> None:
    line = said(DEBUG="False")

    assert line == "SECRET_KEY must be set to 32 characters or more when DEBUG is off.\n"


def test_an_outdated_schema_is_one_line(said, postgres) -> None:
    line = said(DATABASE_URL=postgres.new_database("worker_without_tables"))

    assert line.startswith("The database schema is at nothing, this release needs ")
    assert line.endswith("Run: uv run alembic upgrade head\n")
    assert line.count("\n") == 1


def test_a_database_out_of_reach_is_one_line(said) -> None:
    line = said(DATABASE_URL="postgresql://user:pa55word@127.0.0.1:1/shop")

    assert line.startswith("The database cannot be used: ")
    assert line.count("\n") == 1
    assert "pa55word" not in line


def test_tables_of_dbos_that_are_missing_are_one_line(said, postgres) -> None:
    uri = postgres.new_database("worker_without_dbos")
    Migrations(database_url(uri), automatic=False).upgrade()
    with psycopg.connect(system_url(database_url(uri))) as connection:
        connection.execute("DROP SCHEMA dbos CASCADE")

    line = said(DATABASE_URL=uri)

    assert line.startswith("The tables of DBOS are older than this release needs. Run: ")
    assert line.count("\n") == 1
