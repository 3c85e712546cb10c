import asyncio

import pytest

from domain.competitor.reading import StoreUnreadable
from infrastructure.scanner.fetching import PageForbidden
from infrastructure.scanner.hosts import REMEMBERED, Hosts
from infrastructure.scanner.robots import Rules


@pytest.fixture
def store(store):
    store.bodies = {"/": b"Welcome.", "/mug": b"A mug.", "/tee": b"A tee."}
    return store


def test_what_the_host_does_not_want_read_is_not_asked_for(get, store) -> None:
    store.robots = "User-agent: *\nDisallow: /mug"

    with pytest.raises(PageForbidden, match=r"its robots\.txt asks us to stay away from"):
        get(f"{store.url}/mug")

    assert store.asked("/mug") == []
    assert get(f"{store.url}/tee").status == 200


def test_what_is_said_to_us_by_name_counts_more_than_what_is_said_to_all(get, store) -> None:
    store.robots = "User-agent: *\nDisallow: /\n\nUser-agent: peregrine\nDisallow: /mug"

    assert get(f"{store.url}/tee").status == 200
    with pytest.raises(PageForbidden):
        get(f"{store.url}/mug")


def test_a_host_is_asked_for_its_robots_txt_once_an_hour(get, store, naps) -> None:
    get(store.url)
    naps.now += REMEMBERED - 10
    get(store.url)
    assert len(store.asked("/robots.txt")) == 1

    naps.now += 10
    get(store.url)

    assert len(store.asked("/robots.txt")) == 2


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_without_a_robots_txt_everything_may_be_read(get, store, status) -> None:
    store.fails("/robots.txt", status)

    assert get(store.url).status == 200


@pytest.mark.parametrize("status", [429, 500, 503])
def test_while_the_robots_txt_cannot_be_read_nothing_is(get, store, status) -> None:
    store.fails("/robots.txt", status)

    with pytest.raises(StoreUnreadable, match=f"its robots.txt answered {status}"):
        get(store.url)

    assert store.asked("/") == []
    store.recovers()
    assert get(store.url).status == 200


def test_a_robots_txt_may_be_elsewhere(get, store, shopify) -> None:
    store.redirects["/robots.txt"] = f"{shopify.url}/robots.txt"
    shopify.robots = "User-agent: *\nDisallow: /mug"

    with pytest.raises(PageForbidden):
        get(f"{store.url}/mug")


def test_two_hosts_that_send_us_to_each_other_do_not_keep_us(run, fetching, store, shopify) -> None:
    store.redirects["/robots.txt"] = f"{shopify.url}/robots.txt"
    shopify.redirects["/robots.txt"] = f"{store.url}/robots.txt"
    fetcher = fetching()

    async def both() -> None:
        await asyncio.gather(fetcher.get(store.url), fetcher.get(shopify.url))

    run(both())

    assert (len(store.asked("/")), len(shopify.asked("/"))) == (1, 1)


@pytest.mark.parametrize(("delay", "napped"), [("5", 5), ("3600", 30), ("0.1", 1), ("never", 1)])
def test_the_host_may_ask_for_more_time_between_requests(get, store, naps, delay, napped) -> None:
    store.robots = f"User-agent: *\nCrawl-delay: {delay}"

    get(store.url)
    get(store.url)

    assert naps.taken == [1, napped]


def test_a_robots_txt_tells_where_the_sitemaps_are(run, fetching, store) -> None:
    store.robots = f"Sitemap: {store.url}/sitemap.xml\nUser-agent: *\nDisallow: /mug"

    rules = run(fetching().rules(f"{store.url}/tee"))

    assert rules.sitemaps == (f"{store.url}/sitemap.xml",)


@pytest.mark.parametrize(
    "body",
    [b"\xff\xfe\x00", b"<html>" * 1000, b"\xef\xbb\xbfUser-agent: *\nAllow: /", b"a" * 999_999],
)
def test_whatever_is_there_instead_allows_what_it_does_not_forbid(get, store, body) -> None:
    store.says("/robots.txt", body)

    assert get(store.url).status == 200


def test_a_robots_txt_may_have_many_rules() -> None:
    rules = Rules.of(b"User-agent: *\n" + b"Disallow: /*a*b*c*d$\n" * 25_000)

    assert rules.let("https://store.example/" + "abc" * 500)


def test_a_robots_txt_may_have_many_robots() -> None:
    robots = b"".join(b"User-agent: robot%d\n" % number for number in range(5_000))
    paths = b"".join(b"Disallow: /%d\n" % number for number in range(4_000))

    rules = Rules.of(b"user agent peregrine # us\n" + robots + paths)

    assert not rules.let("https://store.example/3999")
    assert rules.let("https://store.example/mug")


@pytest.mark.parametrize(
    ("text", "is_let"),
    [
        ("User-agent: *\nDisallow: /", False),
        ("User-agent: Googlebot\nDisallow: /", True),
        ("User-agent: Googlebot\nUser-agent: *\nDisallow: /", False),
        ("User-agent: *\nDisallow: /\nUser-agent: Googlebot\nAllow: /", False),
        ("User-agent: PEREGRINE/1.0\nDisallow: /", False),
        ("User-agent: Peregrinebot\nDisallow: /", True),
        ("User-agent: Per\nDisallow: /", True),
        ("User-agent: 360Spider\nDisallow: /", True),
        ("User-agent: Peregrine*\nDisallow: /", False),
        ("User-agent: *\nDisallow: /\nAllow: /mug$", True),
        ("Useragent : peregrine\nDisallow: /m*g", False),
        ("User-agent:\nDisallow: /", True),
    ],
)
def test_robots_are_told_apart(text, is_let) -> None:
    assert Rules.of(text.encode()).let("https://store.example/mug") == is_let


def test_hosts_that_nobody_asks_are_forgotten(run, naps) -> None:
    hosts = Hosts(1.0, naps.sleep, naps)

    async def visit(name: str) -> None:
        async with hosts.turn(name) as host:
            hosts.learn(host, Rules.of(b""))

    for number in range(3):
        run(visit(f"{number}.example"))
    assert len(hosts) == 3

    naps.now += REMEMBERED
    run(visit("another.example"))

    assert len(hosts) == 1


def test_of_too_many_rules_the_oldest_are_forgotten(run, naps) -> None:
    hosts = Hosts(1.0, naps.sleep, naps)
    long = Rules.of(b"Disallow: /\n" * 10_000)

    async def visit(name: str) -> bool:
        async with hosts.turn(name) as host:
            knew = hosts.rules_of(host) is not None
            hosts.learn(host, long)
            return knew

    for number in range(7):
        run(visit(f"{number}.example"))

    assert [run(visit(f"{number}.example")) for number in (6, 0)] == [True, False]
