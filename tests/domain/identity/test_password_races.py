"""Other passwords, where two things happen at the same moment."""

import pytest
from support.client import PASSWORD
from support.post_office import post_office
from support.resets import token_in

from common.errors import ConcurrentUpdate
from domain.identity.errors import InvalidCredentials, InvalidRefreshToken, InvalidResetToken
from domain.identity.sessions import Session
from domain.identity.users import NewUser

ADA = "ada@example.com"
NEW, OTHER = "an entirely new password", "yet another password"


@pytest.fixture
def office():
    with post_office() as office:
        yield office


@pytest.fixture
def settings(settings, office):
    return settings.model_copy(update={"smtp_url": office.url()})


@pytest.fixture
def sessions(client):
    return client.shop.sessions


@pytest.fixture
def resets(client):
    return client.shop.password_resets


@pytest.fixture
def user(client, run):
    return run(client.shop.users.register(NewUser(ADA, PASSWORD)))


@pytest.fixture
def first(run, sessions, user):
    return run(sessions.start(user)).refresh_token


@pytest.fixture
def token(run, resets, user, office):
    run(resets.mail_link(ADA))
    return token_in(office.mails[-1])


@pytest.fixture
def survivors(run, sessions):
    """Find which of several outcomes can still be refreshed."""

    def refreshes(outcome):
        try:
            run(sessions.refresh(outcome.refresh_token))
        except InvalidRefreshToken:
            return False
        return True

    return lambda outcomes: [
        each for each in outcomes if isinstance(each, Session) and refreshes(each)
    ]


def test_of_two_who_redeem_one_link_exactly_one_succeeds(run, at_once, sessions, resets, token):
    outcomes = at_once(*(resets.redeem(token, password) for password in (NEW, OTHER)))

    assert sorted(type(each).__name__ for each in outcomes) == ["InvalidResetToken", "NoneType"]
    winner = (NEW, OTHER)[outcomes.index(None)]
    assert run(sessions.log_in_once(ADA, winner)).user.token_version == 2


def test_of_many_who_redeem_one_link_exactly_one_succeeds(at_once, resets, token) -> None:
    outcomes = at_once(*(resets.redeem(token, NEW) for _ in range(8)))

    assert outcomes.count(None) == 1
    assert [isinstance(each, InvalidResetToken) for each in outcomes].count(True) == 7


def test_of_two_links_of_one_user_exactly_one_is_redeemed(
    run, at_once, resets, token, office
) -> None:
    run(resets.mail_link(ADA))
    other = token_in(office.mails[-1])

    outcomes = at_once(resets.redeem(token, NEW), resets.redeem(other, OTHER))

    assert sorted(type(each).__name__ for each in outcomes) == ["InvalidResetToken", "NoneType"]


def test_of_two_changes_exactly_one_succeeds(at_once, sessions, survivors, user) -> None:
    outcomes = at_once(
        *(sessions.change_password(user.caller, PASSWORD, new) for new in (NEW, OTHER))
    )

    refused = [each for each in outcomes if isinstance(each, Exception)]
    assert len(refused) == 1
    assert isinstance(refused[0], ConcurrentUpdate | InvalidCredentials)
    assert len(survivors(outcomes)) == 1


def test_a_change_takes_down_a_successor_that_is_being_written(
    run, at_once, sessions, survivors, user, first
) -> None:
    hashing_comes_first = [sessions.change_password(user.caller, PASSWORD, NEW)]

    outcomes = at_once(*hashing_comes_first, *refreshing(sessions, first))

    assert len(survivors(outcomes[1:])) == 0
    assert len(survivors(outcomes[:1])) == 1


def test_a_redeemed_link_takes_down_a_successor_that_is_being_written(
    at_once, sessions, resets, survivors, first, token
) -> None:
    outcomes = at_once(resets.redeem(token, NEW), *refreshing(sessions, first))

    assert outcomes[0] is None
    assert survivors(outcomes[1:]) == []


def refreshing(sessions, token):
    """Refresh again and again, for as long as it takes others to hash a password."""

    async def go_on():
        session = await sessions.refresh(token)
        while True:
            try:
                session = await sessions.refresh(session.refresh_token)
            except InvalidRefreshToken:
                return session

    return [go_on()]


def test_no_link_survives_a_change_that_comes_at_the_same_moment(
    run, at_once, sessions, resets, user, office
) -> None:
    run(resets.mail_link(ADA))
    token = token_in(office.mails[-1])

    outcomes = at_once(
        sessions.change_password(user.caller, PASSWORD, NEW), resets.redeem(token, OTHER)
    )

    assert [isinstance(each, Exception) for each in outcomes].count(True) == 1
    with pytest.raises(InvalidResetToken):
        run(resets.redeem(token, "a third password"))


def test_a_log_in_with_the_old_password_is_too_late_after_a_change(run, sessions, user) -> None:
    run(sessions.change_password(user.caller, PASSWORD, NEW))

    with pytest.raises(ConcurrentUpdate):
        run(sessions.start(user))
