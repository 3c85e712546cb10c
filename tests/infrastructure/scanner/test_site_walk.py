import json
from contextlib import ExitStack

import pytest
from support.stores import Product, SiteStore

from domain.competitor.models import Platform
from domain.competitor.reading import Freshness, StoreUnreadable
from infrastructure.scanner.scanner import Scanner
from infrastructure.scanner.site import STRETCH, SiteReader


def test_only_the_sitemaps_of_products_are_gone_through(site_readings, shop) -> None:
    shop.fill(45)

    pages = site_readings.pages(shop.url)

    assert len(pages) == 45
    assert len(shop.asked("/sitemap-products-1.xml.gz")) == 1
    assert not shop.asked("/sitemap-pages.xml")
    assert not shop.asked("/about")
    assert shop.most_at_once == 1


def test_robots_txt_tells_where_the_sitemap_is(site_readings, shop) -> None:
    shop.fill(2)
    shop.has_sitemap = False
    shop.robots = f"Sitemap: {shop.url}/lists/all"
    locations = "".join(
        f"<url><loc>{shop.at(each)}?utm_source=map</loc></url>" for each in shop.products
    )
    shop.bodies["/lists/all"] = f"<urlset>{locations}</urlset>".encode()

    assert [each.url for each in site_readings.sightings(shop.url)] == [
        shop.at("thing-0"),
        shop.at("thing-1"),
    ]


def test_pages_that_do_not_look_like_products_are_read_where_no_other_is_one(
    site_readings, shop
) -> None:
    shop.products["mug"] = Product("Mug")
    locations = f"<url><loc>/p/imprint</loc></url><url><loc>{shop.url}/mug</loc></url>"
    shop.says("/sitemap.xml", f"<urlset>{locations}</urlset>".encode())
    shop.bodies["/mug"] = shop.shown("mug").encode()

    assert [each.title for each in site_readings.sightings(shop.url)] == ["Mug"]


def test_without_a_sitemap_links_are_followed(site_readings, shop) -> None:
    shop.has_sitemap = False
    shop.fill(3)
    shop.links["/"] = [
        "/about",
        "https://elsewhere.example/products/x",
        "javascript:alert(1)",
        "/cart",
    ]
    shop.links["/about"] = [
        "/products/thing-0#top",
        "products/thing-1?gclid=1",
        "/products/thing-2",
    ]

    pages = site_readings.pages(shop.url)

    assert sorted(s.title for page in pages for s in page.sightings) == [
        "Thing 0", "Thing 1", "Thing 2"
    ]  # fmt: skip
    assert not shop.asked("/cart")


def test_a_reading_goes_on_from_its_cursor_in_another_process(run, fetching, shop) -> None:
    shop.fill(50)
    known: dict[str, Freshness] = {}

    async def remember(url: str) -> Freshness | None:
        return known.get(url)

    def read(cursor):
        fetcher = fetching()
        scanner = Scanner(fetcher, SiteReader(fetcher))
        return run(scanner.read(shop.url, Platform.CUSTOM, cursor, remember))

    first = read(None)
    written = json.dumps(first.cursor)
    del shop.products["thing-3"]  # the list is shorter now
    second = read(json.loads(written))
    third = read(json.loads(json.dumps(second.cursor)))

    urls = [page.url for each in (first, second, third) for page in each.pages]
    assert [len(each.pages) for each in (first, second, third)] == [20, 20, 10]
    assert urls == [shop.at(f"thing-{number}") for number in range(50)]
    assert third.cursor is None
    assert len(written) < 1000


@pytest.mark.parametrize("sitemap", [True, False])
def test_a_store_without_products_is_unreadable(site_readings, shop, sitemap) -> None:
    shop.has_sitemap = sitemap

    with pytest.raises(StoreUnreadable, match=r"none of its .* shows a product"):
        site_readings.pages(shop.url)


@pytest.mark.parametrize(("status", "body"), [(500, b""), (403, b""), (200, b"<h1>Back soon</h1>")])
def test_a_sitemap_that_fails_does_not_make_its_products_disappear(
    site_readings, shop, status, body
) -> None:
    shop.fill(5)
    shop.in_a_sitemap = 3
    shop.says("/sitemap-products-2.xml.gz", body, status=status)

    with pytest.raises(StoreUnreadable):
        site_readings.pages(shop.url)


@pytest.mark.parametrize("place", ["sitemap", "links"])
def test_long_stores_are_read_to_their_end_in_stretches(site_readings, shop, place) -> None:
    shop.has_sitemap = place == "sitemap"
    shop.in_a_sitemap = 7
    shop.fill(45)

    sightings = site_readings.sightings(shop.url)

    assert sorted(each.url for each in sightings) == sorted(map(shop.at, shop.products))
    assert all(len(shop.asked(f"/products/{handle}")) == 1 for handle in shop.products)


def test_links_are_followed_to_so_many_pages_and_no_more(site_readings, shop) -> None:
    shop.has_sitemap = False
    shop.products["mug"] = Product("Mug")
    shop.links["/"] = [*(f"/page-{number}" for number in range(600)), "/products/mug"]

    pages = site_readings.pages(shop.url)

    assert len(pages) == 2 + 498
    assert [each.title for page in pages for each in page.sightings] == ["Mug"]


@pytest.mark.parametrize("loop", ["/sitemap.xml", "/other.xml"])
def test_sitemaps_that_list_each_other_come_to_an_end(site_readings, shop, loop) -> None:
    index = "<sitemapindex><sitemap><loc>{0}{1}</loc></sitemap></sitemapindex>"
    shop.says("/sitemap.xml", index.format(shop.url, loop).encode())
    shop.says("/other.xml", index.format(shop.url, "/sitemap.xml").encode())
    shop.products["mug"] = Product("Mug")

    assert site_readings.only(shop.url).title == "Mug"


def test_stores_that_are_read_at_the_same_time_keep_their_sitemaps(run, fetching, shop) -> None:
    others = [SiteStore() for _ in range(5)]
    reader = SiteReader(fetching())

    async def know_nothing(_: str) -> None:
        return None

    async def take_turns(stores: list[SiteStore]) -> None:
        begun = [await reader.read(each.url, None, know_nothing) for each in stores]
        for store, stretch in zip(stores, begun, strict=True):
            assert stretch.cursor
            await reader.read(store.url, stretch.cursor, know_nothing)

    with ExitStack() as opened:
        stores = [shop, *(opened.enter_context(each) for each in others)]
        for each in stores:
            each.fill(STRETCH + 1)
        run(take_turns(stores))

    assert [len(each.asked("/sitemap-products-1.xml.gz")) for each in stores] == [1] * 6


def test_a_sitemap_at_a_private_address_is_passed_over(site_readings, shop, trap) -> None:
    shop.fill(3)
    shop.robots = f"Sitemap: {trap.url}/sitemap.xml\nSitemap: {shop.url}/sitemap.xml"

    assert len(site_readings.sightings(shop.url)) == 3
    assert trap.requests == []


def test_a_sitemap_that_does_not_answer_fails_the_reading(site_readings, shop) -> None:
    shop.fill(3)
    shop.fails("/sitemap.xml", 500)

    with pytest.raises(StoreUnreadable, match="answered 500"):
        site_readings.pages(shop.url)
