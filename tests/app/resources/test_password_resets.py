"""Setting another password by a mailed link."""

import pytest
from support.client import PASSWORD
from support.post_office import post_office
from support.resets import FORGOT, RESET, token_in

ADA = "ada@example.com"
NEW = "an entirely new password"


@pytest.fixture
def office():
    with post_office() as office:
        yield office


@pytest.fixture
def settings(settings, office):
    return settings.model_copy(update={"smtp_url": office.url()})


@pytest.fixture
def ada(client):
    """What somebody holds who has just signed up."""
    return client.post("/auth/signup", {"email": ADA, "password": PASSWORD}).json


@pytest.fixture
def new_token(client, office, carried_out, later):
    """Ask for a link, and take the token out of it."""

    def ask() -> str:
        later(minutes=1)
        client.post(FORGOT, {"email": ADA})
        carried_out()
        return token_in(office.mails[-1])

    return ask


@pytest.fixture
def token(ada, new_token):
    return new_token()


def reset(client, token, password=NEW, **headers):
    return client.post(RESET, {"token": token, "password": password}, **headers)


def logs_in(client, password):
    return client.post("/login", {"username": ADA, "password": password}).status_code == 200


def is_refused(answer):
    return (answer.status_code, answer.json["error"]) == (400, "invalid_reset_token")


def test_a_link_sets_another_password(client, token) -> None:
    answer = reset(client, token)

    assert answer.status_code == 200
    assert list(answer.json) == ["message"]
    assert logs_in(client, NEW)
    assert not logs_in(client, PASSWORD)


def test_a_link_works_once(client, token) -> None:
    reset(client, token)

    assert is_refused(reset(client, token, "yet another password"))
    assert logs_in(client, NEW)


def test_a_link_works_for_thirty_minutes(client, ada, new_token, later) -> None:
    in_time, too_late = new_token(), new_token()

    later(minutes=28, seconds=50)
    first = reset(client, in_time)
    again = new_token()
    later(minutes=30)

    assert first.status_code == 200
    assert is_refused(reset(client, too_late))
    assert is_refused(reset(client, again))
    assert logs_in(client, NEW)


def test_using_one_link_closes_the_others(client, ada, new_token) -> None:
    tokens = [new_token() for _ in range(3)]

    assert reset(client, tokens[1]).status_code == 200

    assert all(is_refused(reset(client, token)) for token in tokens)


def test_a_link_closes_when_the_password_is_changed_otherwise(client, ada, token) -> None:
    wish = {"current_password": PASSWORD, "new_password": NEW}

    client.bearing(ada["access_token"]).post("/api/v1/auth/change-password", wish)

    assert is_refused(reset(client, token, "yet another password"))


def test_no_link_lets_a_deactivated_user_in(client, admin, ada, token) -> None:
    admin.patch(f"/users/{ada['user']['id']}", {"is_active": False})

    refused = reset(client, token)

    admin.patch(f"/users/{ada['user']['id']}", {"is_active": True})
    assert is_refused(refused)
    assert is_refused(reset(client, token))
    assert logs_in(client, PASSWORD)


def test_no_link_outlives_its_user(client, admin, ada, token) -> None:
    admin.delete(f"/users/{ada['user']['id']}")

    assert is_refused(reset(client, token))


@pytest.mark.parametrize("token", ["never heard of", "🐦", "x" * 1024, " ", "' OR 1=1 --"])
def test_an_unknown_link_is_refused(client, token) -> None:
    assert is_refused(reset(client, token))


@pytest.mark.parametrize("wrong", ["", None, 1, ["x"], "nul \0", "x" * 1025])
def test_what_is_no_token_is_refused_by_name(client, wrong) -> None:
    refused = reset(client, wrong)

    assert refused.status_code == 422
    assert list(refused.json["details"]) == ["token"]


@pytest.mark.parametrize("password", ["", "seven77", "x" * 257, "nul \0 inside", None, 12345678])
def test_a_password_that_will_not_do_uses_no_link_up(client, token, password) -> None:
    refused = reset(client, token, password)

    assert refused.status_code == 422
    assert list(refused.json["details"]) == ["password"]
    assert reset(client, token).status_code == 200


def test_the_password_may_be_called_new_password(client, token) -> None:
    answer = client.post(RESET, {"token": token, "new_password": NEW})

    assert answer.status_code == 200
    assert logs_in(client, NEW)


@pytest.mark.parametrize(
    ("passwords", "named"),
    [
        ({}, "password"),
        ({"password": NEW, "new_password": NEW}, "new_password"),
        ({"new_password": "short"}, "new_password"),
    ],
)
def test_there_is_one_password(client, token, passwords, named) -> None:
    refused = client.post(RESET, {"token": token, **passwords})

    assert refused.status_code == 422
    assert list(refused.json["details"]) == [named]


def test_a_reset_that_comes_twice_under_one_key_is_one(client, token) -> None:
    first = reset(client, token, Idempotency_Key="one")

    again = reset(client, token, Idempotency_Key="one")

    assert first.status_code == 200
    assert (again.status_code, again.text) == (200, first.text)


def test_expired_links_are_forgotten_and_open_ones_kept(run, client, ada, new_token, later) -> None:
    new_token()
    later(minutes=29)
    kept = new_token()

    forgotten = run(client.shop.password_resets.forget_expired())

    assert forgotten == 1
    assert reset(client, kept).status_code == 200
