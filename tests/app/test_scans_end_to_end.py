"""Stores of every kind, scanned over real HTTP: what is kept is exactly what they show."""

import pytest
from support.plans import subscribed
from support.rivals import Rival, rival
from support.stores.product import Product, Variant
from support.stores.shopify import ShopifyStore
from support.stores.site import SiteStore
from support.stores.store import Store, Trap, scanning
from support.stores.woocommerce import WooStorefront

from app.settings import Settings
from domain.competitor.scan_progress import NOTHING_FOUND

KINDS = {"shopify": ShopifyStore, "woocommerce": WooStorefront, "custom": SiteStore}
PAGES = {
    "shopify": "/products.json",
    "woocommerce": "/wp-json/wc/store/v1/products",
    "custom": "/products/mug",
}
LAST_SITEMAP = "/sitemap-products-1.xml.gz"
MANY = 260  # more than a page has


@pytest.fixture
def settings(settings) -> Settings:
    return scanning(settings)


@pytest.fixture(params=KINDS)
def kind(request) -> str:
    return request.param


@pytest.fixture
def store(kind):
    with KINDS[kind]() as store:
        if isinstance(store, SiteStore):
            store.shapes = {"shirt": "group", "thing-0": "open_graph", "thing-1": "woocommerce"}
        store.fill(3)
        store.products["mug"] = Product("Mug", "12.50", brand="Acme", sku="M-1")
        store.products["shirt"] = Product(
            "Shirt", variants=[Variant("S", "20.00", sale="15.00"), Variant("L", "22.00")]
        )
        yield store


@pytest.fixture
def watched(shopper, carried_out, store) -> Rival:
    return rival(subscribed(shopper), carried_out, store.url)


def test_the_first_scan_finds_out_what_the_store_is_and_what_it_sells(watched, store, kind) -> None:
    assert watched.shown["platform"] == "custom"
    assert watched.counts() == {"seen": 5, "new": 5}
    assert watched.shown["platform"] == watched.shown["detected_platform"] == kind
    assert watched.shown["product_count"] == 5
    assert watched.shown["last_scanned"]
    assert watched.history("Mug") == [(12.5, "EUR")]
    assert watched.history("Shirt") == [(15.0, "EUR")]


def test_a_store_that_has_changed_is_told_exactly(watched, store, later) -> None:
    watched.scan()
    store.products["mug"].sale = "9.99"
    store.products["shirt"].variants[0].sale = None
    store.products["thing-1"].available = False
    store.products["jug"] = Product("Jug", "7.00")
    del store.products["thing-2"]
    later(hours=3)

    counts = watched.counts()

    assert counts == {"seen": 5, "new": 1, "removed": 1, "price_changes": 2}
    assert watched.history("Mug") == [(12.5, "EUR"), (9.99, "EUR")]
    assert watched.history("Shirt") == [(15.0, "EUR"), (20.0, "EUR")]
    assert watched.history("Jug") == [(7.0, "EUR")]
    assert watched.on_sale() == ["Jug", "Mug", "Shirt", "Thing 0", "Thing 1"]
    assert not watched.products()["Thing 1"]["in_stock"]


def test_a_product_that_re_appears_keeps_its_history(watched, store, later) -> None:
    watched.scan()
    mug = store.products.pop("mug")
    watched.scan()
    store.products["mug"] = Product(mug.title, "11.00")
    later(hours=3)

    assert watched.counts() == {"seen": 5, "price_changes": 1, "reappeared": 1}
    assert watched.history("Mug") == [(12.5, "EUR"), (11.0, "EUR")]


def test_a_store_that_has_not_changed_is_hardly_read(watched, store, kind) -> None:
    watched.scan()
    store.requests.clear()

    assert watched.counts() == {"seen": 5}
    listed = store.asked(PAGES[kind])
    assert any(asked.headers.get("if-none-match") for asked in listed)


def test_more_than_a_page_is_read_to_its_end(watched, store) -> None:
    store.fill(MANY)

    assert watched.counts() == {"seen": MANY + 2, "new": MANY + 2}
    del store.products["thing-0"]
    assert watched.counts() == {"seen": MANY + 1, "removed": 1}


@pytest.mark.parametrize(
    ("currency", "price", "expected"),
    [("JPY", "1200", 1200.0), ("KWD", "1.250", 1.25), ("EUR", "0.99", 0.99)],
    ids=["no decimals", "three decimals", "two decimals"],
)
def test_currencies_are_kept(watched, store, currency, price, expected) -> None:
    store.currency = currency
    store.products = {"mug": Product("Mug", price)}

    watched.scan()

    assert watched.history("Mug") == [(expected, currency)]


def breaks_down(store: Store, kind: str) -> None:
    for path in (PAGES[kind], "/"):
        store.fails(path, 503)


def talks_nonsense(store: Store, kind: str) -> None:
    for path in (PAGES[kind], "/?rest_route", "/sitemap.xml"):
        store.says(path, b'{"products": "none of your business"')
    if kind == "custom":
        store.says("/", b"<h1>Nothing to see here")


def sells_nothing(store: Store, kind: str) -> None:
    store.products.clear()


def breaks_down_halfway(store: Store, kind: str) -> None:
    store.fill(MANY)
    second = {"shopify": "?limit=250&page=2", "woocommerce": "?per_page=100&page=2"}
    store.fails(PAGES[kind] + second[kind] if kind in second else LAST_SITEMAP, 500)


@pytest.mark.parametrize("fails", [breaks_down, talks_nonsense, sells_nothing, breaks_down_halfway])
def test_a_scan_that_fails_keeps_what_is_known_and_says_why(watched, store, kind, fails) -> None:
    watched.scan()
    known, last_scanned = watched.on_sale(), watched.shown["last_scanned"]
    fails(store, kind)

    reason = watched.failure()

    assert reason == NOTHING_FOUND or reason.startswith("The store cannot be read: ")
    assert set(known) <= set(watched.on_sale())
    assert watched.shown["last_scanned"] == last_scanned
    assert watched.history("Mug") == [(12.5, "EUR")]


def test_the_scan_after_a_failure_goes_on_as_if_nothing_had_been(watched, store, kind) -> None:
    watched.scan()
    breaks_down_halfway(store, kind)
    watched.failure()
    store.recovers()

    assert watched.counts()["seen"] == MANY + 2
    assert watched.shown["status"] == "active"
    assert len(watched.history("Mug")) == 1


def test_a_store_that_leads_into_our_own_network_is_not_followed(watched, store, kind) -> None:
    watched.scan()
    with Trap() as trap:
        store.redirects = {PAGES[kind]: f"{trap.url}/secrets", "/": trap.url}

        reason = watched.failure()

        assert "may not be called" in reason
        assert trap.requests == []
    assert len(watched.on_sale()) == 5


def test_a_store_that_moves_to_another_platform_keeps_its_history(
    shopper, carried_out, later
) -> None:
    with ShopifyStore() as store:
        store.products["mug"] = Product("Mug", "12.50")
        watched = rival(subscribed(shopper), carried_out, store.url)
        watched.scan()
        before = watched.products()["Mug"]
        later(hours=3)
        store.products["mug"].odd = {"id": 4711}

        counts = watched.counts()

    assert counts == {"seen": 1}
    assert watched.products()["Mug"]["id"] == before["id"]
