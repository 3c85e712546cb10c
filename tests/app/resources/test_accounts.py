"""One's own account, and everything that shuts one out of it at once."""

import pytest
from support.client import PASSWORD
from support.post_office import post_office
from support.resets import FORGOT, RESET, token_in

from domain.identity.caller import Caller
from domain.identity.errors import AuthenticationRequired

ME = "/api/v1/auth/me"
ADA = "ada@example.com"
NEW = "an entirely new password"


@pytest.fixture
def office():
    with post_office() as office:
        yield office


@pytest.fixture
def settings(settings, office):
    return settings.model_copy(update={"smtp_url": office.url()})


def test_one_sees_ones_own_account(shopper) -> None:
    me = shopper.get(ME)

    assert me.status_code == 200
    assert me.json == shopper.get(f"/users/{shopper.user_id}").json
    assert me.json["email"] == shopper.email
    assert me.json["plan"] == "free"
    assert "password" not in me.text


def test_an_account_shows_who_it_is_elsewhere(run, client, shopper) -> None:
    async def link(tx):
        user = await tx.users.get(shopper.user_id, lock=True)
        user.plan = "pro"
        user.external_platform_id, user.external_store_id = "platform-1", "store-2"
        user.stripe_customer_id = "cus_3"

    run(client.shop.database.write(link))

    me = shopper.get("/api/auth/me").json

    assert me["plan"] == "pro"
    assert me["external_platform_id"] == "platform-1"
    assert me["external_store_id"] == "store-2"
    assert me["stripe_customer_id"] == "cus_3"


def test_everything_that_shows_an_account_shows_it_whole(client, admin) -> None:
    signed_up = client.post("/auth/signup", {"email": ADA, "password": PASSWORD}).json
    logged_in = client.post("/login", {"username": ADA, "password": PASSWORD}).json
    listed = admin.get("/users").json["items"]

    me = client.bearing(signed_up["access_token"]).get(ME).json

    assert signed_up["user"] == logged_in["user"] == me
    assert me in listed


@pytest.mark.parametrize("scopes", [["read"], ["read", "write"]])
def test_a_key_of_the_free_plan_sees_whose_it_is(client, shopper, scopes) -> None:
    key = shopper.post("/api/v1/api-keys", {"scopes": scopes}).json["key"]

    me = client.get(ME, X_API_Key=key)

    assert (me.status_code, me.json["id"]) == (200, shopper.user_id)


def test_a_key_that_may_not_read_sees_nothing(client, shopper) -> None:
    key = shopper.post("/api/v1/api-keys", {"scopes": ["write"]}).json["key"]

    refused = client.get(ME, X_API_Key=key)

    assert (refused.status_code, refused.json["error"]) == (403, "insufficient_scope")


def test_a_guest_has_no_account(client) -> None:
    refused = client.get(ME)

    assert (refused.status_code, refused.json["error"]) == (401, "authentication_required")


def test_who_was_deleted_a_moment_ago_is_nobody(run, client, shopper) -> None:
    shopper.delete(f"/users/{shopper.user_id}")

    with pytest.raises(AuthenticationRequired):
        run(client.shop.users.me(Caller(shopper.user_id)))


@pytest.fixture
def ada(client):
    return client.post("/auth/signup", {"email": ADA, "password": PASSWORD}).json


@pytest.fixture
def ways_in(client, ada):
    """Everything that somebody may go on with."""
    four_hours = client.post("/login", {"username": ADA, "password": PASSWORD}).json
    pair = client.post("/auth/login", {"email": ADA, "password": PASSWORD}).json
    bearers = [each["access_token"] for each in (ada, four_hours, pair)]
    return bearers, [ada["refresh_token"], pair["refresh_token"]]


def answers(client, ways_in):
    bearers, refresh_tokens = ways_in
    return [client.bearing(token).get(ME) for token in bearers] + [
        client.post("/auth/refresh", {"refresh_token": token}) for token in refresh_tokens
    ]


@pytest.fixture
def endings(client, admin, ada, office, carried_out):
    """What ends every session, by name."""
    me = client.bearing(ada["access_token"])
    account = f"/users/{ada['user']['id']}"

    def reset():
        client.post(FORGOT, {"email": ADA})
        carried_out()
        return client.post(RESET, {"token": token_in(office.mails[-1]), "password": NEW})

    return {
        "deleted": lambda: admin.delete(account),
        "left": lambda: me.delete(account),
        "deactivated": lambda: admin.patch(account, {"is_active": False}),
        "password changed": lambda: me.post(
            "/api/v1/auth/change-password", {"current_password": PASSWORD, "new_password": NEW}
        ),
        "password reset": reset,
    }


@pytest.mark.parametrize(
    "ending", ["deleted", "left", "deactivated", "password changed", "password reset"]
)
def test_every_token_fails_at_once(client, ways_in, endings, ending) -> None:
    ended = endings[ending]()

    refused = answers(client, ways_in)

    assert ended.status_code < 300, ended.text
    assert [each.status_code for each in refused] == [401] * 5
    assert {each.json["error"] for each in refused} == {
        "authentication_required",
        "invalid_refresh_token",
    }


def test_until_then_every_token_works(client, ways_in) -> None:
    assert [each.status_code for each in answers(client, ways_in)] == [200] * 5
