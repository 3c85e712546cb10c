import asyncio
from datetime import UTC, datetime

import pytest
from support.stores import Store

from domain.competitor.reading import Freshness, StoreUnreadable

SOON = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def store(store) -> Store:
    store.bodies = {"/": b"Welcome.", "/mug": b"A mug."}
    return store


def test_a_page_comes_with_its_address_and_version(get, store) -> None:
    fetched = get(f"{store.url}/mug?size=l#reviews")

    assert (fetched.status, fetched.body, fetched.url) == (
        200,
        b"A mug.",
        f"{store.url}/mug?size=l",
    )
    assert fetched.headers["content-type"] == "text/html; charset=utf-8"
    assert (fetched.is_whole, fetched.unchanged) == (True, False)
    assert fetched.freshness.etag
    assert store.requests[-1].headers["accept-encoding"] == "gzip"


def test_we_say_who_we_are_and_on_whose_behalf_we_come(run, fetching, store) -> None:
    run(fetching(home="https://shop.example").get(store.url))
    run(fetching().get(store.url))

    agents = [asked.headers["user-agent"] for asked in store.asked("/")]
    assert agents == ["Peregrine/0.1.0 (+https://shop.example)", "Peregrine/0.1.0"]
    assert [asked.headers["user-agent"] for asked in store.asked("/robots.txt")] == agents


def test_what_is_not_there_is_an_answer_too(get, store) -> None:
    assert get(f"{store.url}/gone").status == 404


def test_a_page_that_has_not_changed_is_not_sent_again(get, store) -> None:
    first = get(f"{store.url}/mug")

    again = get(f"{store.url}/mug", first.freshness)

    assert (again.unchanged, again.body, again.freshness) == (True, b"", first.freshness)


def test_a_server_may_know_versions_by_their_time_alone(get, store) -> None:
    get(f"{store.url}/mug", Freshness(last_modified="Thu, 01 Jan 2026 00:00:00 GMT"))

    asked = store.asked("/mug")[0].headers
    assert asked["if-modified-since"] == "Thu, 01 Jan 2026 00:00:00 GMT"
    assert "if-none-match" not in asked


@pytest.mark.parametrize("etag", ["x" * 1000, "\xff", 'a"\x7f'])
def test_a_version_that_could_not_be_told_back_is_forgotten(get, store, etag) -> None:
    store.etags = False
    store.headers["ETag"] = etag

    assert get(f"{store.url}/mug").freshness == Freshness()


def test_that_nothing_changed_is_believed_only_when_asked(get, store) -> None:
    store.fails("/mug", 304)

    with pytest.raises(StoreUnreadable, match="it answered 304"):
        get(f"{store.url}/mug")


def test_more_than_was_asked_for_is_not_read(get, store) -> None:
    store.bodies["/"] = b"x" * 1000

    fetched = get(store.url, largest=100)

    assert (len(fetched.body), fetched.is_whole) == (100, False)


@pytest.mark.parametrize(
    "url", ["ftp://127.0.0.1/", "javascript:alert(1)", "file:///etc/passwd", "http://", "mug", ""]
)
def test_only_the_web_is_read(get, url) -> None:
    with pytest.raises(StoreUnreadable, match="no address of a page"):
        get(url)


def test_no_cookie_comes_back(get, store) -> None:
    store.headers["Set-Cookie"] = "localization=US; Path=/"

    get(store.url)
    get(store.url)

    assert all("cookie" not in asked.headers for asked in store.requests)


@pytest.mark.parametrize(
    ("status", "asked"), [(500, 3), (502, 3), (504, 3), (429, 3), (503, 3), (403, 1), (410, 1)]
)
def test_a_broken_page_is_asked_for_again_with_pauses(get, store, naps, status, asked) -> None:
    store.fails("/mug", status, times=1)
    store.fails("/mug", status, times=1)

    answered = get(f"{store.url}/mug").status

    assert answered == (200 if asked == 3 else status)
    assert len(store.asked("/mug")) == asked
    assert naps.taken == [1, 2, 8][:asked]


def test_a_page_that_stays_broken_makes_the_store_unreadable(get, store) -> None:
    store.fails("/mug", 502)

    with pytest.raises(StoreUnreadable) as caught:
        get(f"{store.url}/mug")

    assert str(caught.value) == "The store cannot be read: it answered 502."
    assert len(store.asked("/mug")) == 3


def test_a_page_that_does_not_come_makes_the_store_unreadable(run, fetching, store) -> None:
    store.is_slow("/mug", 5)

    with pytest.raises(StoreUnreadable, match=r"no answer in 0\.2 s"):
        run(fetching(patience=0.2).get(f"{store.url}/mug"))

    assert len(store.asked("/mug")) == 3


def test_a_server_that_is_not_there_makes_the_store_unreadable(get) -> None:
    with pytest.raises(StoreUnreadable, match="connection attempts failed"):
        get("http://127.0.0.1:1/")


def test_a_busy_server_gets_the_time_that_it_asks_for(get, store, naps) -> None:
    store.fails("/mug", 429, times=1, Retry_After="42")

    assert get(f"{store.url}/mug").status == 200
    assert naps.taken == [1, 42]


def test_a_busy_server_may_name_a_moment(run, fetching, store, naps) -> None:
    store.fails("/mug", 503, times=1, Retry_After="Thu, 01 Jan 2026 12:00:07 GMT")

    run(fetching(calendar=lambda: SOON).get(f"{store.url}/mug"))

    assert naps.taken == [1, 7]


def test_a_busy_server_is_waited_for_only_once(get, store) -> None:
    store.fails("/mug", 503, Retry_After="1")

    with pytest.raises(StoreUnreadable, match="it answered 503"):
        get(f"{store.url}/mug")

    assert len(store.asked("/mug")) == 2


def test_a_server_that_is_busy_for_long_is_left_alone(get, store) -> None:
    store.fails("/mug", 503, Retry_After="3600")

    with pytest.raises(StoreUnreadable, match="it answered 503, and asks for 3600 s without us"):
        get(f"{store.url}/mug")

    assert len(store.asked("/mug")) == 1


@pytest.mark.parametrize("wait", ["later", "-5", "\xb2", "Thu, 99 Jan", ""])
def test_a_wait_that_is_none_is_not_heeded(get, store, naps, wait) -> None:
    store.fails("/mug", 503, times=1, Retry_After=wait)

    assert get(f"{store.url}/mug").status == 200
    assert naps.taken == [1, 2]


def test_requests_are_apart(run, fetching, store, naps) -> None:
    fetcher = fetching(rate=4)

    for _ in range(3):
        run(fetcher.get(store.url))

    assert naps.taken == [0.25] * 3


def test_a_host_is_asked_for_one_page_at_a_time(run, fetching, store) -> None:
    fetcher = fetching()
    store.is_slow("/mug", 0.05)

    async def many() -> None:
        await asyncio.gather(*(fetcher.get(f"{store.url}/mug") for _ in range(5)))

    run(many())

    assert (len(store.asked("/mug")), store.most_at_once) == (5, 1)
