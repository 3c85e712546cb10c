"""How long one stays logged in on the dashboard."""

import pytest
from support.dashboard import PASSWORD, log_in, open_account
from support.scripted_browser import ScriptedBrowser
from support.server import Login, Server

pytestmark = pytest.mark.needs("chromium")

KEPT = "sessionStorage.getItem('peregrine.refresh')"


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
    browser.refuse("/api/v1/alerts")
    browser.press("nav a", "Alerts")

    browser.reads("No alerts yet")
    assert browser.value(KEPT) != before


def test_a_session_that_has_ended_asks_to_log_in_again(shop, browser) -> None:
    log_in(browser, shop, shop.logins()["ADMIN"])
    browser.value("sessionStorage.setItem('peregrine.refresh', 'of another time')")
    browser.refuse("/api/v1/alerts")
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


def test_who_logs_out_is_out_in_other_tabs_too(shop, browser) -> None:
    open_account(browser, shop, "two.tabs@example.com")
    kept = browser.value(KEPT)
    with browser.another_tab():
        browser.go(f"{shop.url}/dashboard")
        browser.reads("Log in", "h1")
        browser.value(f"sessionStorage.setItem('peregrine.refresh', '{kept}')")
        reloaded(browser, shop)
        browser.reads("Competitors", "h1")
        browser.press("button", "Log out")
        browser.reads("Log in", "h1")

    browser.reads("Your session has ended.", ".note")
    assert browser.value(KEPT) is None


def test_other_people_in_other_tabs_stay(shop, browser) -> None:
    open_account(browser, shop, "staying@example.com")
    with browser.another_tab():
        open_account(browser, shop, "going@example.com")
        browser.press("button", "Log out")
        browser.reads("Log in", "h1")
    browser.press("nav a", "Alerts")

    browser.reads("No alerts yet")
    assert browser.value(KEPT) is not None


def test_a_tab_catches_up_with_the_tokens_that_its_duplicate_has_used(shop, browser) -> None:
    log_in(browser, shop, shop.logins()["ADMIN"])
    before = browser.value(KEPT)
    browser.refuse("/api/v1/alerts", times=3)
    browser.press("nav a", "Alerts")

    browser.reads("No alerts yet")
    assert browser.value(KEPT) != before


def test_who_logs_out_while_a_token_is_renewed_stays_out(shop, browser) -> None:
    open_account(browser, shop, "hasty@example.com")
    browser.value(
        "window.fetch = ((real) => async (...asked) => {"
        " const answer = await real(...asked);"
        " window.renewed ||= asked[0].includes('refresh'); return answer;"
        " })(window.fetch)"
    )
    browser.refuse("/api/v1/alerts")
    with browser.held_back("/auth/refresh"):
        browser.press("nav a", "Alerts")
        browser.holds_back()
        browser.press("button", "Log out")
        browser.reads("Log in", "h1")
    browser.wait_until("window.renewed", "the answer")
    browser.value("location.hash = '#/products'")

    browser.reads("Log in", "h1")
    assert browser.value(KEPT) is None


def test_a_renewal_that_fails_for_a_moment_ends_nothing(shop, browser) -> None:
    open_account(browser, shop, "patient@example.com")
    browser.refuse("/api/v1/alerts")
    browser.refuse("/auth/refresh", 503)
    browser.press("nav a", "Alerts")
    browser.reads("You could not be logged in again just now.", ".note")
    browser.press(".note button", "Try again")

    browser.reads("No alerts yet")


def test_who_is_shut_out_is_told_at_the_next_step(shop, browser) -> None:
    open_account(browser, shop, "shut.out@example.com")
    with shop.client(shop.token(shop.logins()["ADMIN"])) as admin:
        token = shop.token(Login("shut.out@example.com", PASSWORD))
        with shop.client(token) as known:
            user_id = known.get("/api/v1/auth/me").json()["id"]
        admin.patch(f"/users/{user_id}", json={"is_active": False})
    browser.press("nav a", "Products")

    browser.reads("Your session has ended.", ".note")
    assert browser.value(KEPT) is None


def test_who_forgot_their_password_is_mailed_a_link(shop, browser) -> None:
    open_account(browser, shop, "forgetful@example.com")
    browser.press("button", "Log out")
    browser.fill("#email", "forgetful@example.com")
    browser.press(".link", "I forgot my password")
    browser.reads("Another password", "h1")
    known = browser.value("document.querySelector('#email').value")
    browser.press("form button", "Mail me a link")

    browser.reads("is on its way", ".note")
    browser.reads("Log in", "h1")
    assert known == "forgetful@example.com"
    assert browser.complaints == []
