"""When a key was last used is noted once a minute, however many ask by it."""

import asyncio
from datetime import timedelta

import pytest
from support.crowd import Ask, all_at_once
from support.keys import KEYS, made
from support.plans import subscribed

A_MINUTE = timedelta(minutes=1)


@pytest.fixture
def key(shopper):
    return made(subscribed(shopper))


def last_use(shopper):
    return shopper.get(KEYS).json[0]["last_used_at"]


def test_the_last_use_is_noted_once_a_minute(client, shopper, key, later) -> None:
    moments = [last_use(shopper)]
    for seconds in (0, 30, 60):
        later(seconds=seconds)
        client.get("/cart", X_API_Key=key["key"])
        moments.append(last_use(shopper))

    assert moments[0] is None
    assert moments[1] == moments[2] < moments[3]


def test_a_use_that_is_refused_for_its_scope_is_a_use(client, shopper) -> None:
    key = made(subscribed(shopper), scopes=["read"])["key"]

    refused = client.post("/cart/add", {}, X_API_Key=key)

    assert refused.json["error"] == "insufficient_scope"
    assert refused.json["detail"] == "This API key was made without the scope 'write'."
    assert last_use(shopper)


def test_a_revoked_key_is_not_used_by_trying(client, shopper, key) -> None:
    shopper.delete(f"{KEYS}/{key['id']}")

    client.get("/cart", X_API_Key=key["key"])

    assert last_use(shopper) is None


def test_many_who_ask_at_once_are_all_let_in(client, shopper, key) -> None:
    ask = Ask(client, "GET", "/cart", headers={"X-API-Key": key["key"]})

    answers = all_at_once(*[ask] * 8)

    assert {answer.status_code for answer in answers} == {200}


def test_of_many_who_note_a_use_at_once_one_does(run, client, key, clock) -> None:
    now = clock()

    def noting(moment):
        return client.shop.database.write(
            lambda tx: tx.api_keys.note_use(key["id"], moment, moment - A_MINUTE)
        )

    async def at_once(*moments) -> list[bool]:
        return await asyncio.gather(*(noting(moment) for moment in moments))

    assert sorted(run(at_once(*[now] * 5))) == [False] * 4 + [True]
    assert run(at_once(now + A_MINUTE)) == [True]


def test_a_key_is_good_until_the_end_of_time_if_its_owner_says_so(client, admin) -> None:
    forever = made(admin, expires_at="9999-12-31T23:59:59.999999Z")

    used = client.get("/api/v1/auth/me", X_API_Key=forever["key"])
    listed = admin.get(KEYS).json

    assert used.status_code == 200, used.text
    assert [each["expires_at"] for each in listed] == [forever["expires_at"]]
