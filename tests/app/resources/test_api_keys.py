from datetime import timedelta

import pytest
from support.keys import KEYS, made
from support.plans import subscribed

from domain.identity.api_keys import MOST_KEYS
from domain.identity.models import ApiKey


@pytest.fixture
def shopper(shopper):
    return subscribed(shopper)


@pytest.fixture
def has_keys(run, clock):
    """Give somebody many keys, past the door: it would take long to ask for each."""

    def give(owner, number, *, is_active):
        async def unit(tx) -> None:
            for each in range(number):
                key = ApiKey(
                    user_id=owner.user_id,
                    name=f"old {each}",
                    key_hash=f"{owner.user_id} {is_active} {each}",
                    key_prefix="pgn_00000000",
                    scopes=["read"],
                    is_active=is_active,
                    created_at=clock() - timedelta(days=900 - each),
                )
                tx.api_keys.add(key)

        run(owner.shop.database.write(unit))

    return give


def listed(owner) -> list[dict]:
    return owner.get(KEYS).json


def test_a_key_is_shown_once_and_known_by_its_start(shopper) -> None:
    key = made(shopper, name="warehouse")

    assert key["scopes"] == ["read", "write"]
    assert key["key_prefix"] == key["key"][:12]
    assert listed(shopper) == [{name: key[name] for name in key if name != "key"}]


def test_the_unversioned_path_is_the_same(shopper) -> None:
    key = made(shopper)

    assert [each["id"] for each in shopper.get("/api/api-keys").json] == [key["id"]]


def test_only_the_hash_of_a_key_is_kept(run, shopper) -> None:
    key = made(shopper)

    kept = run(shopper.shop.database.read(lambda tx: tx.api_keys.get(key["id"])))

    assert len(kept.key_hash) == 64
    assert key["key"][12:] not in repr(vars(kept))


def test_a_key_stands_for_its_owner(client, admin, shopper) -> None:
    book = admin.product()
    key = made(shopper)["key"]

    client.post("/cart/add", {"product_id": book["id"]}, X_API_Key=key)

    assert shopper.get("/cart").json["items"][0]["product_id"] == book["id"]


def test_a_key_with_the_same_scope_twice_has_it_once(shopper) -> None:
    assert made(shopper, scopes=["read", "read"])["scopes"] == ["read"]


def test_keys_make_and_revoke_no_keys(client, shopper) -> None:
    key = made(shopper)

    making = client.post(KEYS, {}, X_API_Key=key["key"])
    revoking = client.delete(f"{KEYS}/{key['id']}", X_API_Key=key["key"])

    for refused in (making, revoking):
        assert (refused.status_code, refused.json["error"]) == (403, "permission_denied")
    assert len(listed(shopper)) == 1


def test_a_key_learns_no_new_key_by_repeating_how_it_was_made(client, shopper) -> None:
    shopper.post(KEYS, {"name": "first"}, Idempotency_Key="k1")
    key = made(shopper)["key"]

    repeated = client.post(KEYS, {"name": "first"}, X_API_Key=key, Idempotency_Key="k1")

    assert (repeated.status_code, repeated.json["error"]) == (403, "permission_denied")


def test_a_revoked_key_is_listed_and_useless(client, shopper) -> None:
    key = made(shopper)

    revoked = shopper.delete(f"{KEYS}/{key['id']}")

    answer = client.get("/cart", X_API_Key=key["key"])
    assert revoked.status_code == 204
    assert (answer.status_code, answer.json["error"]) == (401, "api_key_revoked")
    assert [each["is_active"] for each in listed(shopper)] == [False]


def test_a_key_can_be_revoked_again(shopper) -> None:
    path = f"{KEYS}/{made(shopper)['id']}"

    assert [shopper.delete(path).status_code for _ in range(2)] == [204, 204]


def test_a_key_works_until_it_expires(client, shopper, clock, later) -> None:
    key = made(shopper, expires_at=(clock() + timedelta(days=365)).isoformat())

    before = client.get("/cart", X_API_Key=key["key"])
    later(days=366)
    after = client.get("/cart", X_API_Key=key["key"])

    assert before.status_code == 200
    assert (after.status_code, after.json["error"]) == (401, "api_key_expired")


@pytest.mark.parametrize("expires_at", ["2020-01-01T00:00:00Z", "0001-01-01T00:00:00Z"])
def test_a_key_is_not_made_to_have_expired(shopper, expires_at) -> None:
    answer = shopper.post(KEYS, {"expires_at": expires_at})

    assert (answer.status_code, answer.json["error"]) == (422, "expiry_in_the_past")
    assert answer.json["details"] == {"expires_at": expires_at}
    assert listed(shopper) == []


def test_a_key_made_in_another_time_zone_expires_at_the_same_moment(shopper, clock) -> None:
    moment = (clock() + timedelta(days=2)).replace(microsecond=0, tzinfo=None)

    key = made(shopper, expires_at=f"{moment.isoformat()}+05:30")

    assert key["expires_at"] == f"{(moment - timedelta(hours=5, minutes=30)).isoformat()}Z"


def test_a_deactivated_owners_key_dies_at_once(client, admin, shopper) -> None:
    key = made(shopper)["key"]

    admin.patch(f"/users/{shopper.user_id}", {"is_active": False})

    answer = client.get("/cart", X_API_Key=key)
    assert (answer.status_code, answer.json["error"]) == (401, "authentication_required")


def test_a_deleted_owners_key_is_nobodys(client, shopper) -> None:
    key = made(shopper)["key"]

    shopper.delete(f"/users/{shopper.user_id}")

    answer = client.get("/cart", X_API_Key=key)
    assert (answer.status_code, answer.json["error"]) == (401, "authentication_required")


def test_nobody_elses_key_can_be_revoked(client, shopper) -> None:
    key = made(shopper)

    answer = client.as_shopper().delete(f"{KEYS}/{key['id']}")

    assert (answer.status_code, answer.json["error"]) == (404, "api_key_not_found")


def test_somebody_who_has_all_the_keys_one_may_have_gets_no_more(shopper, has_keys) -> None:
    has_keys(shopper, MOST_KEYS - 1, is_active=True)

    last = made(shopper)
    refused = shopper.post(KEYS, {})
    shopper.delete(f"{KEYS}/{last['id']}")

    assert (refused.status_code, refused.json["error"]) == (409, "too_many_api_keys")
    assert made(shopper)["is_active"]


def test_of_the_keys_that_are_over_only_the_latest_stay_in_the_list(shopper, has_keys) -> None:
    has_keys(shopper, MOST_KEYS + 2, is_active=False)

    made(shopper)

    names = [each["name"] for each in listed(shopper)]
    assert names == [f"old {each}" for each in range(2, MOST_KEYS + 2)] + ["API key"]


@pytest.mark.parametrize(
    "wanted",
    [{"scopes": []}, {"scopes": ["root"]}, {"name": ""}, {"expires_at": "soon"}, {"color": "red"}]
    + [{"scopes": ["read"] * 4}, {"scopes": ["READ"]}, {"scopes": "read"}]
    + [{"expires_at": moment} for moment in ("2027-01-01T00:00:00", "9999-12-31T23:59:59-14:00")],
)
def test_a_key_that_makes_no_sense_is_not_made(shopper, wanted) -> None:
    answer = shopper.post(KEYS, wanted)

    assert (answer.status_code, answer.json["error"]) == (422, "validation_error")
