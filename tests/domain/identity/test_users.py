"""Accounts, where two things happen at the same moment."""

import pytest
from support.client import PASSWORD

from common.errors import ConcurrentUpdate
from domain.identity.caller import Role
from domain.identity.errors import EmailTaken, LastAdmin, UsernameTaken
from domain.identity.users import NewUser


@pytest.fixture
def users(client):
    return client.shop.users


@pytest.fixture
def two_admins(run, users):
    return [
        run(users.register(NewUser(f"{name}@example.com", PASSWORD, role=Role.ADMIN)))
        for name in ("ada", "bob")
    ]


def test_two_administrators_cannot_demote_each_other(at_once, users, two_admins) -> None:
    outcomes = at_once(*(users.change(admin.id, role=Role.USER) for admin in two_admins))

    assert [isinstance(outcome, LastAdmin) for outcome in outcomes].count(True) == 1


def test_two_administrators_cannot_deactivate_each_other(at_once, users, two_admins) -> None:
    outcomes = at_once(*(users.change(admin.id, is_active=False) for admin in two_admins))

    assert [isinstance(outcome, LastAdmin) for outcome in outcomes].count(True) == 1


def test_two_administrators_cannot_both_leave(at_once, users, two_admins) -> None:
    outcomes = at_once(*(users.delete(admin.caller, admin.id) for admin in two_admins))

    assert [isinstance(outcome, LastAdmin) for outcome in outcomes].count(True) == 1


@pytest.mark.parametrize(
    ("others", "taken"), [({}, EmailTaken), ({"email": "bob@example.com"}, UsernameTaken)]
)
def test_of_two_who_want_the_same_name_exactly_one_gets_it(at_once, users, others, taken) -> None:
    wanted = {"email": "ada@example.com", "password": PASSWORD, "username": "ada"}

    outcomes = at_once(
        users.register(NewUser(**wanted)), users.register(NewUser(**wanted | others))
    )

    refused = [each for each in outcomes if isinstance(each, Exception)]
    assert len(refused) == 1
    assert isinstance(refused[0], taken | ConcurrentUpdate)


def test_an_account_is_as_old_as_the_shops_clock_says(run, users, clock, later) -> None:
    later(days=30)
    before = clock()

    user = run(users.register(NewUser("ada@example.com", PASSWORD)))

    assert before <= user.created_at == user.updated_at <= clock()
