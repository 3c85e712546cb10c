"""How sessions go on, and everything that ends them."""

import pytest
from support.client import PASSWORD

ADA = "ada@example.com"


@pytest.fixture
def ada(client):
    """What somebody holds who has just signed up."""
    return client.post("/auth/signup", {"email": ADA, "password": PASSWORD}).json


def log_in(client, password=PASSWORD):
    return client.post("/auth/login", {"email": ADA, "password": password})


def refresh(client, pair):
    return client.post("/auth/refresh", {"refresh_token": pair["refresh_token"]})


def log_out(client, pair):
    return client.post("/auth/logout", {"refresh_token": pair["refresh_token"]})


def works(client, pair):
    return client.bearing(pair["access_token"]).get("/cart").status_code == 200


def test_a_refresh_token_is_traded_for_the_next_pair(client, ada) -> None:
    second = refresh(client, ada)

    assert second.status_code == 200
    assert second.json["user"] == ada["user"]
    assert second.json["expires_in"] == 15 * 60
    assert second.json["refresh_token"] != ada["refresh_token"]
    assert works(client, second.json)


def test_a_session_goes_on_as_long_as_it_is_refreshed_in_time(client, ada, later) -> None:
    pair = ada

    for _ in range(3):
        later(days=6)
        pair = refresh(client, pair).json

    assert works(client, pair)


def test_a_refresh_token_expires_after_seven_days(client, ada, later) -> None:
    later(days=7, seconds=1)

    expired = refresh(client, ada)

    assert expired.status_code == 401
    assert expired.json["error"] == "invalid_refresh_token"
    assert expired.headers["www-authenticate"].startswith("Bearer")


def test_a_refresh_token_works_once(client, ada) -> None:
    refresh(client, ada)

    again = refresh(client, ada)

    assert again.status_code == 401
    assert again.json["error"] == "invalid_refresh_token"


def test_a_copied_refresh_token_ends_the_family(client, ada) -> None:
    second = refresh(client, ada).json
    third = refresh(client, second).json

    refresh(client, ada)

    assert refresh(client, third).status_code == 401
    assert refresh(client, second).status_code == 401


def test_a_copied_refresh_token_ends_no_other_family(client, ada) -> None:
    elsewhere = log_in(client).json
    refresh(client, ada)

    refresh(client, ada)

    assert refresh(client, elsewhere).status_code == 200


def test_logging_out_ends_the_family_and_no_other(client, ada) -> None:
    elsewhere = log_in(client).json
    second = refresh(client, ada).json

    logged_out = log_out(client, second)

    assert logged_out.status_code == 204
    assert refresh(client, second).status_code == 401
    assert refresh(client, elsewhere).status_code == 200


def test_logging_out_with_an_older_token_ends_the_family_too(client, ada) -> None:
    second = refresh(client, ada).json

    log_out(client, ada)

    assert refresh(client, second).status_code == 401


def test_logging_out_twice_or_with_an_unknown_token_does_no_harm(client, ada) -> None:
    log_out(client, ada)

    assert log_out(client, ada).status_code == 204
    assert log_out(client, {"refresh_token": "never heard of"}).status_code == 204


def test_one_kind_of_token_does_not_pass_for_the_other(client, ada) -> None:
    swapped = {"access_token": ada["refresh_token"], "refresh_token": ada["access_token"]}

    assert not works(client, swapped)
    assert refresh(client, swapped).status_code == 401
    assert refresh(client, ada).status_code == 200


@pytest.mark.parametrize("token", ["never heard of", "🐦", "x" * 1024, " ", "' OR 1=1 --"])
def test_an_unknown_refresh_token_is_refused(client, ada, token) -> None:
    assert refresh(client, {"refresh_token": token}).status_code == 401


@pytest.mark.parametrize("token", ["", None, 1, ["x"], "nul \0", "x" * 1025])
@pytest.mark.parametrize("path", ["/auth/refresh", "/auth/logout"])
def test_what_is_no_refresh_token_is_refused_by_name(client, path, token) -> None:
    refused = client.post(path, {"refresh_token": token})

    assert refused.status_code == 422
    assert list(refused.json["details"]) == ["refresh_token"]


def test_deactivation_ends_everything_at_once(client, admin, ada) -> None:
    four_hours = client.post("/login", {"username": ADA, "password": PASSWORD}).json

    admin.patch(f"/users/{ada['user']['id']}", {"is_active": False})

    assert not works(client, ada)
    assert not works(client, four_hours)
    assert refresh(client, ada).status_code == 401
    assert log_in(client).status_code == 401


def test_reactivation_brings_no_old_session_back(client, admin, ada) -> None:
    admin.patch(f"/users/{ada['user']['id']}", {"is_active": False})

    admin.patch(f"/users/{ada['user']['id']}", {"is_active": True})

    assert not works(client, ada)
    assert refresh(client, ada).status_code == 401
    assert works(client, log_in(client).json)


def test_deactivation_ends_what_was_refreshed_before_it(client, admin, ada) -> None:
    second = refresh(client, ada).json
    admin.patch(f"/users/{ada['user']['id']}", {"is_active": False})

    admin.patch(f"/users/{ada['user']['id']}", {"is_active": True})

    assert refresh(client, second).status_code == 401


def test_a_demoted_administrator_is_a_shopper_at_once(client, admin) -> None:
    second = client.as_admin()
    before = second.get("/users")

    admin.patch(f"/users/{second.user_id}", {"role": "USER"})

    after = second.get("/users")
    assert (before.status_code, after.status_code) == (200, 403)
    assert after.json["error"] == "permission_denied"
    assert second.get("/cart").status_code == 200


def test_a_promoted_shopper_is_an_administrator_at_once(admin, shopper) -> None:
    admin.patch(f"/users/{shopper.user_id}", {"role": "ADMIN"})

    assert shopper.get("/users").status_code == 200


def test_a_new_password_ends_every_session(client, run, ada) -> None:
    second = refresh(client, log_in(client).json).json

    run(client.shop.users.set_password(ADA, "an entirely new password"))

    assert not works(client, ada)
    assert not works(client, second)
    assert refresh(client, ada).status_code == 401
    assert refresh(client, second).status_code == 401


def test_only_the_new_password_logs_in(client, run, ada) -> None:
    run(client.shop.users.set_password(ADA, "an entirely new password"))

    assert log_in(client).status_code == 401
    assert works(client, log_in(client, "an entirely new password").json)


def test_expired_refresh_tokens_are_forgotten_and_living_ones_kept(client, run, ada, later) -> None:
    later(days=4)
    recent = log_in(client).json
    later(days=4)

    forgotten = run(client.shop.sessions.forget_expired())

    assert forgotten == 1
    assert refresh(client, ada).status_code == 401
    assert refresh(client, recent).status_code == 200
