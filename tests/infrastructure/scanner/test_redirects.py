import pytest

from domain.competitor.reading import StoreUnreadable
from infrastructure.scanner.fetching import PageForbidden


def test_a_redirect_is_followed_to_another_host_and_its_robots_are_heeded(
    get, store, shopify
) -> None:
    store.redirects["/old"] = f"{shopify.url}/new#top"
    shopify.bodies["/new"] = b"Here."

    fetched = get(f"{store.url}/old")

    assert (fetched.body, fetched.url) == (b"Here.", f"{shopify.url}/new")
    assert len(shopify.asked("/robots.txt")) == 1


def test_a_redirect_to_where_robots_may_not_go_ends_there(get, store, shopify) -> None:
    store.redirects["/old"] = f"{shopify.url}/new"
    shopify.robots = "User-agent: *\nDisallow: /new"

    with pytest.raises(PageForbidden):
        get(f"{store.url}/old")

    assert shopify.asked("/new") == []


def test_a_few_redirects_are_followed_and_no_more(get, store) -> None:
    store.redirects = {f"/{step}": f"/{step + 1}" for step in range(6)}
    store.bodies["/6"] = b"Here."

    assert get(f"{store.url}/1").body == b"Here."
    with pytest.raises(StoreUnreadable, match="redirects more than 5 times"):
        get(f"{store.url}/0")


def test_a_redirect_in_circles_ends(get, store) -> None:
    store.redirects = {"/a": "/b", "/b": "/a"}

    with pytest.raises(StoreUnreadable, match="redirects more than 5 times"):
        get(f"{store.url}/a")


def test_a_trap_is_not_stepped_into(get, store, trap) -> None:
    store.redirects["/old"] = f"{trap.url}/secret"

    with pytest.raises(StoreUnreadable, match="an address that may not be called") as caught:
        get(f"{store.url}/old")

    assert trap.requests == []
    assert caught.value.reason.startswith("127.0.0.2:")


def test_nor_is_one_behind_the_robots_txt(get, store, trap) -> None:
    store.redirects["/robots.txt"] = f"{trap.url}/robots.txt"

    with pytest.raises(StoreUnreadable, match="an address that may not be called"):
        get(store.url)

    assert (trap.requests, store.asked("/")) == ([], [])


@pytest.mark.parametrize(
    "location",
    ["file:///etc/passwd", "javascript:alert(1)", "gopher://x/", "http://", "http://[", ""],
)
def test_a_redirect_to_what_is_no_page_leads_nowhere(get, store, location) -> None:
    store.redirects["/old"] = location

    with pytest.raises(StoreUnreadable):
        get(f"{store.url}/old")


def test_a_password_in_a_redirect_is_not_used(get, store) -> None:
    store.redirects["/old"] = store.url.replace("://", "://user:password@") + "/new"
    store.bodies["/new"] = b"Here."

    fetched = get(f"{store.url}/old")

    assert fetched.url == f"{store.url}/new"
    assert "authorization" not in store.asked("/new")[0].headers
