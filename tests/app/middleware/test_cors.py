"""Shops in browsers: whose pages may talk to us, and what they may read."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from falcon.testing import Result
from support.client import Client

from app.container import assemble
from app.factory import create_app
from app.settings import Settings

SHOP = "https://shop.example"
OTHERS = [
    "https://evil.example",
    "http://shop.example",
    "https://shop.example.evil.example",
    "https://shop.example:8443",
    "https://SHOP.example",
    "null",
    "*",
    "\xff",
]

type Open = Callable[[str], Client]


@pytest.fixture
def open_to(run, settings, clock) -> Iterator[Open]:
    """Open a shop to the pages of some origins."""
    with ExitStack() as stack:

        def opened(origins: str) -> Client:
            changed = Settings(
                _env_file=None,
                database_url=settings.database_url,
                secret_key=settings.secret_key,
                workflows="worker",
                rate_limits="default=2/minute",
                cors_origins=origins,
            )
            shop = assemble(changed, clock=clock)
            return stack.enter_context(Client.of(run, create_app(shop), shop))

        yield opened


def preflight(client: Client, origin: str, verb: str, path: str) -> Result:
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": verb,
        "Access-Control-Request-Headers": "authorization,content-type,idempotency-key",
    }
    return client.send("OPTIONS", path, headers=asked)


def granted(answer: Result) -> list[str]:
    return [name for name in answer.headers if name.startswith("access-control-")]


def test_a_page_of_the_shop_may_read_every_answer(open_to) -> None:
    client = open_to(f"{SHOP}, https://admin.example")

    for origin in (SHOP, "https://admin.example"):
        for path in ("/healthz", "/nowhere", "/cart", "/products/1"):
            answer = client.get(path, Origin=origin)

            assert answer.headers["access-control-allow-origin"] == origin, path


def test_a_page_of_the_shop_may_read_the_headers_it_needs(open_to) -> None:
    answer = open_to(SHOP).get("/products", Origin=SHOP)

    exposed = set(answer.headers["access-control-expose-headers"].lower().split(", "))
    ours = {"etag", "x-request-id", "x-ratelimit-limit", "x-ratelimit-remaining"}
    assert exposed >= ours | {"x-ratelimit-reset", "retry-after", "idempotency-replayed"}
    assert ours <= answer.headers.keys()


def test_a_page_of_the_shop_may_read_that_it_asked_too_often(open_to) -> None:
    client = open_to(SHOP)
    for _ in range(2):
        client.get("/products", Origin=SHOP)

    refused = client.get("/products", Origin=SHOP)

    assert refused.status_code == 429
    assert refused.headers["access-control-allow-origin"] == SHOP


@pytest.mark.parametrize(
    ("verb", "path"),
    [
        ("POST", "/login"),
        ("POST", "/cart/add"),
        ("PATCH", "/products/1"),
        ("DELETE", "/users/1"),
        ("GET", "/admin/orders"),
    ],
)
def test_a_browser_may_ask_first_without_a_token(open_to, verb, path) -> None:
    answer = preflight(open_to(SHOP), SHOP, verb, path)

    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == SHOP
    assert verb in answer.headers["access-control-allow-methods"].split(", ")
    allowed = answer.headers["access-control-allow-headers"].lower()
    assert {"authorization", "content-type", "idempotency-key"} <= set(allowed.split(","))


def test_asking_first_is_not_counted(open_to) -> None:
    client = open_to(SHOP)

    for _ in range(5):
        assert preflight(client, SHOP, "GET", "/products").status_code == 200

    assert client.get("/products", Origin=SHOP).status_code == 200


def test_pages_of_others_may_read_nothing(open_to) -> None:
    client = open_to(SHOP)

    for origin in OTHERS:
        assert granted(client.get("/healthz", Origin=origin)) == [], origin
        assert granted(preflight(client, origin, "POST", "/cart/add")) == [], origin


def test_cookies_are_never_asked_for(open_to) -> None:
    client = open_to(SHOP)

    for answer in (client.get("/healthz", Origin=SHOP), preflight(client, SHOP, "GET", "/cart")):
        assert "access-control-allow-credentials" not in answer.headers


def test_a_shop_may_be_open_to_every_page(open_to) -> None:
    client = open_to("*")

    assert (
        client.get("/healthz", Origin="https://any.example").headers.items()
        >= {"access-control-allow-origin": "*"}.items()
    )
    assert preflight(client, "https://any.example", "POST", "/login").status_code == 200


def test_a_shop_that_names_no_pages_is_open_to_none(client) -> None:
    assert granted(client.get("/healthz", Origin=SHOP)) == []
    assert granted(preflight(client, SHOP, "POST", "/cart/add")) == []


def test_an_answer_for_one_page_is_not_kept_for_another(open_to) -> None:
    client = open_to(SHOP)

    for headers in ({"Origin": SHOP}, {"Origin": "https://evil.example"}, {}):
        assert "origin" in client.get("/products", **headers).headers["vary"].lower()
