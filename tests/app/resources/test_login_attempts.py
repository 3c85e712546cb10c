"""How often one may try to get into an account, from wherever one comes."""

from itertools import count

import pytest
from support.client import PASSWORD

ADA = "ada@example.com"
WRONG = "not the password"
LIMIT = 4
LOGIN, SIGNED, PLATFORM = "/login", "/auth/login", "/api/v1/auth/login"
CHANGE = "/api/v1/auth/change-password"


@pytest.fixture
def settings(settings):
    return settings.model_copy(update={"rate_limits": f"login={LIMIT}/hour"})


@pytest.fixture
def ada(client):
    return client.post("/auth/signup", {"email": ADA, "username": "Ada", "password": PASSWORD}).json


@pytest.fixture
def attempt(client):
    """Try to get in, each time from another address."""
    hosts = count(1)

    def send(name, password=WRONG, path=LOGIN):
        field = "username" if path == LOGIN else "email"
        return client.send(
            "POST", path, json={field: name, "password": password}, remote_addr=_host(next(hosts))
        )

    return send


def _host(number):
    return f"198.51.100.{number}"


def codes(answers):
    return [answer.json.get("error", "let in") for answer in answers]


TURNED_AWAY = ["invalid_credentials"] * LIMIT + ["rate_limit_exceeded"] * 2


@pytest.mark.parametrize("path", [LOGIN, SIGNED, PLATFORM])
@pytest.mark.parametrize("name", [ADA, "nobody@example.com"])
def test_an_account_is_tried_so_often_whether_it_is_there_or_not(ada, attempt, path, name) -> None:
    answers = [attempt(name, path=path) for _ in range(LIMIT + 2)]

    assert codes(answers) == TURNED_AWAY
    refused = answers[-1]
    assert refused.status_code == 429
    assert 0 < refused.json["retry_after"] <= 3600
    assert refused.headers["retry-after"] == str(refused.json["retry_after"])


def test_then_the_right_password_is_of_no_use_either(ada, attempt) -> None:
    for _ in range(LIMIT):
        attempt(ADA)

    assert attempt(ADA, PASSWORD).status_code == 429


def test_who_knows_the_password_is_counted_too(ada, attempt) -> None:
    answers = [attempt(ADA, PASSWORD) for _ in range(LIMIT + 1)]

    assert codes(answers) == ["let in"] * LIMIT + ["rate_limit_exceeded"]


def test_all_doors_and_names_of_an_account_lead_to_one_count(ada, attempt) -> None:
    tried = [(ADA, LOGIN), ("Ada", LOGIN), (ADA.upper(), SIGNED), (ADA, PLATFORM)]

    answers = [attempt(name, path=path) for name, path in [*tried, ("Ada", LOGIN)]]

    assert codes(answers) == TURNED_AWAY[: LIMIT + 1]


def test_addresses_are_the_same_in_capitals_and_usernames_are_not(ada, attempt) -> None:
    names = ["No@Example.com", "no@example.com", "NO@EXAMPLE.COM", "no@EXAMPLE.com"]

    addresses = [attempt(name) for name in [*names, "no@example.com"]]
    usernames = [attempt(name) for name in ("Bob", "bob", "BOB", "bOb", "boB")]

    assert codes(addresses) == TURNED_AWAY[: LIMIT + 1]
    assert codes(usernames) == ["invalid_credentials"] * 5


def test_other_accounts_are_counted_apart(ada, attempt, client) -> None:
    client.post("/auth/signup", {"email": "bob@example.com", "password": PASSWORD})
    for _ in range(LIMIT + 1):
        attempt(ADA)

    assert attempt("bob@example.com", PASSWORD).status_code == 200


def test_an_account_that_is_locked_lets_those_inside_go_on(ada, attempt, client) -> None:
    for _ in range(LIMIT + 1):
        attempt(ADA)

    inside = client.bearing(ada["access_token"])

    assert inside.get("/cart").status_code == 200
    refreshed = client.post("/auth/refresh", {"refresh_token": ada["refresh_token"]})
    assert refreshed.status_code == 200


def test_guessing_at_a_change_of_password_counts_like_a_login(ada, attempt, client) -> None:
    inside = client.bearing(ada["access_token"])
    guess = {"current_password": "a guess", "new_password": "an entirely new password"}

    for number in range(LIMIT):
        inside.send("POST", CHANGE, json=guess, remote_addr=f"203.0.113.{number}")

    assert attempt(ADA, PASSWORD).status_code == 429


def test_who_has_guessed_at_logins_cannot_go_on_at_changes(ada, attempt, client) -> None:
    for _ in range(LIMIT):
        attempt(ADA)

    inside = client.bearing(ada["access_token"])
    wish = {"current_password": PASSWORD, "new_password": "an entirely new password"}
    refused = inside.send("POST", CHANGE, json=wish, remote_addr="203.0.113.1")

    assert (refused.status_code, refused.json["error"]) == (429, "rate_limit_exceeded")


@pytest.mark.parametrize("path", ["/api/v1/auth/forgot-password", "/api/v1/auth/reset-password"])
def test_forgetting_is_limited_by_address(client, path) -> None:
    wishes = {
        "/api/v1/auth/forgot-password": {"email": ADA},
        "/api/v1/auth/reset-password": {"token": "a guess", "password": PASSWORD},
    }

    answers = [client.post(path, wishes[path]) for _ in range(LIMIT + 1)]

    assert [answer.status_code == 429 for answer in answers] == [False] * LIMIT + [True]


def test_the_page_that_links_lead_to_is_limited_too(client) -> None:
    answers = [client.get("/reset-password?token=guess") for _ in range(LIMIT + 1)]

    assert [answer.status_code for answer in answers] == [400] * LIMIT + [429]
    assert client.get("/docs").status_code == 200
