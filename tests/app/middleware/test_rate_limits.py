"""How often one may ask, and who is taken for whom."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from falcon.testing import Result
from support.client import PASSWORD, Client

from app.container import assemble
from app.factory import create_app
from app.settings import Settings

type Open = Callable[..., Client]
BROWSE = "/products"
HEADERS = ("x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset")


@pytest.fixture
def limited(run, settings, clock) -> Iterator[Open]:
    """Open a shop with rates of its own; without any, with those that are the default."""
    with ExitStack() as stack:

        def opened(rate_limits: str = "", trusted_proxies: str = "") -> Client:
            changed = Settings(
                _env_file=None,
                database_url=settings.database_url,
                secret_key=settings.secret_key,
                workflows="worker",
                rate_limits=rate_limits,
                trusted_proxies=trusted_proxies,
            )
            shop = assemble(changed, clock=clock)
            return stack.enter_context(Client.of(run, create_app(shop), shop))

        yield opened


def ask(client: Client, address: str = "192.0.2.1", forwarded: str = "", path: str = BROWSE):
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    return client.send("GET", path, remote_addr=address, headers=headers)


def allowed(*answers: Result) -> list[bool]:
    assert {answer.status_code for answer in answers} <= {200, 429}
    return [answer.status_code == 200 for answer in answers]


def test_an_answer_tells_how_the_caller_stands(limited) -> None:
    client = limited("default=3/minute")

    answers = [ask(client) for _ in range(3)]

    assert [answer.headers["x-ratelimit-limit"] for answer in answers] == ["3", "3", "3"]
    assert [answer.headers["x-ratelimit-remaining"] for answer in answers] == ["2", "1", "0"]
    [resets] = {int(answer.headers["x-ratelimit-reset"]) for answer in answers}
    assert 0 < resets - time.time() <= 61


def test_who_asks_too_often_is_told_when_to_come_back(limited) -> None:
    client = limited("default=2/minute")
    ask(client)
    ask(client)
    before = time.time()

    refused = ask(client)

    problem = refused.json
    wait = problem["retry_after"]
    assert (refused.status_code, problem["error"]) == (429, "rate_limit_exceeded")
    assert problem["message"] == f"Too many requests. Please retry after {wait} seconds."
    assert refused.headers["retry-after"] == str(wait)
    assert 1 <= wait <= 60
    assert refused.headers["x-ratelimit-limit"] == "2"
    assert refused.headers["x-ratelimit-remaining"] == "0"
    resets = int(refused.headers["x-ratelimit-reset"])
    assert before - 1 <= resets - wait <= time.time() + 1


def test_once_the_window_is_over_one_may_ask_again(limited) -> None:
    client = limited("default=1/second")
    ask(client)

    deadline = time.monotonic() + 10
    refused = [ask(client)]
    while (answer := ask(client)).status_code == 429 and time.monotonic() < deadline:
        refused.append(answer)

    assert answer.status_code == 200
    assert {each.json["retry_after"] for each in refused if each.status_code == 429} == {1}


def test_addresses_are_counted_apart(limited) -> None:
    client = limited("default=1/minute")

    first = [ask(client, "192.0.2.1"), ask(client, "192.0.2.1")]
    second = [ask(client, "192.0.2.2"), ask(client, "192.0.2.2")]

    assert allowed(*first, *second) == [True, False, True, False]


def test_a_user_is_counted_wherever_they_are(limited) -> None:
    shopper = limited("cart=2/minute").as_shopper()

    answers = [ask(shopper, f"192.0.2.{host}", path="/cart") for host in range(1, 4)]

    assert allowed(*answers) == [True, True, False]
    assert [answer.headers["x-ratelimit-remaining"] for answer in answers] == ["1", "0", "0"]


def test_users_behind_one_address_share_it(limited) -> None:
    client = limited("cart=3/minute")
    one, other = client.as_shopper(), client.as_shopper()

    answers = [ask(each, path="/cart") for each in (one, one, other, other)]

    assert allowed(*answers) == [True, True, True, False]
    assert answers[2].headers["x-ratelimit-remaining"] == "0"


def test_one_users_excess_is_not_another_users(limited) -> None:
    client = limited("cart=1/minute")
    one, other = client.as_shopper(), client.as_shopper()

    answers = [ask(each, path="/cart", address=where) for each, where in
               ((one, "192.0.2.1"), (one, "192.0.2.2"), (other, "192.0.2.3"))]  # fmt: skip

    assert allowed(*answers) == [True, False, True]


def test_kinds_of_requests_are_counted_apart(limited) -> None:
    shopper = limited("cart=1/minute,default=1/minute,checkout=1/minute").as_shopper()

    kinds = [("GET", BROWSE), ("GET", "/cart"), ("POST", "/checkout")]
    first = [shopper.send(verb, path).status_code for verb, path in kinds]
    second = [shopper.send(verb, path).status_code for verb, path in kinds]

    assert first == [200, 200, 400]
    assert second == [429, 429, 429]


def test_guessing_passwords_is_limited(limited) -> None:
    client = limited("login=2/minute")
    email = client.as_shopper().email

    guesses = [client.post("/login", {"username": email, "password": "guess"}) for _ in range(3)]
    right = client.post("/auth/login", {"email": email, "password": PASSWORD})

    assert [guess.status_code for guess in guesses] == [401, 401, 429]
    assert right.status_code == 429


def test_guessing_tokens_is_limited(limited) -> None:
    client = limited("cart=2/minute").bearing("guess")

    guesses = [client.get("/cart").status_code for _ in range(3)]

    assert guesses == [401, 401, 429]


def test_what_is_malformed_counts_too(limited) -> None:
    client = limited("login=2/minute")

    answers = [client.send("POST", "/login", body=b"{").status_code for _ in range(3)]

    assert answers == [400, 400, 429]


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/docs", "/openapi.json", "/nowhere"])
def test_what_machines_ask_for_is_not_limited(limited, path) -> None:
    client = limited("default=1/minute")

    for _ in range(3):
        answer = client.get(path)
        assert answer.status_code in (200, 404)
        assert not any(name in answer.headers for name in HEADERS)


def test_the_rates_are_those_of_the_contract(limited) -> None:
    shopper = limited().as_shopper()

    asked = {
        "cart": shopper.get("/cart"),
        "checkout": shopper.post("/checkout", {}),
        "login": shopper.post("/login", {}),
        "sync": shopper.post("/api/v1/woocommerce/products/sync", {}),
        "webhook": shopper.post("/api/v1/webhooks/stripe", {}),
        "default": shopper.get("/products"),
    }

    told = {name: answer.headers["x-ratelimit-limit"] for name, answer in asked.items()}
    assert told == {
        "cart": "100",
        "checkout": "10",
        "login": "10",
        "sync": "50",
        "webhook": "1000",
        "default": "300",
    }


def test_nobody_is_limited_when_limits_are_off(client) -> None:
    answers = [ask(client) for _ in range(20)]

    assert all(allowed(*answers))
    assert not any(name in answers[-1].headers for name in HEADERS)


def test_a_forwarded_address_from_anybody_is_a_claim_and_ignored(limited) -> None:
    client = limited("default=1/minute")

    answers = [ask(client, forwarded=f"198.51.100.{host}") for host in range(3)]

    assert allowed(*answers) == [True, False, False]


def test_a_forwarded_address_from_a_stranger_is_ignored_beside_proxies(limited) -> None:
    client = limited("default=1/minute", "10.0.0.0/8")

    answers = [ask(client, forwarded=f"198.51.100.{host}") for host in range(3)]

    assert allowed(*answers) == [True, False, False]


@pytest.mark.parametrize(
    ("one", "same", "another"),
    [
        ("198.51.100.1", "198.51.100.1", "198.51.100.2"),
        ("198.51.100.1", "203.0.113.9, 198.51.100.1", "198.51.100.1, 198.51.100.2"),
        ("198.51.100.1", "198.51.100.1, 10.9.9.9", "10.9.9.9"),
        ("198.51.100.1", "198.51.100.1,10.1.1.1 ,, 10.2.2.2", "198.51.100.1, nonsense, 10.1.1.1"),
        ("198.51.100.1:5678", "198.51.100.1:5679", "198.51.100.2:5678"),
        ("2001:db8::1", "2001:db8::ffff", "2001:db8:0:1::1"),
        ("[2001:db8::1]:443", "2001:db8::1", "[2001:db8:1::1]:443"),
        ("::ffff:198.51.100.1", "198.51.100.1", "::ffff:198.51.100.2"),
    ],
)
def test_behind_a_proxy_we_trust_callers_are_told_apart(limited, one, same, another) -> None:
    client = limited("default=1/minute", "10.0.0.0/8")

    answers = [ask(client, "10.0.0.1", forwarded) for forwarded in (one, same, another)]

    assert allowed(*answers) == [True, False, True]


def test_a_proxy_is_known_on_a_dual_stack_socket(limited) -> None:
    client = limited("default=1/minute", "10.0.0.0/8")

    answers = [ask(client, "::ffff:10.0.0.1", f"198.51.100.{host}") for host in (1, 1, 2)]

    assert allowed(*answers) == [True, False, True]


def test_all_the_addresses_of_one_ipv6_line_are_one_caller(limited) -> None:
    client = limited("default=1/minute")

    near = [ask(client, f"2001:db8::{host:x}") for host in range(1, 4)]
    far = [ask(client, f"2001:db8:0:{net}::1") for net in (1, 2)]

    assert allowed(*near, *far) == [True, False, False, True, True]


@pytest.mark.parametrize(
    "claim", [",,,", "unknown", "\xff", "x" * 10_000, "1.2.3.4.5", ":", "[", "a:b:c"]
)
def test_a_forwarded_address_that_is_none_is_harmless(limited, claim) -> None:
    client = limited("default=1/minute", "10.0.0.0/8")

    assert allowed(ask(client, "10.0.0.1", claim), ask(client, "10.0.0.1", claim)) == [True, False]
