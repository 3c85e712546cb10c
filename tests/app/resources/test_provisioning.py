import pytest
from support.client import PASSWORD
from support.keys import KEYS, made, raw
from support.provisioning import ADA, PROVISION, keys_of, provisioned


def told(answer):
    return answer.status_code, answer.json["error"]


def test_a_platforms_user_gets_an_account_and_the_platform_its_key(client, admin) -> None:
    answer = provisioned(admin, plan="pro", external_store_id="store-1")

    shown = client.get("/api/v1/auth/me", X_API_Key=answer["api_key"]).json
    assert shown == answer["user"]
    assert (shown["email"], shown["role"], shown["plan"]) == (ADA["email"], "USER", "pro")
    assert shown["is_active"]
    assert answer["key_prefix"] == answer["api_key"][:12]


def test_the_key_is_in_the_users_own_list_under_the_services_name(client, admin) -> None:
    answer = provisioned(admin, password=PASSWORD)

    [key] = keys_of(client, ADA["email"])

    assert (key["name"], key["scopes"]) == ("peregrine", ["read", "write"])
    assert (key["key_prefix"], key["expires_at"]) == (answer["key_prefix"], None)


def test_what_the_platform_calls_them_is_kept(run, admin) -> None:
    answer = provisioned(admin, external_store_id="store-1")

    kept = run(admin.shop.database.read(lambda tx: tx.users.get(answer["user"]["id"])))

    assert (kept.external_platform_id, kept.external_store_id) == ("ada-1", "store-1")


def test_the_unversioned_path_is_the_same(admin) -> None:
    assert admin.post("/api/auth/provision", ADA).json == provisioned(admin)


def test_the_plan_is_free_unless_another_is_named_and_opens_what_it_opens(client, admin) -> None:
    free = provisioned(admin)
    pro = provisioned(admin, email="bob@example.com", external_platform_id="bob-1", plan="pro")

    refused = client.get("/orders/me", X_API_Key=free["api_key"])
    assert free["user"]["plan"] == "free"
    assert told(refused) == (403, "plan_limit_exceeded")
    assert client.get("/orders/me", X_API_Key=pro["api_key"]).status_code == 200


def test_with_a_password_the_user_can_log_in(client, admin) -> None:
    provisioned(admin, password=PASSWORD)

    login = client.post("/login", {"username": ADA["email"], "password": PASSWORD})

    assert login.status_code == 200


@pytest.mark.parametrize("guess", ["", " ", "None", "null", "ada-1", PASSWORD])
def test_without_one_nobody_can(client, admin, guess) -> None:
    provisioned(admin)

    login = client.post("/login", {"username": ADA["email"], "password": guess})

    assert login.status_code in (401, 422)


def test_a_platform_needs_a_key_for_this_and_no_more(client, admin) -> None:
    key = raw(admin, "provision")

    answer = client.post(PROVISION, ADA, X_API_Key=key)

    assert answer.status_code == 201
    assert told(client.get("/users", X_API_Key=key)) == (403, "insufficient_scope")


def test_nobody_else_opens_accounts(client, admin, shopper) -> None:
    full = raw(admin, "read", "write")

    assert told(client.post(PROVISION, ADA)) == (401, "authentication_required")
    assert told(shopper.post(PROVISION, ADA)) == (403, "permission_denied")
    assert told(client.post(PROVISION, ADA, X_API_Key=full)) == (403, "insufficient_scope")
    assert admin.get("/users").json["total"] == 2


def test_a_key_of_somebody_who_was_an_administrator_opens_nothing(client, admin) -> None:
    other = client.as_admin()
    key = raw(other, "provision")
    admin.patch(f"/users/{other.user_id}", {"role": "USER"})

    assert told(client.post(PROVISION, ADA, X_API_Key=key)) == (403, "permission_denied")


def test_asking_again_gives_the_same_account_and_the_same_key(admin) -> None:
    first = provisioned(admin)

    assert provisioned(admin) == first


def test_another_process_gives_the_same_key(admin, restarted) -> None:
    first = provisioned(admin)
    token = restarted.post("/login", {"username": admin.email, "password": PASSWORD}).json

    again = restarted.bearing(token["access_token"]).post(PROVISION, ADA)

    assert again.json == first


def test_asking_again_changes_nothing_about_the_account(client, admin) -> None:
    first = provisioned(admin, password=PASSWORD)

    again = provisioned(admin, plan="enterprise", password="another one", external_store_id="new")

    login = client.post("/login", {"username": ADA["email"], "password": "another one"})
    assert again == first
    assert login.status_code == 401


