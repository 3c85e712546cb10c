"""A shop started from outside: what it says when it cannot start, and what it never says."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.server import ROOT, isolated, served

PEREGRINE = [str(Path(sys.executable).with_name("peregrine")), "serve", "--port", "0"]
UVICORN = [sys.executable, "-m", "uvicorn", "asgi:application", "--app-dir", str(ROOT)]
COMMANDS = pytest.mark.parametrize("command", [PEREGRINE, UVICORN], ids=["peregrine", "uvicorn"])


def refused(command: list[str], folder: Path, **settings: str) -> str:
    """Start a shop that must not start, and return all it said."""
    done = subprocess.run(
        command,
        cwd=folder,
        env=isolated(settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode not in (0, None)
    return done.stdout + done.stderr


def test_a_copy_of_the_example_starts_as_it_is(tmp_path) -> None:
    shutil.copy(ROOT / ".env.example", tmp_path / ".env")

    with served(tmp_path, DATABASE_URL="") as server, server.client() as client:
        assert client.get("/products").json()["total"] == 0

    assert (tmp_path / "peregrine.db").exists()
    assert (tmp_path / "var" / "secret_key").stat().st_mode & 0o777 == 0o600


@COMMANDS
@pytest.mark.parametrize("secret", ["", "pa55word"])
def test_without_debug_a_missing_or_short_secret_is_one_line(tmp_path, command, secret) -> None:
    said = refused(command, tmp_path, DEBUG="False", SECRET_KEY=secret)

    assert said == "SECRET_KEY must be set to 32 characters or more when DEBUG is off.\n"
    assert list(tmp_path.iterdir()) == []


@COMMANDS
def test_a_bad_setting_is_one_line(tmp_path, command) -> None:
    said = refused(command, tmp_path, DATABASE_URL="mysql://user:pa55word@host/shop")

    assert said == "Settings: DATABASE_URL: mysql is not supported: use sqlite or postgresql\n"


def test_a_database_out_of_reach_is_one_line(tmp_path) -> None:
    said = refused(PEREGRINE, tmp_path, DATABASE_URL="postgresql://user:pa55word@127.0.0.1:1/shop")

    assert said.startswith("The database cannot be used: ")
    assert len(said.splitlines()) == 1
    assert "pa55word" not in said


def test_a_database_that_does_not_exist_is_one_line(tmp_path, postgres) -> None:
    elsewhere = postgres.uri.replace("/postgres?", "/elsewhere?")

    said = refused(PEREGRINE, tmp_path, DATABASE_URL=elsewhere)

    assert said == 'The database cannot be used: database "elsewhere" does not exist\n'


def test_a_file_that_is_no_database_is_one_line(tmp_path) -> None:
    (tmp_path / "shop.db").write_text("Dear diary, " * 100)

    said = refused(PEREGRINE, tmp_path, SQLITE_URI="sqlite:///shop.db")

    assert said == "The database cannot be used: file is not a database\n"


@pytest.mark.parametrize("as_json", ["True", "False"])
def test_no_secret_is_ever_logged(tmp_path, as_json) -> None:
    key, password = "the key that signs the tokens of this shop", "pa55word of a shopper"
    account = {"email": "shopper@example.com", "password": password}

    with (
        served(tmp_path, SECRET_KEY=key, LOG_LEVEL="TRACE", LOG_JSON=as_json) as server,
        server.client() as client,
    ):
        tokens = client.post("/auth/signup", json=account).json()
        client.post("/auth/signup", json=account)
        client.post("/auth/login", json=account | {"password": password + "!"})
        client.post("/auth/login", json=account | {"extra": password})
        client.post(f"/auth/login?password={password}", content=password)
        client.post("/auth/refresh", json={"refresh_token": tokens["refresh_token"]})
        client.post("/auth/refresh", json={"refresh_token": tokens["refresh_token"]})
        client.get("/cart", headers={"Authorization": f"Bearer {tokens['access_token']}"})
        client.get("/cart", headers={"Authorization": f"Bearer {tokens['access_token']}x"})

    log = server.log.read_text()
    assert log.count("/auth/signup") == 2
    for secret in (key, "pa55word", tokens["access_token"], tokens["refresh_token"]):
        assert secret not in log
