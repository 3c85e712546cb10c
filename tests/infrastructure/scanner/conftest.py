"""Stores on loopback, and what reads them."""

from collections.abc import Callable, Iterator

import pytest
from support.stores import ShopifyStore, SiteStore, Store, Trap, WooStorefront
from support.stores.reading import AnySite, Naps, Readings

from infrastructure.http import Outbound
from infrastructure.reachable import Allowed
from infrastructure.scanner.fetching import Fetcher
from infrastructure.scanner.scanner import Scanner
from infrastructure.scanner.site import SiteReader


@pytest.fixture
def store() -> Iterator[Store]:
    """A server that has what is put in its ``bodies``."""
    with Store() as store:
        yield store


@pytest.fixture
def shopify() -> Iterator[ShopifyStore]:
    with ShopifyStore() as store:
        yield store


@pytest.fixture
def woocommerce() -> Iterator[WooStorefront]:
    with WooStorefront() as store:
        yield store


@pytest.fixture
def trap() -> Iterator[Trap]:
    with Trap() as trap:
        yield trap


@pytest.fixture
def naps() -> Naps:
    return Naps()


@pytest.fixture
def fetching(run, naps) -> Iterator[Callable[..., Fetcher]]:
    """Make fetchers that may call 127.0.0.1, and do not wait."""
    outbound = Outbound(Allowed.of(["127.0.0.1"]))
    yield lambda **options: Fetcher(outbound, **{"sleep": naps.sleep, "clock": naps, **options})
    run(outbound.close())


@pytest.fixture
def get(run, fetching):
    """Get a page, with the same fetcher each time."""
    fetcher = fetching()
    return lambda url, *args, **options: run(fetcher.get(url, *args, **options))


@pytest.fixture
def site() -> AnySite:
    return AnySite()


@pytest.fixture
def readings(run, fetching, site) -> Readings:
    return Readings(run, Scanner(fetching(), site))


@pytest.fixture
def shop() -> Iterator[SiteStore]:
    """A store that is built on nothing we know."""
    with SiteStore() as store:
        yield store


@pytest.fixture
def site_readings(run, fetching) -> Readings:
    """Read stores, those too that have to be read page by page."""
    fetcher = fetching()
    return Readings(run, Scanner(fetcher, SiteReader(fetcher)))
