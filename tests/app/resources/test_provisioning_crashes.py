"""A platform that asks twice at once, loses the answer, or meets a shop with another secret."""

import pytest
from pydantic import SecretStr
from support.client import PASSWORD, Client
from support.crowd import Ask, all_at_once
from support.keys import raw
from support.provisioning import ADA, PROVISION, keys_of, provisioned

from app.container import assemble
from app.factory import create_app
from domain.idempotency.models import KeyedRequest

OTHER_SECRET = "another secret, as after somebody has lost the first"


@pytest.fixture
def elsewhere(run, settings, clock, client):
    """The same shop after its secret was changed."""
    changed = settings.model_copy(update={"secret_key": SecretStr(OTHER_SECRET)})
    again = assemble(changed, clock=clock)
    with Client.of(run, create_app(again), again) as guest:
        yield guest


def logged_in(guest, email):
    login = guest.post("/login", {"username": email, "password": PASSWORD}).json
    return guest.bearing(login["access_token"])


def test_of_many_who_ask_at_once_all_get_the_same(client, admin) -> None:
    answers = all_at_once(*[Ask(admin, "POST", PROVISION, ADA)] * 6)

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert admin.get("/users").json["total"] == 2


def test_a_revoked_key_is_replaced_once_however_many_ask(client, admin) -> None:
    provisioned(admin, password=PASSWORD)
    keys_of(client, ADA["email"], revoke=True)

    answers = all_at_once(*[Ask(admin, "POST", PROVISION, ADA)] * 6)

    assert len({answer.text for answer in answers}) == 1
    assert [key["is_active"] for key in keys_of(client, ADA["email"])] == [False, True]


def test_two_users_for_one_address_at_once_make_one_account(admin) -> None:
    bob = ADA | {"external_platform_id": "bob-1"}

    answers = all_at_once(*[Ask(admin, "POST", PROVISION, body) for body in (ADA, bob)] * 2)

    by_status = sorted((answer.status_code, answer.json.get("error")) for answer in answers)
    assert by_status[:2] == [(201, None)] * 2
    assert by_status[2:] == [(409, "email_taken")] * 2


def test_the_answer_is_replayed_and_kept_sealed(run, admin) -> None:
    first = admin.post(PROVISION, ADA, Idempotency_Key="k1")
    second = admin.post(PROVISION, ADA, Idempotency_Key="k1")

    async def unit(tx) -> KeyedRequest:
        return await tx.keyed_requests.get_locked(admin.user_id, "k1")

    kept = run(admin.shop.database.write(unit))
    assert second.content == first.content
    assert second.headers["idempotency-replayed"] == "true"
    assert first.json["api_key"].encode() not in kept.body


def test_the_key_is_kept_nowhere(run, admin) -> None:
    answer = provisioned(admin)

    [kept] = run(admin.shop.database.read(lambda tx: tx.api_keys.of_user(answer["user"]["id"])))

    assert answer["api_key"][12:] not in repr(vars(kept))


def test_after_a_change_of_the_secret_there_is_a_new_key(client, admin, elsewhere) -> None:
    first = provisioned(admin)
    staff = logged_in(elsewhere, admin.email)

    second, third = provisioned(staff), provisioned(staff)

    me = elsewhere.get("/api/v1/auth/me", X_API_Key=second["api_key"])
    assert second["api_key"] != first["api_key"]
    assert second == third
    assert me.json == first["user"]


def test_a_platform_that_may_only_open_accounts_can_repeat_it(client, admin) -> None:
    key = {"X_API_Key": raw(admin, "provision"), "Idempotency_Key": "k1"}

    answers = [client.post(PROVISION, ADA, **key) for _ in range(2)]

    assert answers[0].content == answers[1].content
