"""Changing one's password, and all that ends with it."""

import pytest
from support.client import PASSWORD
from support.plans import subscribed

ADA = "ada@example.com"
NEW = "an entirely new password"
CHANGE = "/api/v1/auth/change-password"


@pytest.fixture
def pair(client):
    return client.post("/auth/signup", {"email": ADA, "password": PASSWORD}).json


@pytest.fixture
def ada(client, pair):
    return client.bearing(pair["access_token"], pair["user"]["id"], ADA)


def change(somebody, current=PASSWORD, new=NEW, **headers):
    wish = {"current_password": current, "new_password": new}
    return somebody.post(CHANGE, wish, **headers)


def log_in(client, password):
    return client.post("/auth/login", {"email": ADA, "password": password})


def test_only_the_new_password_logs_in(client, ada) -> None:
    answer = change(ada)

    assert answer.status_code == 200
    assert log_in(client, PASSWORD).status_code == 401
    assert log_in(client, NEW).status_code == 200


def test_one_goes_on_with_a_fresh_pair(client, ada) -> None:
    fresh = change(ada).json

    refreshed = client.post("/auth/refresh", {"refresh_token": fresh["refresh_token"]})

    assert fresh["user"]["email"] == ADA
    assert client.bearing(fresh["access_token"]).get("/api/v1/auth/me").status_code == 200
    assert refreshed.status_code == 200


def test_a_wrong_password_changes_nothing(client, ada, pair) -> None:
    refused = change(ada, "not the password")

    assert (refused.status_code, refused.json["error"]) == (401, "invalid_credentials")
    assert ada.get("/api/v1/auth/me").status_code == 200
    refreshed = client.post("/auth/refresh", {"refresh_token": pair["refresh_token"]})
    assert refreshed.status_code == 200
    assert log_in(client, NEW).status_code == 401


@pytest.mark.parametrize("new", ["", "seven77", "x" * 257, "nul \0 inside", None, 12345678])
def test_a_password_that_will_not_do_is_refused_by_name(client, ada, new) -> None:
    refused = change(ada, new=new)

    assert refused.status_code == 422
    assert list(refused.json["details"]) == ["new_password"]
    assert log_in(client, PASSWORD).status_code == 200


@pytest.mark.parametrize("current", ["", None, 1, "x" * 1025])
def test_what_is_no_password_is_refused_by_name(ada, current) -> None:
    refused = change(ada, current)

    assert refused.status_code == 422
    assert list(refused.json["details"]) == ["current_password"]


def test_no_api_key_changes_a_password(client, ada) -> None:
    key = subscribed(ada).post("/api/v1/api-keys").json["key"]

    refused = client.post(
        CHANGE, {"current_password": PASSWORD, "new_password": NEW}, X_API_Key=key
    )

    assert (refused.status_code, refused.json["error"]) == (403, "permission_denied")
    assert log_in(client, PASSWORD).status_code == 200


def test_a_guest_has_no_password_to_change(client) -> None:
    refused = change(client)

    assert (refused.status_code, refused.json["error"]) == (401, "authentication_required")


def test_a_change_that_comes_twice_is_one(client, ada) -> None:
    first = change(ada, Idempotency_Key="one")

    again = change(ada, Idempotency_Key="one")

    assert (first.status_code, again.status_code) == (200, 401)
    assert again.json["error"] == "authentication_required"
    assert client.bearing(first.json["access_token"]).get("/cart").status_code == 200


def test_the_kept_answer_shows_no_token(run, client, ada) -> None:
    fresh = change(ada, Idempotency_Key="one").json

    async def kept(tx):
        return (await tx.keyed_requests.get_locked(ada.user_id, "one")).body

    body = run(client.shop.database.write(kept))

    assert fresh["refresh_token"].encode() not in body
