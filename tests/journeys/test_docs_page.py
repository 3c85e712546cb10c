"""The docs page, in a real browser that reaches nothing but us."""

import subprocess
from pathlib import Path

import pytest
from support.scripted_browser import ScriptedBrowser
from support.server import Server, served

pytestmark = pytest.mark.needs("chromium")

QUIET = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--enable-logging=stderr",
    "--virtual-time-budget=15000",
]


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    with served(tmp_path_factory.mktemp("documented")) as server:
        yield server


def looked_at(page: str, profile: Path) -> tuple[str, list[str]]:
    """Open a page; return what it became, and what the browser had to complain of."""
    seen = subprocess.run(
        ["chromium", *QUIET, f"--user-data-dir={profile}", "--dump-dom", page],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return seen.stdout, [line for line in seen.stderr.splitlines() if "CONSOLE" in line]


def described(shop: Server) -> set[str]:
    with shop.client() as guest:
        paths = guest.get("/openapi.json").json()["paths"]
    return {entry["operationId"] for verbs in paths.values() for entry in verbs.values()}


def test_the_page_shows_every_operation(shop, tmp_path) -> None:
    all_of_them = described(shop)
    looking_on = f"""(() => {{
      window.seen ??= new Set()
      for (const shown of document.querySelectorAll(".opblock")) seen.add(shown.id)
      scrollBy(0, innerHeight / 2)
      return seen.size >= {len(all_of_them)}
    }})()"""

    with ScriptedBrowser.opened(tmp_path) as browser:
        browser.go(f"{shop.url}/docs")
        browser.wait_until(looking_on, "every operation, as one scrolls down")
        shown = {name.rpartition("-")[2] for name in browser.value("[...seen].join(' ')").split()}

    assert browser.complaints == []
    assert shown == all_of_them


def test_an_operation_can_be_tried_out_on_the_page(shop, tmp_path) -> None:
    page, complaints = looked_at(f"{shop.url}/docs#/products/getProducts", tmp_path)

    opened = page[page.index('id="operations-products-getProducts"') :]

    assert complaints == []
    assert "Execute</button>" in opened
    assert 'placeholder="per_page"' in opened
