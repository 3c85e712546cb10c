import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from common.clock import Clock
from common.errors import ConcurrentUpdate
from domain.database import Database
from domain.identity.caller import Caller
from domain.identity.errors import (
    AuthenticationRequired,
    InvalidCredentials,
    InvalidRefreshToken,
)
from domain.identity.models import RefreshToken, User
from domain.identity.ports import (
    AccessTokens,
    IdentityTransaction,
    LoginAttempts,
    PasswordHasher,
)

LOGIN_LIFETIME = timedelta(hours=4)


@dataclass(frozen=True, slots=True)
class Session:
    """What somebody who has logged in goes on with."""

    user: User
    access_token: str
    expires_in: int
    """Seconds until the access token expires."""
    refresh_token: str | None = None


@dataclass(frozen=True, slots=True)
class Lifetimes:
    access: timedelta = timedelta(minutes=15)
    refresh: timedelta = timedelta(days=7)


class _Proven(NamedTuple):
    """Somebody who has shown their password."""

    user: User
    outdated: bool
    """Whether the hash of it is due for a stronger one."""


class SessionService:
    """Logs in and out, and tells who a token belongs to."""

    def __init__(
        self,
        database: Database[IdentityTransaction],
        passwords: PasswordHasher,
        tokens: AccessTokens,
        lifetimes: Lifetimes,
        attempts: LoginAttempts,
        clock: Clock,
    ) -> None:
        self._database = database
        self._passwords = passwords
        self._tokens = tokens
        self._lifetimes = lifetimes
        self._attempts = attempts
        self._clock = clock

    async def log_in_once(self, name: str, password: str) -> Session:
        """Trade a name (e-mail address or username) and password for a four-hour token."""
        return self._session(await self._authenticate(name, password), LOGIN_LIFETIME)

    async def log_in(self, email: str, password: str) -> Session:
        """Trade an address and password for a short access token and a refresh token."""
        return await self.start(await self._authenticate(email, password))

    async def start(self, user: User) -> Session:
        """Begin a new family of refresh tokens; too late for a user who has changed since."""
        secret = secrets.token_urlsafe(32)

        async def unit(tx: IdentityTransaction) -> None:
            now = self._clock()
            current = await tx.users.get(user.id, lock=True)
            if current is None or current.token_version != user.token_version:
                raise ConcurrentUpdate
            tx.refresh_tokens.add(self._first(current, secret, now))

        await self._database.write(unit)
        return self._session(user, self._lifetimes.access, secret)

    async def change_password(self, caller: Caller, password: str, new_password: str) -> Session:
        """Trade the password for another: every session ends, and one begins."""
        caller.require_login()
        await self._attempts.count(caller.user_id)
        user = await self._database.read(lambda tx: tx.users.get(caller.user_id))
        await self._prove(user, password)
        password_hash = await self._passwords.hash(new_password)
        secret = secrets.token_urlsafe(32)

        async def unit(tx: IdentityTransaction) -> User:
            now = self._clock()
            current = await tx.users.get(caller.user_id, lock=True)
            if current is None or user is None or current.token_version != user.token_version:
                raise ConcurrentUpdate
            current.set_password_hash(password_hash, now)
            await end_sessions(tx, current)
            tx.refresh_tokens.add(self._first(current, secret, now))
            return current

        changed = await self._database.write(unit)
        return self._session(changed, self._lifetimes.access, secret)

    async def refresh(self, refresh_token: str) -> Session:
        """Trade a refresh token for the next one; a second use ends the family."""
        secret = secrets.token_urlsafe(32)

        async def unit(tx: IdentityTransaction) -> User | None:
            now = self._clock()
            token = await tx.refresh_tokens.by_hash(_hash(refresh_token))
            if token is None:
                return None
            if not token.usable(now):
                await tx.refresh_tokens.revoke_family(token.family_id)
                return None
            user = await tx.users.get(token.user_id)
            if user is None or not user.is_active:
                return None
            tx.refresh_tokens.add(token.next(_hash(secret), now, self._lifetimes.refresh))
            return user

        user = await self._database.write(unit)
        if user is None:  # said out here: raising in the unit would take the revocation back
            raise InvalidRefreshToken
        return self._session(user, self._lifetimes.access, secret)

    async def log_out(self, refresh_token: str) -> None:
        """Revoke a refresh token and all its family; an unknown one is already as good as gone."""

        async def unit(tx: IdentityTransaction) -> None:
            if token := await tx.refresh_tokens.by_hash(_hash(refresh_token)):
                await tx.refresh_tokens.revoke_family(token.family_id)

        await self._database.write(unit)

    async def forget_expired(self) -> int:
        """Forget refresh tokens nobody can use any more; tell how many."""
        return await self._database.write(
            lambda tx: tx.refresh_tokens.forget_expired(self._clock())
        )

    async def caller_of(self, access_token: str) -> Caller:
        """Tell who is asking, by what is true of them now and not when the token was issued."""
        claims = self._tokens.read(access_token)
        standing = await self._database.read(lambda tx: tx.users.standing(claims.user_id))
        if standing is None or not standing.is_active or standing.token_version != claims.version:
            raise AuthenticationRequired
        return standing.caller

    async def _authenticate(self, name: str, password: str) -> User:
        user = await self._database.read(lambda tx: tx.users.by_login(name))
        await self._attempts.count(user.id if user else _stranger(name))
        user, outdated = await self._prove(user, password)
        if outdated:
            await self._strengthen(user, password)
        return user

    async def _prove(self, user: User | None, password: str) -> _Proven:
        """Raise unless it is the password of an active user; a stranger costs the same work."""
        verdict = await self._passwords.verify(password, user.password_hash if user else None)
        if user is None or not verdict.fits or not user.is_active:
            raise InvalidCredentials
        return _Proven(user, verdict.outdated)

    async def _strengthen(self, user: User, password: str) -> None:
        stronger = await self._passwords.hash(password)

        async def unit(tx: IdentityTransaction) -> None:
            current = await tx.users.get(user.id, lock=True)
            if current and current.password_hash == user.password_hash:
                current.password_hash = stronger

        await self._database.write(unit)

    def _session(
        self, user: User, lifetime: timedelta, refresh_token: str | None = None
    ) -> Session:
        token = self._tokens.issue(user, lifetime)
        return Session(user, token, int(lifetime.total_seconds()), refresh_token)

    def _first(self, user: User, secret: str, now: datetime) -> RefreshToken:
        """Begin a family of refresh tokens."""
        return RefreshToken(
            user_id=user.id,
            token_hash=_hash(secret),
            expires_at=now + self._lifetimes.refresh,
            created_at=now,
        )


async def end_sessions(tx: IdentityTransaction, user: User) -> None:
    """Revoke what a user goes on with, and what would set another password.

    Access tokens end with the ``token_version`` they were issued under.
    """
    await tx.refresh_tokens.revoke_all_of(user.id)
    await tx.password_resets.end_all_of(user.id)


def _stranger(name: str) -> str:
    """Name the account that nobody has; addresses are the same in capitals, usernames are not."""
    return _hash(name.lower() if "@" in name else name)


def _hash(secret: str) -> str:
    """Hash a refresh token for keeping: it is random enough to need no salt or slowness."""
    return hashlib.sha256(secret.encode()).hexdigest()
