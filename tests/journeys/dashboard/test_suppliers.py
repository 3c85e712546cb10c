"""Suppliers' feeds on the dashboard: sent from a file, searched, deleted."""

import gzip
from pathlib import Path

import pytest
from support.dashboard import administrator, log_in, open_account, watch_and_scan
from support.scripted_browser import ScriptedBrowser
from support.stores import Product, ShopifyStore

from common.ids import new_id

pytestmark = pytest.mark.needs("chromium")

CSV = b"title,price,currency\nEnamel mug,9.00,EUR\nWool throw,40.00,EUR\n"
JSON = b'[{"title": "Enamel mug", "price": 9}, {"title": "Wool throw", "price": "40.00"}]'
LINES = b'{"title": "Enamel mug", "price": 9}\n{"title": "Wool throw", "price": 40}\n'


@pytest.fixture
def buyer(shop, browser) -> ScriptedBrowser:
    """Somebody whom no plan binds, and who looks at their suppliers."""
    log_in(browser, shop, administrator(shop, f"buyer-{new_id()}"))
    browser.press("nav a", "Suppliers")
    browser.reads("No feeds yet")
    return browser


def written(folder: Path, name: str, content: bytes) -> Path:
    file = folder / name
    file.write_bytes(content)
    return file


def send(browser: ScriptedBrowser, file: Path, supplier: str = "Mugs Inc") -> None:
    browser.fill("[name=supplier]", supplier)
    browser.take("[name=file]", file)
    browser.press(".adding button", "Send feed")


def test_what_competitors_sell_is_found_in_a_feed_that_was_sent(shop, buyer, tmp_path) -> None:
    with ShopifyStore() as store:
        store.products["mug"] = Product("Enamel mug", "24.00")
        send(buyer, written(tmp_path, "offers.csv", CSV))
        buyer.reads("2 offers", ".rows")
        buyer.press("nav a", "Competitors")
        buyer.reads("Competitors", "h1")
        watch_and_scan(buyer, store, "Scanned 1 product: 1 new.")

    buyer.press("nav a", "Suppliers")
    buyer.press(".actions button", "Find sources of all products")
    buyer.reads("1 source of 1 product found.", ".note.good")
    buyer.press("nav a", "Products")
    buyer.press(".rows a", "Enamel mug")
    buyer.reads("margin 62.5 %", ".rows")
    buyer.press("nav a", "Suppliers")
    buyer.press(".rows button", "Delete")
    buyer.press("dialog button", "Delete")

    buyer.reads("No feeds yet")
    assert buyer.complaints == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("offers.json", JSON),
        ("Offers.of.May.JSONL", LINES),
        ("offers.csv.gz", gzip.compress(CSV)),
        ("offers.ndjson.gz", gzip.compress(LINES)),
    ],
    ids=["json", "jsonl", "csv.gz", "ndjson.gz"],
)
def test_a_file_is_told_by_its_name(buyer, tmp_path, name, content) -> None:
    send(buyer, written(tmp_path, name, content))

    buyer.reads("2 offers", ".rows")
    assert buyer.complaints == []


def test_a_row_that_is_wrong_is_named_and_the_file_can_be_sent_again(buyer, tmp_path) -> None:
    send(buyer, written(tmp_path, "offers.csv", CSV + b"A row without,\n"))
    buyer.reads("Row 4: price: missing. Nothing of the feed was kept.", "[role=alert]")
    told = buyer.value("document.querySelector('[role=alert]').innerText")
    buyer.take("[name=file]", written(tmp_path, "offers.csv", CSV))
    buyer.press(".adding button", "Send feed")

    buyer.reads("2 offers", ".rows")
    assert told.lower().count("row") == 1


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("offers.xlsx", "Send CSV, a JSON array or JSON lines"),
        ("empty.csv", "no column title"),
        ("torn.csv.gz", "Nothing of the feed was kept."),
    ],
)
def test_a_file_that_is_no_feed_is_refused_in_a_sentence(buyer, tmp_path, name, fault) -> None:
    content = b"" if name == "empty.csv" else gzip.compress(CSV)[:-9]
    send(buyer, written(tmp_path, name, content))

    buyer.reads(fault, "[role=alert]")
    assert "No feeds yet" in buyer.text()


def test_a_file_that_is_too_large_is_not_even_sent(buyer, tmp_path) -> None:
    file = tmp_path / "offers.csv"
    with file.open("wb") as sparse:
        sparse.truncate(64 * 1024 * 1024 + 1)
    send(buyer, file)

    buyer.reads("A feed may have 64 MiB.", "[role=alert]")


def test_a_large_file_is_sent_whole_and_tells_how_far_it_has_come(buyer, tmp_path) -> None:
    rows = (
        f"Enamel mug of shape {number},9.00,EUR,https://mugs.example/{'x' * 150}\n"
        for number in range(20_000)
    )
    file = written(tmp_path, "offers.csv", ("title,price,currency,url\n" + "".join(rows)).encode())
    buyer.value(
        "new MutationObserver(() => { window.told ??= document.querySelector('progress')?.value; })"
        ".observe(document.body, {subtree: true, childList: true, characterData: true})"
    )
    send(buyer, file)

    buyer.reads("20,000 offers", ".rows")
    assert buyer.value("window.told") is not None
    assert buyer.complaints == []


def test_an_access_token_that_has_expired_is_renewed_before_a_file_is_sent(buyer, tmp_path) -> None:
    buyer.refuse("/api/v1/usage")
    send(buyer, written(tmp_path, "offers.csv", CSV))

    buyer.reads("2 offers", ".rows")


def test_a_plan_without_suppliers_says_so_and_leads_to_the_plans(shop, browser, tmp_path) -> None:
    open_account(browser, shop, "free@example.com")
    browser.press("nav a", "Suppliers")
    browser.reads("No feeds yet")
    send(browser, written(tmp_path, "offers.csv", CSV * 300_000))
    browser.reads("The free plan does not include source finding.", "[role=alert]")
    browser.press("[role=alert] a", "See the plans")

    browser.reads("Your plan: Free", "h2")
