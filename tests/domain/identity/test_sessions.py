"""Sessions, where two things happen at the same moment."""

import pytest
from support.client import PASSWORD

from common.errors import ConcurrentUpdate
from domain.identity.errors import InvalidRefreshToken
from domain.identity.sessions import Session
from domain.identity.users import NewUser


@pytest.fixture
def sessions(client):
    return client.shop.sessions


@pytest.fixture
def user(client, run):
    return run(client.shop.users.register(NewUser("ada@example.com", PASSWORD)))


@pytest.fixture
def first(run, sessions, user):
    return run(sessions.start(user)).refresh_token


@pytest.fixture
def survivors(run, sessions):
    """Find which of several outcomes can still be refreshed."""

    def find(outcomes):
        for outcome in outcomes:
            if isinstance(outcome, Session):
                try:
                    run(sessions.refresh(outcome.refresh_token))
                except InvalidRefreshToken:
                    continue
                yield outcome

    return lambda outcomes: list(find(outcomes))


def test_of_two_refreshes_with_one_token_exactly_one_succeeds(at_once, sessions, first) -> None:
    outcomes = at_once(sessions.refresh(first), sessions.refresh(first))

    kinds = sorted(type(outcome).__name__ for outcome in outcomes)
    assert kinds == ["InvalidRefreshToken", "Session"]


def test_of_many_refreshes_with_one_token_exactly_one_succeeds(at_once, sessions, first) -> None:
    outcomes = at_once(*(sessions.refresh(first) for _ in range(8)))

    assert [isinstance(outcome, Session) for outcome in outcomes].count(True) == 1


def test_whoever_wins_the_race_for_a_token_loses_it_with_the_family(
    at_once, sessions, survivors, first
) -> None:
    outcomes = at_once(sessions.refresh(first), sessions.refresh(first))

    assert survivors(outcomes) == []


def test_a_copied_token_takes_down_a_successor_that_is_being_written(
    run, at_once, sessions, survivors, first
) -> None:
    second = run(sessions.refresh(first)).refresh_token

    outcomes = at_once(sessions.refresh(second), sessions.refresh(first))

    assert survivors(outcomes) == []


def test_logging_out_takes_down_a_successor_that_is_being_written(
    run, at_once, sessions, survivors, first
) -> None:
    second = run(sessions.refresh(first)).refresh_token

    outcomes = at_once(sessions.refresh(second), sessions.log_out(first))

    assert survivors(outcomes) == []


def test_deactivation_takes_down_a_successor_that_is_being_written(
    run, at_once, client, sessions, survivors, user, first
) -> None:
    users = client.shop.users

    outcomes = at_once(sessions.refresh(first), users.change(user.id, is_active=False))
    run(users.change(user.id, is_active=True))

    assert survivors(outcomes) == []


def test_a_log_in_with_the_old_password_is_too_late_once_there_is_a_new_one(
    run, client, sessions, user
) -> None:
    run(client.shop.users.set_password(user.email, "an entirely new password"))

    with pytest.raises(ConcurrentUpdate):
        run(sessions.start(user))


def test_a_log_in_is_too_late_once_the_account_is_gone(run, client, sessions, user) -> None:
    run(client.shop.users.delete(user.caller, user.id))

    with pytest.raises(ConcurrentUpdate):
        run(sessions.start(user))
