"""What strangers and bad days bring to the dashboard: odd names, failing answers, lost clicks."""

from collections.abc import Iterator

import pytest
from support.dashboard import administrator, log_in, open_account, watch, watch_and_scan
from support.stores import Product, ShopifyStore

pytestmark = pytest.mark.needs("chromium")

OVERRIDE = "\u202e"
"""Has all that follows read from the right, letter by letter."""
UNSEEN = "\u200b\u200d\ufeff"
RUNS_RIGHT = """(() => {
    const about = [...document.querySelectorAll('.rows .faint')].at(-1);
    const words = [...about.childNodes].find((each) => each.textContent.includes('seen'));
    const at = (index) => {
        const range = document.createRange();
        range.setStart(words, words.textContent.indexOf('seen') + index);
        range.setEnd(words, words.textContent.indexOf('seen') + index + 1);
        return range.getBoundingClientRect().x;
    };
    return at(0) < at(3);
})()"""


@pytest.fixture
def store() -> Iterator[ShopifyStore]:
    with ShopifyStore() as store:
        yield store


def test_names_turn_nothing_round_but_themselves(shop, store, browser) -> None:
    store.products["mug"] = Product(f"{OVERRIDE}Enamel mug", "24.00")
    open_account(browser, shop, "turned@example.com")
    watch_and_scan(browser, store, "Scanned 1 product: 1 new.", f"{OVERRIDE}Rival")
    browser.press("nav a", "Products")

    browser.reads("seen just now", ".rows")
    assert browser.value(RUNS_RIGHT)


def test_a_product_whose_name_cannot_be_seen_can_be_opened(shop, store, browser) -> None:
    store.products["ghost"] = Product(UNSEEN, "24.00")
    open_account(browser, shop, "ghosts@example.com")
    watch_and_scan(browser, store, "Scanned 1 product: 1 new.")
    browser.press("nav a", "Products")
    browser.press(".rows a", "(no name)")

    browser.reads("€24.00", ".now")
    assert browser.complaints == []


def test_a_product_that_was_searched_for_stays_where_it_is_when_it_is_pressed(
    shop, store, browser
) -> None:
    store.fill(3)
    store.products["mug"] = Product("Enamel mug", "24.00")
    open_account(browser, shop, "slow.finger@example.com")
    watch_and_scan(browser, store, "Scanned 4 products: 4 new.")
    browser.press("nav a", "Products")
    browser.fill("[name=q]", "enamel")
    browser.reads("Enamel mug", ".rows li:only-child")

    browser.value("window.found = document.querySelector('.rows a'); document.activeElement.blur()")
    browser.value("fetch('/api/v1/products').then((answer) => answer.text())")

    assert browser.value("window.found.isConnected")


def test_pages_of_products_are_gone_back_through(shop, store, browser) -> None:
    store.fill(45)
    open_account(browser, shop, "pages@example.com")
    watch_and_scan(browser, store, "Scanned 45 products: 45 new.")
    browser.press("nav a", "Products")
    browser.choose("[name=sort_by]", "Newest")
    browser.reads("1–20 of 45", ".pager")  # noqa: RUF001
    browser.press(".pager button", "Next")
    browser.reads("21–40 of 45", ".pager")  # noqa: RUF001
    browser.press(".pager button", "Next")
    browser.reads("41–45 of 45", ".pager")  # noqa: RUF001
    browser.value("history.back()")
    browser.reads("21–40 of 45", ".pager")  # noqa: RUF001
    browser.value("history.back()")

    browser.reads("1–20 of 45", ".pager")  # noqa: RUF001
    assert browser.value("document.querySelector('[name=sort_by]').value") == "first_seen"
    assert browser.complaints == []


def test_beyond_the_last_page_there_is_a_way_back(shop, store, browser) -> None:
    open_account(browser, shop, "beyond@example.com")
    watch(browser, store, "Rival")
    browser.reads("Rival", ".cards")
    browser.value("location.hash = '#/competitors?page=7'")
    browser.reads("Nothing here", ".pager")
    is_called_empty = "No competitors yet" in browser.text()
    browser.press(".pager button", "Previous")

    browser.reads("Rival", ".cards")
    assert not is_called_empty


def test_every_place_says_what_failed_and_can_be_tried_again(shop, browser) -> None:
    open_account(browser, shop, "unlucky@example.com")

    for name, part, status in [
        ("Products", "/products", 500),
        ("Alerts", "/alerts", 502),
        ("Suppliers", "/supplier-feeds", 429),
        ("Plan", "/billing/overview", 403),
        ("Competitors", "/competitors", 409),
    ]:
        browser.refuse(f"/api/v1{part}", status)
        browser.press("nav a", name)
        browser.reads(f"Something went wrong ({status}).", ".note.bad")
        browser.press(".note button", "Try again")
        browser.reads(name, "h1")
        browser.wait_until("!document.querySelector('.note')", "no fault")


def test_a_competitor_is_changed(shop, store, browser) -> None:
    log_in(browser, shop, administrator(shop, "changing"))
    watch(browser, "https://nowhere.example", "Revil")
    browser.press(".title a", "Revil")
    browser.press(".adding summary", "Change it")
    browser.fill("[name=name]", "Rival")
    browser.fill("[name=url]", store.url)
    browser.choose("[name=platform]", "Shopify")
    browser.press(".adding button", "Save")

    browser.reads("Rival", "h1")
    browser.reads(store.url.removeprefix("http://"), ".card a")
    browser.reads("Shopify", ".facts")
    assert browser.complaints == []


def test_an_alert_is_changed(shop, browser) -> None:
    log_in(browser, shop, administrator(shop, "alert.changing"))
    browser.press("nav a", "Alerts")
    browser.press(".adding button", "Add alert")
    browser.press(".cards summary", "Change")
    browser.choose(".cards [name=alert_type]", "Price rises")
    browser.fill(".cards [name=threshold]", "12.5")
    browser.press(".cards button", "Save")
    browser.reads("Price rises by 12.5 % or more", ".cards h2")
    browser.press(".cards summary", "Change")
    browser.choose(".cards [name=alert_type]", "New product")
    browser.press(".cards button", "Save")

    browser.reads("New product", ".cards h2")
    assert browser.complaints == []


def test_who_keeps_something_is_where_they_were_and_who_leaves_takes_no_question_along(
    shop, store, browser
) -> None:
    open_account(browser, shop, "asked@example.com")
    watch(browser, store, "Rival")
    browser.press(".card button", "Delete")
    browser.reads("Delete Rival?", "dialog")
    browser.key("Escape")
    browser.wait_until("!document.querySelector('dialog')", "no dialog")
    focused = browser.value("document.activeElement.innerText")
    browser.press(".card button", "Delete")
    browser.reads("Delete Rival?", "dialog")
    browser.value("location.hash = '#/products'")

    browser.reads("Products", "h1")
    browser.wait_until("!document.querySelector('dialog')", "no dialog")
    assert focused == "Delete"
    assert browser.complaints == []
