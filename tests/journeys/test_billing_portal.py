"""Taking a plan and looking after it, in a real browser, on a real server."""

import time

import pytest
from support.browser import Browser
from support.server import served

pytestmark = pytest.mark.needs("chromium")

SOON = 60.0


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    with served(tmp_path_factory.mktemp("billing"), demo=True, RATE_LIMITS="off") as server:
        yield server


@pytest.fixture
def browser(tmp_path):
    with Browser.opened(tmp_path) as browser:
        yield browser


@pytest.fixture
def shopper(shop):
    with shop.client(shop.token(shop.logins()["USER"])) as client:
        yield client


def becomes(shopper, **expected) -> bool:
    """Tell whether the news arrives, and is taken in."""
    deadline = time.monotonic() + SOON
    while time.monotonic() < deadline:
        shown = shopper.get("/api/v1/billing/current").json()
        if all(shown[name] == value for name, value in expected.items()):
            return True
    return False


def test_a_subscriber_goes_through_all_that_can_become_of_it(shop, shopper, browser) -> None:
    bought = shopper.post("/api/v1/billing/checkout", json={"plan": "pro"}).json()
    browser.go(bought["checkout_url"])
    arrived = browser.text()
    portal = shopper.post("/api/v1/billing/portal").json()["portal_url"]

    browser.go(portal)
    trial = browser.text()
    fits = not browser.is_wider_than_the_screen()
    browser.click("[value=mock_price_enterprise] + button")
    switched = browser.text()
    browser.click("[value=cancel]")
    canceled = browser.text()
    browser.click("[value=keep]")
    browser.click("[value=fail]")
    failed = browser.text()
    browser.click("[value=pay]")
    heard = becomes(shopper, plan="enterprise", status="active", cancel_at_period_end=False)
    browser.click("[value=end]")
    ended = browser.text()
    browser.click("a.button")

    assert "You can close this page" in arrived
    assert "No money moves" in trial
    assert fits
    assert "99.00 USD a month" in switched
    assert "It ends on" in canceled
    assert "A payment failed" in failed
    assert heard
    assert "It has ended" in ended
    assert browser.url == f"{shop.url}/billing/return"
    assert browser.complaints == []
    assert becomes(shopper, status="canceled")