def test_asking_again_in_other_letters_is_asking_again(admin) -> None:
    assert provisioned(admin, email="ADA@Example.com") == provisioned(admin)


def test_asking_again_for_another_address_is_refused(admin) -> None:
    provisioned(admin)

    refused = admin.post(PROVISION, ADA | {"email": "eve@example.com"})

    assert told(refused) == (409, "already_provisioned")
    assert ADA["email"] not in refused.text


def test_an_account_that_was_there_before_is_not_given_away(client, admin, shopper) -> None:
    provisioned(admin)

    for taken in (shopper.email, admin.email, ADA["email"], shopper.email.upper()):
        refused = admin.post(PROVISION, {"email": taken, "external_platform_id": "eve-1"})
        assert told(refused) == (409, "email_taken")
    assert shopper.get(KEYS).json == []


def test_a_revoked_key_is_replaced(client, admin) -> None:
    first = provisioned(admin, password=PASSWORD)
    keys_of(client, ADA["email"], revoke=True)

    second, third = provisioned(admin), provisioned(admin)

    me = client.get("/api/v1/auth/me", X_API_Key=second["api_key"])
    assert second["api_key"] != first["api_key"]
    assert second == third
    assert me.json == first["user"] == second["user"]
    assert client.get("/api/v1/auth/me", X_API_Key=first["api_key"]).status_code == 401


def test_keys_the_user_made_are_not_what_the_platform_gets(client, admin) -> None:
    first = provisioned(admin, password=PASSWORD)
    login = client.post("/login", {"username": ADA["email"], "password": PASSWORD}).json
    user = client.bearing(login["access_token"])
    for _ in range(3):
        made(user, name="peregrine")

    assert provisioned(admin) == first


def test_a_deactivated_account_stays_deactivated(client, admin) -> None:
    first = provisioned(admin)
    admin.patch(f"/users/{first['user']['id']}", {"is_active": False})

    again = provisioned(admin)

    assert again["api_key"] == first["api_key"]
    assert not again["user"]["is_active"]
    assert client.get("/api/v1/auth/me", X_API_Key=again["api_key"]).status_code == 401


def test_no_new_key_is_made_to_act_for_an_administrator(client, admin) -> None:
    first = provisioned(admin, password=PASSWORD)
    keys_of(client, ADA["email"], revoke=True)
    admin.patch(f"/users/{first['user']['id']}", {"role": "ADMIN"})

    refused = client.post(PROVISION, ADA, X_API_Key=raw(admin, "provision"))

    assert told(refused) == (403, "permission_denied")


def test_nor_is_the_one_there_is_given_to_who_may_only_provision(client, admin) -> None:
    first = provisioned(admin)
    admin.patch(f"/users/{first['user']['id']}", {"role": "ADMIN"})

    refused = client.post(PROVISION, ADA, X_API_Key=raw(admin, "provision"))

    assert told(refused) == (403, "permission_denied")
    assert first["api_key"] not in refused.text


def test_an_account_that_was_deleted_is_opened_anew(admin) -> None:
    first = provisioned(admin)
    admin.delete(f"/users/{first['user']['id']}")

    second = provisioned(admin)

    assert second["user"]["id"] != first["user"]["id"]
    assert second["api_key"] != first["api_key"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"plan": "gold"}, "plan"),
        ({"plan": "FREE"}, "plan"),
        ({"plan": None}, "plan"),
        ({"email": "ada"}, "email"),
        ({"email": None}, "email"),
        ({"password": "short"}, "password"),
        ({"external_platform_id": ""}, "external_platform_id"),
        ({"external_platform_id": "  "}, "external_platform_id"),
        ({"external_platform_id": "a\0b"}, "external_platform_id"),
        ({"external_platform_id": 7}, "external_platform_id"),
        ({"external_platform_id": "x" * 256}, "external_platform_id"),
        ({"external_store_id": "x" * 256}, "external_store_id"),
        ({"role": "ADMIN"}, "role"),
    ],
    ids=str,
)
def test_a_request_that_makes_no_sense_opens_nothing(admin, wrong, field) -> None:
    refused = admin.post(PROVISION, ADA | wrong)

    assert told(refused) == (422, "validation_error")
    assert list(refused.json["details"]) == [field]
    assert admin.get("/users").json["total"] == 1
