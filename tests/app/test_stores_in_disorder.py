"""Stores that are not what they were for a while: what is kept of them is right again."""

import pytest
from support.plans import subscribed
from support.rivals import Rival, rival
from support.stores.product import Product
from support.stores.shopify import ShopifyStore
from support.stores.site import SiteStore
from support.stores.store import scanning

from app.settings import Settings

LIST = "/products.json"


class OpenShopifyStore(ShopifyStore, SiteStore):
    """Tells of its products in a list, and on pages too."""


@pytest.fixture
def settings(settings) -> Settings:
    return scanning(settings)


@pytest.fixture
def store():
    with OpenShopifyStore() as store:
        for name in ("Mug", "Cup", "Pot"):
            store.products[name.lower()] = Product(name, "10.00")
        yield store


@pytest.fixture
def watched(shopper, carried_out, store) -> Rival:
    return rival(subscribed(shopper), carried_out, store.url)


def hides_its_currency(store: ShopifyStore) -> None:
    store.fails("/meta.json", 404)
    store.says("/", b'<script>Shopify.currency = {"active":"USD","rate":"1.1"}</script>')


def test_prices_that_came_without_their_currency_are_read_again(watched, store) -> None:
    watched.scan()
    hides_its_currency(store)
    store.products["mug"].sale = "7.00"
    without = watched.counts()
    store.recovers()

    assert without == {"seen": 3}
    assert watched.counts() == {"seen": 3, "price_changes": 1}
    assert watched.history("Mug") == [(10.0, "EUR"), (7.0, "EUR")]


def test_a_store_whose_currency_comes_late_has_prices_then(watched, store) -> None:
    hides_its_currency(store)
    watched.scan()
    assert watched.products()["Mug"]["price"] is None
    store.recovers()

    assert watched.counts() == {"seen": 3}
    assert watched.history("Mug") == [(10.0, "EUR")]


def test_a_list_that_was_away_for_a_while_is_read_again(watched, store) -> None:
    first = watched.counts()
    store.fails(LIST, 404)
    without = watched.counts()
    store.recovers()

    again = watched.counts()

    assert (first, without, again) == ({"seen": 3, "new": 3}, {"seen": 3}, {"seen": 3})
    assert watched.on_sale() == ["Cup", "Mug", "Pot"]


def test_pages_are_read_again_after_a_list_that_was_there_for_a_while(watched, store) -> None:
    store.fails(LIST, 404)
    first = watched.counts()
    store.recovers()
    listed = watched.counts()
    store.fails(LIST, 404)
    store.fails("/products/cup", 503)

    again = watched.counts()

    assert (first, listed, again) == ({"seen": 3, "new": 3}, {"seen": 3}, {"seen": 3})
    assert watched.on_sale() == ["Cup", "Mug", "Pot"]
