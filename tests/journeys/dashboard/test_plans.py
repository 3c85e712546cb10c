"""Plans on the dashboard: what is used, and the way to another one and back."""

import pytest
from support.dashboard import PASSWORD, administrator, log_in, open_account
from support.server import Login

pytestmark = pytest.mark.needs("chromium")


def test_a_plan_is_taken_used_and_managed(shop, browser) -> None:
    open_account(browser, shop, "growing@example.com")
    browser.press("nav a", "Plan")
    browser.reads("Competitors 0 of 3", ".usage")
    browser.press(".plans button", "Take Pro")
    browser.reads("You are on the Pro plan now.", ".note.good")
    browser.reads("Competitors 0 of 25", ".usage")
    browser.reads("Your free trial lasts until", ".card p")
    is_sold_twice = browser.value("document.querySelectorAll('.plans button').length > 0")
    browser.press("nav a", "Alerts")
    browser.press(".adding button", "Add alert")
    browser.reads("Price falls", ".cards h2")
    browser.press("nav a", "Plan")
    browser.reads("Manage the subscription", ".card button")
    browser.click(".card button")
    portal = browser.text()
    browser.click("a.button")

    browser.reads("Your plan: Pro", "h2")
    assert not is_sold_twice
    assert "No money moves" in portal
    assert browser.url == f"{shop.url}/dashboard#/plan"


def test_who_comes_back_before_the_provider_has_spoken_is_told_when_it_has(shop, browser) -> None:
    open_account(browser, shop, "early@example.com")
    browser.press("nav a", "Plan")
    browser.reads("Your plan: Free", "h2")
    browser.value("location.hash = '#/plan?bought=pro'")
    browser.reads("Your subscription is being confirmed…", ".note")
    with shop.client(shop.token(Login("early@example.com", PASSWORD))) as early:
        early.post("/api/v1/billing/checkout", json={"plan": "pro"})

    browser.reads("You are on the Pro plan now.", ".note.good")
    assert browser.url.endswith("#/plan")
    assert browser.complaints == []


def test_a_checkout_that_fails_is_told_and_can_be_tried_again(shop, browser) -> None:
    open_account(browser, shop, "unlucky@example.com")
    browser.press("nav a", "Plan")
    browser.refuse("/api/v1/billing/checkout", 503)
    browser.press(".plans button", "Take Enterprise")
    browser.reads("Something went wrong (503).", ".plans .note")
    browser.press(".plans button", "Take Enterprise")

    browser.reads("You are on the Enterprise plan now.", ".note.good")


def test_administrators_are_sold_nothing(shop, browser) -> None:
    log_in(browser, shop, administrator(shop, "boundless"))
    browser.press("nav a", "Plan")

    browser.reads("No plan limits you.", ".card")
    assert browser.value("document.querySelectorAll('main button').length") == 0
    assert browser.complaints == []
