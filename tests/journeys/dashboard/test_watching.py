"""The dashboard in a real browser: a real server, and real stores that it scans."""

from collections.abc import Iterator

import pytest
from support.dashboard import administrator, log_in, open_account, scan, watch, watch_and_scan
from support.scripted_browser import ScriptedBrowser
from support.stores import Product, ShopifyStore

pytestmark = pytest.mark.needs("chromium")


@pytest.fixture
def store() -> Iterator[ShopifyStore]:
    with ShopifyStore() as store:
        store.products["mug"] = Product("Enamel mug", "24.00", brand="Rival", sku="MUG-1")
        store.products["throw"] = Product("<b>Wool</b> throw & " + "w" * 60, "89.00")
        yield store


def test_a_store_is_watched_from_the_first_scan_to_the_alert(shop, store, browser) -> None:
    store.fill(249, price="12.00")
    store.is_slow("/products.json?limit=250&page=2", 2.5)

    log_in(browser, shop, administrator(shop, "watcher"))
    watch(browser, store, "Rival Gadgets")
    browser.press(".card .actions button", "Scan now")
    browser.reads("250 products seen", ".progress")
    browser.reads("Scanned 251 products: 251 new.", ".note.good")
    browser.press("nav a", "Products")
    browser.fill("[name=q]", "enamel")
    browser.reads("Enamel mug", ".rows li:only-child")
    browser.press(".rows a", "Enamel mug")
    browser.reads("€24.00", ".now")
    browser.press(".button", "Set an alert")
    browser.fill("[name=threshold]", "10")
    browser.press(".adding button", "Add alert")
    browser.reads("Price falls by 10 % or more", ".cards h2")

    store.products["mug"].sale = "18.00"
    del store.products["thing-7"]
    scan(browser, "Scanned 250 products: 1 price change, 1 removed.")

    browser.press("nav a", "Alerts")
    browser.press(".cards summary", "History")
    browser.reads("−25.0 %", ".cards .rows")  # noqa: RUF001
    browser.press(".cards .rows a", "Enamel mug")
    browser.reads("−25.0 % since", ".now")  # noqa: RUF001
    browser.wait_until("document.querySelectorAll('circle.point').length === 2", "two points")
    assert browser.value("document.querySelectorAll('tbody tr').length") == 2
    assert browser.hosts == {shop.url.removeprefix("http://")}
    assert browser.complaints == []


def test_the_points_of_a_chart_are_reached_and_read_out_by_keys(shop, store, browser) -> None:
    open_account(browser, shop, "keys@example.com")
    watch_and_scan(browser, store, "Scanned 2 products: 2 new.")
    for price in ("30.00", "27.00"):
        store.products["mug"].price = price
        browser.press("nav a", "Products")
        browser.reads("Enamel mug", ".rows")
        scan(browser, "Scanned 2 products: 1 price change.")
    browser.press("nav a", "Products")
    browser.press(".rows a", "Enamel mug")
    browser.wait_until("document.querySelectorAll('circle.point').length === 3", "three points")

    browser.value("document.querySelector('circle[tabindex=\"0\"]').focus()")
    browser.reads("€27.00, −10.0 %", "figcaption")  # noqa: RUF001
    browser.key("ArrowLeft")
    browser.reads("€30.00, +25.0 %", "figcaption")
    browser.key("Home")

    browser.reads("€24.00", "figcaption")
    focused = browser.value("document.activeElement.getAttribute('aria-label')")
    assert focused == browser.value("document.querySelector('figcaption').innerText")
    assert browser.complaints == []


def test_sources_are_found_in_a_suppliers_feed(shop, store, browser) -> None:
    login = administrator(shop, "buyer")
    with shop.client(shop.token(login)) as buyer:
        buyer.post(
            "/api/v1/supplier-feeds?supplier=Mugs%20Inc",
            content=b"title,price,currency\nEnamel mug,9.00,EUR\n",
            headers={"Content-Type": "text/csv"},
        )

    log_in(browser, shop, login)
    watch_and_scan(browser, store, "Scanned 2 products: 2 new.")
    browser.press("nav a", "Products")
    browser.press(".rows a", "Enamel mug")
    browser.press("button", "Find sources")

    browser.reads("Mugs Inc", ".rows li:only-child")
    browser.reads("€9.00", ".rows .price")
    browser.reads("margin 62.5 %", ".rows .faint")
    assert browser.complaints == []


