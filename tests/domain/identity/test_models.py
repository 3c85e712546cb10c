from datetime import UTC, datetime, timedelta

import pytest

from domain.identity.caller import Access, Caller, Role, admitted
from domain.identity.errors import AuthenticationRequired, PermissionDenied, UserNotFound
from domain.identity.models import RefreshToken, User

NOW = datetime(2030, 1, 1, 12, tzinfo=UTC)
WEEK = timedelta(days=7)


def user(**fields):
    return User(**{"email": "ada@example.com", "password_hash": "-"} | fields)


def refresh_token(**fields):
    return RefreshToken(
        **{"user_id": "ada", "token_hash": "first", "expires_at": NOW + WEEK} | fields
    )


def test_a_new_user_is_an_active_shopper() -> None:
    ada = user()

    assert ada.is_active
    assert ada.caller == Caller(ada.id, Role.USER)


def test_a_password_hash_is_not_shown() -> None:
    assert "secret" not in repr(user(password_hash="secret"))


def test_going_inactive_revokes_access_tokens() -> None:
    ada = user()

    ada.change(NOW, is_active=False)

    assert not ada.is_active
    assert ada.token_version == 2
    assert ada.updated_at == NOW


@pytest.mark.parametrize(
    "change", [{"is_active": True}, {"role": Role.ADMIN}, {"role": Role.USER}, {}]
)
def test_no_other_change_revokes_access_tokens(change) -> None:
    ada = user()

    ada.change(NOW, **change)

    assert ada.token_version == 1


def test_being_reactivated_brings_no_token_back() -> None:
    ada = user()
    ada.change(NOW, is_active=False)

    ada.change(NOW, is_active=True)

    assert ada.token_version == 2


def test_a_new_password_revokes_access_tokens() -> None:
    ada = user()

    ada.set_password_hash("another", NOW)

    assert ada.password_hash == "another"
    assert ada.token_version == 2


@pytest.mark.parametrize(
    ("role", "is_active", "rules"),
    [
        (Role.ADMIN, True, True),
        (Role.ADMIN, False, False),
        (Role.USER, True, False),
        (Role.USER, False, False),
    ],
)
def test_an_active_administrator_rules(role, is_active, rules) -> None:
    assert user(role=role, is_active=is_active).rules is rules


def test_a_refresh_token_is_usable_until_it_expires() -> None:
    token = refresh_token()

    assert token.usable(NOW)
    assert token.usable(NOW + WEEK - timedelta(seconds=1))
    assert not token.usable(NOW + WEEK)


def test_the_next_refresh_token_takes_the_place_of_the_one_before() -> None:
    first = refresh_token()

    second = first.next("second", NOW + timedelta(days=1), WEEK)

    assert not first.usable(NOW)
    assert second.usable(NOW + WEEK)
    assert (second.user_id, second.family_id) == (first.user_id, first.family_id)
    assert (second.id, second.token_hash) != (first.id, first.token_hash)


def test_each_log_in_begins_a_family_of_its_own() -> None:
    assert refresh_token().family_id != refresh_token().family_id


def test_anyone_is_let_in_where_anyone_may_go() -> None:
    assert admitted(None, Access.ANYONE) is None


@pytest.mark.parametrize("access", [Access.USER, Access.ADMIN])
def test_a_stranger_is_asked_who_they_are(access) -> None:
    with pytest.raises(AuthenticationRequired):
        admitted(None, access)


def test_a_shopper_is_let_in_to_what_is_not_for_administrators() -> None:
    shopper = Caller("ada")

    assert admitted(shopper, Access.USER) == shopper
    with pytest.raises(PermissionDenied):
        admitted(shopper, Access.ADMIN)


def test_an_administrator_is_let_in_everywhere() -> None:
    admin = Caller("ada", Role.ADMIN)

    assert admitted(admin, Access.USER) == admin
    assert admitted(admin, Access.ADMIN) == admin


def test_somebody_else_is_not_there_for_a_shopper() -> None:
    Caller("ada").require_self_or_admin("ada")
    Caller("ada", Role.ADMIN).require_self_or_admin("bob")

    with pytest.raises(UserNotFound):
        Caller("ada").require_self_or_admin("bob")
