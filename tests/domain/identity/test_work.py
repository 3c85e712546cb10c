"""What an attempt to log in costs: whoever counts the work learns nothing."""

import pytest
from support.client import PASSWORD

from domain.identity.caller import Caller
from domain.identity.errors import InvalidCredentials
from domain.identity.sessions import Lifetimes, SessionService
from domain.identity.users import NewUser
from infrastructure.jwt.service import JwtService
from infrastructure.limits.attempts import CountedAttempts
from infrastructure.passwords import Passwords


class WatchedPasswords(Passwords):
    """Notes what is asked of it."""

    def __init__(self):
        super().__init__()
        self.asked = []

    async def hash(self, password):
        self.asked.append("hash")
        return await super().hash(password)

    async def verify(self, password, hashed):
        self.asked.append("verify")
        return await super().verify(password, hashed)


@pytest.fixture
def passwords(run):
    passwords = WatchedPasswords()
    yield passwords
    run(passwords.close())


@pytest.fixture
def sessions(client, passwords, clock):
    tokens = JwtService("a secret that only this test knows", clock)
    attempts = CountedAttempts(None)
    return SessionService(client.shop.database, passwords, tokens, Lifetimes(), attempts, clock)


@pytest.fixture
def ada(client, run):
    return run(client.shop.users.register(NewUser("ada@example.com", PASSWORD, "ada")))


@pytest.fixture
def closed(client, run):
    user = run(client.shop.users.register(NewUser("closed@example.com", PASSWORD)))
    return run(client.shop.users.change(user.id, is_active=False))


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("nobody@example.com", PASSWORD),
        ("nobody", PASSWORD),
        ("ada@example.com", "not the password"),
        ("ada", "not the password"),
        ("closed@example.com", PASSWORD),
        ("closed@example.com", "not the password"),
    ],
)
@pytest.mark.parametrize("way", ["log_in", "log_in_once"])
def test_whoever_is_turned_away_costs_one_comparison(
    run, sessions, passwords, ada, closed, way, name, password
) -> None:
    with pytest.raises(InvalidCredentials):
        run(getattr(sessions, way)(name, password))

    assert passwords.asked == ["verify"]


def test_a_wrong_guess_at_a_change_costs_one_comparison(run, sessions, passwords, ada) -> None:
    with pytest.raises(InvalidCredentials):
        run(sessions.change_password(Caller(ada.id), "not the password", "a new password"))

    assert passwords.asked == ["verify"]
