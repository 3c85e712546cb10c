"""How long one stays logged in on the dashboard."""

from collections.abc import Iterator

import pytest
from support.dashboard import SETTINGS, log_in, open_account
from support.scripted_browser import ScriptedBrowser
from support.server import Server, served

pytestmark = pytest.mark.needs("chromium")

KEPT = "sessionStorage.getItem('peregrine.refresh')"


@pytest.fixture(scope="module")
def shop(tmp_path_factory) -> Iterator[Server]:
    with served(tmp_path_factory.mktemp("sessions"), demo=True, **SETTINGS) as server:
        yield server


@pytest.fixture
def browser(tmp_path) -> Iterator[ScriptedBrowser]:
    with ScriptedBrowser.opened(tmp_path / "profile") as browser:
        yield browser


def reloaded(browser: ScriptedBrowser, shop: Server) -> None:
    browser.go("about:blank")
    browser.go(f"{shop.url}/dashboard")


def test_a_wrong_password_is_told(shop, browser) -> None:
    browser.go(f"{shop.url}/dashboard")
    browser.fill("#email", "nobody@example.com")
    browser.fill("#password", "what was it again")
    browser.press("form button", "Log in")

    browser.reads("There is no active account with this name and password.", "[role=alert]")
    assert browser.value(KEPT) is None


def test_one_is_still_logged_in_after_a_reload(shop, browser) -> None:
    log_in(browser, shop, shop.logins()["ADMIN"])
    before = browser.value(KEPT)
    reloaded(browser, shop)

    browser.reads("Competitors", "h1")
    assert browser.value(KEPT) not in (None, before)
    assert browser.complaints == []


def test_a_page_that_was_reloaded_before_it_had_its_answer_goes_on(shop, browser) -> None:
    log_in(browser, shop, shop.logins()["ADMIN"])
    used = browser.value(KEPT)
    reloaded(browser, shop)
    browser.reads("Competitors", "h1")
    browser.value(f"sessionStorage.setItem('peregrine.refresh', '{used}')")
    reloaded(browser, shop)

    browser.reads("Competitors", "h1")
    assert browser.complaints == []


def test_an_access_token_that_has_expired_is_renewed_unnoticed(shop, browser) -> None:
    log_in(browser, shop, shop.logins()["ADMIN"])
    before = browser.value(KEPT)
    browser.refuse_once("/api/v1/alerts")
    browser.press("nav a", "Alerts")

    browser.reads("No alerts yet")
    assert browser.value(KEPT) != before


def test_a_session_that_has_ended_asks_to_log_in_again(shop, browser) -> None:
    log_in(browser, shop, shop.logins()["ADMIN"])
    browser.value("sessionStorage.setItem('peregrine.refresh', 'of another time')")
    browser.refuse_once("/api/v1/alerts")
    browser.press("nav a", "Alerts")

    browser.reads("Your session has ended.", ".note")
    assert browser.value(KEPT) is None


def test_who_logs_out_is_out_for_good(shop, browser) -> None:
    open_account(browser, shop, "leaving@example.com")
    used = browser.value(KEPT)
    browser.press("button", "Log out")
    browser.reads("Log in", "h1")
    left = browser.value(KEPT)
    browser.value(f"sessionStorage.setItem('peregrine.refresh', '{used}')")
    reloaded(browser, shop)

    browser.reads("Log in", "h1")
    assert left is None
    assert browser.value(KEPT) is None