def test_an_alert_is_switched_off_and_deleted(shop, store, browser) -> None:
    log_in(browser, shop, administrator(shop, "alerted"))
    watch(browser, store, "Rival")
    browser.reads("Rival", ".cards")
    browser.press("nav a", "Alerts")
    browser.choose("[name=alert_type]", "New product")
    browser.choose("[name=subject]", "Rival")
    browser.press(".adding button", "Add alert")
    browser.press("[role=switch]", "On")
    browser.reads("Off", "[role=switch]")
    browser.press(".cards summary", "History")
    browser.reads("Nothing has set it off yet.", ".cards details")
    browser.press(".card .danger", "Delete")
    browser.press("dialog button", "Delete")

    browser.reads("No alerts yet")
    assert browser.complaints == []


def test_a_scan_that_fails_says_why(shop, store, browser) -> None:
    store.fails("/products.json", 503)

    open_account(browser, shop, "failing@example.com")
    watch_and_scan(browser, store, "The scan failed. The store", "Closed shop")

    browser.press(".badge", "Last scan failed")
    browser.reads("failed", ".rows .badge")
    browser.reads("The store", ".rows .bad-ink")
    assert browser.complaints == []


def test_refusals_are_told_in_sentences(shop, store, browser) -> None:
    open_account(browser, shop, "refused@example.com")
    watch(browser, "http://192.168.0.1/", "Not mine")
    browser.reads("192.168.0.1", "[role=alert]")
    for name in ("One", "Two", "Three"):
        watch(browser, store, name)
        browser.reads(name, ".cards")
    watch(browser, store, "One too many")
    browser.reads("plan", "[role=alert]")
    browser.press("nav a", "Alerts")
    browser.press(".adding button", "Add alert")

    browser.reads("plan", "[role=alert]")
    browser.press("nav a", "Competitors")
    browser.reads("Competitors 3 of 3", ".usage")


def test_a_competitor_is_paused_and_deleted_only_when_one_is_sure(shop, store, browser) -> None:
    open_account(browser, shop, "tidy@example.com")
    watch(browser, store, "Rival")
    browser.press(".card button", "Pause")
    browser.reads("Paused", ".badge")
    browser.press(".card button", "Resume")
    browser.reads("Active", ".badge")

    browser.press(".card button", "Delete")
    browser.press("dialog button", "Keep it")
    browser.wait_until("!document.querySelector('dialog')", "no dialog")
    kept = browser.text()
    browser.press(".card button", "Delete")
    browser.press("dialog button", "Delete")

    browser.reads("No competitors yet")
    assert "Rival" in kept
    assert browser.complaints == []


def test_no_page_is_wider_than_a_phone(shop, store, browser) -> None:
    open_account(browser, shop, "narrow@example.com")
    watch(browser, store, "A name without a space: " + "x" * 80)
    scan(browser, "Scanned 2 products: 2 new.")
    fits = {"#/competitors": narrow(browser)}
    browser.press(".title a")
    browser.reads("Scans")
    fits["a competitor"] = narrow(browser)
    browser.press("nav a", "Alerts")
    browser.reads("Alerts", "h1")
    fits["#/alerts"] = narrow(browser)
    browser.press("nav a", "Suppliers")
    browser.reads("Suppliers", "h1")
    fits["#/suppliers"] = narrow(browser)
    browser.press("nav a", "Plan")
    browser.reads("Plan and usage", "h1")
    fits["#/plan"] = narrow(browser)
    browser.press("nav a", "Products")
    browser.fill("[name=q]", "throw")
    browser.reads("<b>Wool</b> throw &", ".rows li:only-child")
    fits["#/products"] = narrow(browser)
    browser.press(".rows a")
    browser.wait_until("document.querySelector('circle.point')", "the chart")
    fits["a product"] = narrow(browser)

    assert fits == dict.fromkeys(fits, True)
    assert browser.complaints == []


def narrow(browser: ScriptedBrowser) -> bool:
    """Tell whether all of a page is to be seen on phones, without moving it sideways."""
    seen = []
    for width in (320, 390, 768):
        browser.see(width=width, height=700)
        seen.append(not browser.is_wider_than_the_screen())
    return all(seen)
