"""A password is forgotten and set anew, through real servers; the link is in the mail alone."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlencode

import psycopg
import pytest
from psycopg import sql
from support.browser import Browser
from support.resets import FORGOT, RESET, link_in, token_in
from support.server import Server, served
from support.traps import wait_until

from infrastructure.databases.migrations import Migrations
from infrastructure.databases.urls import database_url
from infrastructure.workflows.system import system_url

EMAIL = "lucy@example.com"
OLD, NEW = "the old password", "an entirely new password"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def postgres_uri(request, postgres) -> str:
    uri = str(postgres.new_database(f"forgotten_{abs(hash(request.node.name))}"))
    Migrations(database_url(uri), automatic=False).upgrade()
    return uri


def mails(folder: Path) -> list[Path]:
    return sorted((folder / "var" / "mail").glob("*.eml"))


def mailed(shop: Server, folder: Path) -> EmailMessage:
    """Have a link mailed, as somebody who has an account."""
    with shop.client() as guest:
        signed_up = guest.post("/auth/signup", json={"email": EMAIL, "password": OLD})
        asked = guest.post(FORGOT, json={"email": EMAIL})
    assert (signed_up.status_code, asked.status_code) == (201, 200), asked.text
    wait_until(lambda: mails(folder), "a mail", within=60)
    (path,) = mails(folder)
    return message_from_bytes(path.read_bytes(), policy=policy.default)


def mailed_token(shop: Server, folder: Path) -> str:
    return token_in(mailed(shop, folder))


def logs_in(shop: Server, password: str) -> bool:
    with shop.client() as guest:
        answer = guest.post("/login", json={"username": EMAIL, "password": password})
    return answer.status_code == 200


def sqlite_content(folder: Path) -> bytes:
    """Read all there is of the database, what was overwritten or not yet written back included."""
    return b"".join(path.read_bytes() for path in folder.glob("shop.db*"))


def postgres_content(uri: str) -> bytes:
    """Read every row of every table, DBOS's own included."""
    with psycopg.connect(system_url(database_url(uri))) as connection:
        tables = connection.execute(
            "SELECT table_schema, table_name FROM information_schema.tables "
            "WHERE table_schema IN ('public', 'dbos') AND table_type = 'BASE TABLE'"
        ).fetchall()
        rows = [
            row
            for table in tables
            for row in connection.execute(
                sql.SQL("SELECT t::text FROM {} t").format(sql.Identifier(*table))
            )
        ]
    return "\n".join(text for (text,) in rows).encode()


def test_on_sqlite_the_link_is_in_the_mail_and_nowhere_else(tmp_path) -> None:
    with served(tmp_path) as shop:
        token = mailed_token(shop, tmp_path)
        content = sqlite_content(tmp_path)

        with shop.client() as guest:
            answer = guest.post(RESET, json={"token": token, "password": NEW})

        assert answer.status_code == 200, answer.text
        assert logs_in(shop, NEW)
        assert not logs_in(shop, OLD)

    assert EMAIL.encode() in content
    assert token.encode() not in content + sqlite_content(tmp_path)
    assert token not in shop.log.read_text()


def test_on_postgres_the_link_is_in_the_mail_and_nowhere_else(tmp_path, postgres_uri) -> None:
    with served(tmp_path, workers=1, DATABASE_URL=postgres_uri) as shop:
        token = mailed_token(shop, tmp_path)
        content = postgres_content(postgres_uri)

        with shop.client() as guest:
            answer = guest.post(
                "/reset-password",
                content=urlencode({"token": token, "password": NEW, "again": NEW}),
                headers={"Content-Type": FORM},
            )

        assert answer.status_code == 200, answer.text
        assert logs_in(shop, NEW)

    logs = "".join(path.read_text() for path in tmp_path.glob("*.log"))
    assert b"password_reset" in content
    assert EMAIL.encode() in content
    assert token.encode() not in content
    assert token not in logs


@pytest.mark.needs("chromium")
def test_the_page_works_on_a_phone_without_scripts(tmp_path) -> None:
    with served(tmp_path) as shop, Browser.opened(tmp_path / "profile") as browser:
        token = mailed_token(shop, tmp_path)

        browser.go(f"{shop.url}/reset-password?token={token}")
        asked = browser.text()
        is_too_wide = browser.is_wider_than_the_screen()
        browser.type("#password", NEW)
        browser.type("#again", NEW)
        browser.click("button")

        assert "Choose a new password" in asked
        assert not is_too_wide
        assert "Your password is changed" in browser.text()
        assert token not in browser.url
        assert browser.complaints == []
        assert logs_in(shop, NEW)
        assert "GET /reset-password 200" in shop.log.read_text()
        assert token not in shop.log.read_text()


def test_a_shop_to_try_things_in_mails_links_to_itself(tmp_path) -> None:
    with served(tmp_path, demo=True) as shop, shop.client() as guest:
        link = link_in(mailed(shop, tmp_path))

        page = guest.get(link)

    assert link.startswith(f"{shop.url}/reset-password?token=")
    assert page.status_code == 200
    assert EMAIL in page.text
