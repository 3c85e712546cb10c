"""What only shows when two things happen at the same moment."""

import asyncio
from collections.abc import Awaitable
from typing import Any

import pytest
from support.client import PASSWORD, Client

from common.errors import ConcurrentUpdate
from conftest import Run
from domain.identity.errors import InvalidCredentials, InvalidRefreshToken
from domain.identity.models import User
from domain.identity.sessions import Session
from domain.identity.users import NewUser


@pytest.fixture
def user(client: Client, run: Run) -> User:
    return run(client.shop.users.register(NewUser("ada@example.com", PASSWORD)))


@pytest.fixture
def session(client: Client, run: Run, user: User) -> Session:
    return run(client.shop.sessions.start(user))


def at_once(run: Run, *work: Awaitable[Any]) -> list[Any]:
    """Do everything at the same time; tell what each came to, be it an exception."""

    async def all_of_it() -> list[Any]:
        return await asyncio.gather(*work, return_exceptions=True)

    return run(all_of_it())


def test_of_two_refreshes_at_once_with_one_token_exactly_one_succeeds(client, run, session) -> None:
    sessions = client.shop.sessions

    outcomes = at_once(run, *(sessions.refresh(session.refresh_token) for _ in range(2)))

    assert sorted((type(outcome) for outcome in outcomes), key=str) == [
        InvalidRefreshToken,
        Session,
    ]


def test_a_copied_token_takes_the_successor_down_that_is_made_meanwhile(
    client, run, session
) -> None:
    sessions = client.shop.sessions
    second = run(sessions.refresh(session.refresh_token))

    outcomes = at_once(
        run, sessions.refresh(second.refresh_token), sessions.refresh(session.refresh_token)
    )

    for survivor in [each for each in outcomes if isinstance(each, Session)]:
        with pytest.raises(InvalidRefreshToken):
            run(sessions.refresh(survivor.refresh_token))


def test_logging_out_ends_the_successor_that_is_made_meanwhile(client, run, session) -> None:
    sessions = client.shop.sessions

    outcomes = at_once(
        run, sessions.refresh(session.refresh_token), sessions.log_out(session.refresh_token)
    )

    for survivor in [each for each in outcomes if isinstance(each, Session)]:
        with pytest.raises(InvalidRefreshToken):
            run(sessions.refresh(survivor.refresh_token))


def test_deactivation_ends_the_successor_that_is_made_meanwhile(client, run, user, session) -> None:
    sessions, users = client.shop.sessions, client.shop.users

    outcomes = at_once(
        run, sessions.refresh(session.refresh_token), users.change(user.id, is_active=False)
    )
    run(users.change(user.id, is_active=True))

    for survivor in [each for each in outcomes if isinstance(each, Session)]:
        with pytest.raises(InvalidRefreshToken):
            run(sessions.refresh(survivor.refresh_token))


def test_no_session_starts_for_somebody_whose_password_has_changed_since(client, run, user) -> None:
    run(client.shop.users.set_password(user.email, "an entirely new password"))

    with pytest.raises(ConcurrentUpdate):
        run(client.shop.sessions.start(user))
