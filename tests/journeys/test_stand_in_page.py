"""Paying on the stand-in's page, in a real browser, between two real servers."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from support.browser import Browser
from support.server import served

pytestmark = pytest.mark.needs("chromium")

SOON = 60.0


class Site(BaseHTTPRequestHandler):
    """The shop window of somebody who sells through us: every page says its path."""

    def do_GET(self) -> None:
        framed = parse_qs(urlsplit(self.path).query).get("frame", [])
        frames = "".join(f'<iframe src="{url}" height="600"></iframe>' for url in framed)
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(f"<!doctype html><link rel=icon href=data:,>{frames}".encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def site() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    with served(tmp_path_factory.mktemp("stand-in"), demo=True, RATE_LIMITS="off") as server:
        yield server


@pytest.fixture(scope="module")
def window():
    with site() as url:
        yield url


@pytest.fixture
def browser(tmp_path):
    with Browser.opened(tmp_path) as browser:
        yield browser


@pytest.fixture
def shopper(shop):
    with shop.client(shop.token(shop.logins()["USER"])) as client:
        yield client


def checked_out(shopper, mode: str, window: str) -> dict:
    book = shopper.get("/products/search", params={"q": "dawn treader"}).json()["items"][0]
    shopper.post("/cart/add", json={"product_id": book["id"], "quantity": 2})
    asked = {"mode": mode, "success_url": f"{window}/thanks?session={{CHECKOUT_SESSION_ID}}"}
    if mode == "redirect":
        asked["cancel_url"] = f"{window}/cart"
    session = shopper.post("/api/v1/checkout/session", json=asked)
    assert session.status_code == 201, session.text
    return session.json()


def becomes_paid(shopper, order_id: str) -> bool:
    """Tell whether the event arrives, and does what it should."""
    deadline = time.monotonic() + SOON
    while time.monotonic() < deadline:
        if shopper.get(f"/orders/{order_id}").json()["status"] == "PAID":
            return True
    return False


def framed(session: dict, shop, window: str) -> str:
    page = f"{shop.url}/stand-in/embedded?client_secret={session['client_secret']}"
    return f"{window}/pay?{urlencode({'frame': page})}"


def test_a_shopper_is_declined_goes_back_returns_and_pays(shop, window, shopper, browser) -> None:
    session = checked_out(shopper, "redirect", window)

    browser.go(session["url"])
    asked = browser.text()
    fits = not browser.is_wider_than_the_screen()
    browser.click("[value=decline]")
    declined = browser.text()
    browser.click("[value=cancel]")
    left = browser.url
    browser.go(session["url"])
    browser.click("[value=pay]")

    assert "No money moves" in asked
    assert "Dawn Treader × 2" in asked  # noqa: RUF001
    assert fits
    assert "Your card was declined" in declined
    assert left == f"{window}/cart"
    assert browser.url == f"{window}/thanks?session={session['session_id']}"
    assert browser.complaints == []
    assert becomes_paid(shopper, session["order_id"])


def test_a_page_in_a_frame_is_paid_and_the_shop_goes_on(shop, window, shopper, browser) -> None:
    session = checked_out(shopper, "embedded", window)

    browser.go(framed(session, shop, window))
    browser.click("[value=decline]", frame=browser.frame("/stand-in/"))
    declined = browser.text(frame=browser.frame("/stand-in/"))
    browser.click("[value=pay]", frame=browser.frame("/stand-in/"))

    assert "Your card was declined" in declined
    assert browser.url == f"{window}/thanks?session={session['session_id']}"
    assert browser.complaints == []
    assert becomes_paid(shopper, session["order_id"])


def test_nobody_else_can_hold_the_page_in_a_frame(shop, window, shopper, browser) -> None:
    session = checked_out(shopper, "embedded", window)

    with site() as elsewhere:
        browser.go(framed(session, shop, elsewhere))

    assert browser.frame("/stand-in/") is None
    assert "frame-ancestors" in " ".join(browser.complaints)
