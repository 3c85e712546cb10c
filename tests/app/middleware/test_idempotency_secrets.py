"""Answers that hold secrets are replayed too, and can be read nowhere."""

import pytest
from support.client import PASSWORD

from domain.idempotency.models import KeyedRequest

ADDRESS = "address:127.0.0.1"


@pytest.fixture
def kept(run, client):
    """Look at all that is kept of a keyed request, as one lump of bytes."""

    def look(scope: str) -> bytes:
        async def unit(tx) -> KeyedRequest | None:
            return await tx.keyed_requests.get_locked(scope, "k1")

        request = run(client.shop.database.write(unit))
        assert request is not None
        return b"\0".join(
            [(request.body or b""), request.fingerprint.encode(), str(request.status).encode()]
        )

    return look


def test_signing_up_twice_under_one_key_gives_the_same_tokens(client, kept) -> None:
    body = {"email": "ada@example.com", "password": PASSWORD}

    first = client.post("/auth/signup", body, Idempotency_Key="k1")
    second = client.post("/auth/signup", body, Idempotency_Key="k1")

    assert first.status_code == 201
    assert second.content == first.content
    assert second.headers["idempotency-replayed"] == "true"
    for secret in (first.json["access_token"], first.json["refresh_token"], PASSWORD, "ada@"):
        assert secret.encode() not in kept(ADDRESS)


@pytest.mark.parametrize(("path", "name"), [("/login", "username"), ("/auth/login", "email")])
def test_logging_in_twice_under_one_key_gives_the_same_token(client, shopper, kept, path, name):
    body = {name: shopper.email, "password": PASSWORD}

    first = client.post(path, body, Idempotency_Key="k1")
    second = client.post(path, body, Idempotency_Key="k1")

    assert first.status_code == 200
    assert second.content == first.content
    assert first.json["access_token"].encode() not in kept(ADDRESS)


def test_a_refresh_can_be_repeated_under_its_key(client, shopper, kept) -> None:
    login = {"email": shopper.email, "password": PASSWORD}
    old = client.post("/auth/login", login).json["refresh_token"]

    first = client.post("/auth/refresh", {"refresh_token": old}, Idempotency_Key="k1")
    second = client.post("/auth/refresh", {"refresh_token": old}, Idempotency_Key="k1")
    third = client.post("/auth/refresh", {"refresh_token": first.json["refresh_token"]})

    assert second.content == first.content
    assert third.status_code == 200
    assert first.json["refresh_token"].encode() not in kept(ADDRESS)


def test_a_wrong_password_is_not_remembered_for_the_right_one(client, shopper) -> None:
    wrong = {"username": shopper.email, "password": "not the password"}
    right = {"username": shopper.email, "password": PASSWORD}

    refused = client.post("/login", wrong, Idempotency_Key="k1")
    admitted = client.post("/login", right, Idempotency_Key="k1")
    guessed = client.post("/login", wrong, Idempotency_Key="k1")

    assert (refused.status_code, admitted.status_code) == (401, 200)
    assert (guessed.status_code, guessed.json["error"]) == (422, "idempotency_key_reused")


def test_guests_at_different_addresses_do_not_meet_in_their_keys(client) -> None:
    ada = {"email": "ada@example.com", "password": PASSWORD}
    eve = {"email": "eve@example.com", "password": PASSWORD}

    first = client.post("/auth/signup", ada, Idempotency_Key="k1")
    second = client.send(
        "POST",
        "/auth/signup",
        json=eve,
        headers={"Idempotency-Key": "k1"},
        remote_addr="192.0.2.7",
    )

    assert (first.status_code, second.status_code) == (201, 201)
    assert second.json["user"]["email"] == "eve@example.com"
