from datetime import timedelta

import pytest


def made(shopper, **wanted) -> dict:
    answer = shopper.post("/api/v1/api-keys", wanted)
    assert answer.status_code == 201, answer.json
    return answer.json


def test_a_key_is_shown_once_and_known_by_its_start(shopper) -> None:
    key = made(shopper, name="warehouse")

    listed = shopper.get("/api/v1/api-keys").json

    assert key["scopes"] == ["read", "write"]
    assert key["key_prefix"] == key["key"][:12]
    assert listed == [{name: key[name] for name in key if name != "key"}]


def test_the_unversioned_path_is_the_same(shopper) -> None:
    key = made(shopper)

    assert [each["id"] for each in shopper.get("/api/api-keys").json] == [key["id"]]


def test_a_key_stands_for_its_owner(client, admin, shopper) -> None:
    book = admin.product()
    key = made(shopper)["key"]

    client.post("/cart/add", {"product_id": book["id"]}, X_API_Key=key)

    assert shopper.get("/cart").json["items"][0]["product_id"] == book["id"]


def test_a_key_to_read_with_may_not_write(client, admin, shopper) -> None:
    book = admin.product()
    key = made(shopper, scopes=["read"])["key"]

    seen = client.get("/cart", X_API_Key=key)
    refused = client.post("/cart/add", {"product_id": book["id"]}, X_API_Key=key)

    assert seen.status_code == 200
    assert (refused.status_code, refused.json["error"]) == (403, "insufficient_scope")


def test_keys_make_and_revoke_no_keys(client, shopper) -> None:
    key = made(shopper)

    making = client.post("/api/v1/api-keys", {}, X_API_Key=key["key"])
    revoking = client.delete(f"/api/v1/api-keys/{key['id']}", X_API_Key=key["key"])

    assert (making.status_code, revoking.status_code) == (403, 403)


def test_a_revoked_key_is_listed_and_useless(client, shopper) -> None:
    key = made(shopper)

    revoked = shopper.delete(f"/api/v1/api-keys/{key['id']}")

    assert revoked.status_code == 204
    assert client.get("/cart", X_API_Key=key["key"]).status_code == 401
    assert [each["is_active"] for each in shopper.get("/api/v1/api-keys").json] == [False]


def test_a_key_works_until_it_expires(client, shopper, clock, later) -> None:
    key = made(shopper, expires_at=(clock() + timedelta(days=365)).isoformat())

    before = client.get("/cart", X_API_Key=key["key"])
    later(days=366)
    after = client.get("/cart", X_API_Key=key["key"])

    assert (before.status_code, after.status_code) == (200, 401)


def test_a_deactivated_owners_key_dies_at_once(client, admin, shopper) -> None:
    key = made(shopper)["key"]

    admin.patch(f"/users/{shopper.user_id}", {"is_active": False})

    assert client.get("/cart", X_API_Key=key).status_code == 401


def test_the_last_use_is_noted_once_a_minute(client, shopper, later) -> None:
    key = made(shopper)["key"]

    moments = []
    for seconds in (0, 30, 60):
        later(seconds=seconds)
        client.get("/cart", X_API_Key=key)
        moments.append(shopper.get("/api/v1/api-keys").json[0]["last_used_at"])

    assert moments[0] == moments[1] < moments[2]


def test_nobody_elses_key_can_be_revoked(client, shopper) -> None:
    key = made(shopper)

    answer = client.as_shopper().delete(f"/api/v1/api-keys/{key['id']}")

    assert (answer.status_code, answer.json["error"]) == (404, "api_key_not_found")


@pytest.mark.parametrize("key", ["pgn_unknown", "x", "é" * 10, "k" * 5000])
def test_a_key_that_is_not_ours_is_refused(client, key) -> None:
    answer = client.get("/cart", X_API_Key=key)

    assert (answer.status_code, answer.json["error"]) == (401, "authentication_required")


@pytest.mark.parametrize(
    "wanted",
    [{"scopes": []}, {"scopes": ["root"]}, {"name": ""}, {"expires_at": "soon"}, {"color": "red"}]
    + [{"expires_at": moment} for moment in ("2027-01-01T00:00:00", "9999-12-31T23:59:59-14:00")],
)
def test_a_key_that_makes_no_sense_is_not_made(shopper, wanted) -> None:
    answer = shopper.post("/api/v1/api-keys", wanted)

    assert (answer.status_code, answer.json["error"]) == (422, "validation_error")
