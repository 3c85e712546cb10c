import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from common.clock import Clock
from domain.database import Database
from domain.identity.caller import Caller, Scope
from domain.identity.errors import (
    ApiKeyExpired,
    ApiKeyNotFound,
    ApiKeyRevoked,
    AuthenticationRequired,
    ExpiryInThePast,
    TooManyApiKeys,
)
from domain.identity.models import ApiKey
from domain.identity.ports import IdentityTransaction

MARK = "pgn_"  # lets people, and scanners for leaked secrets, see what it is
MOST_KEYS = 100
"""How many keys a user may have, and how many more that are over stay in the list."""
_PREFIX_LENGTH = 12
_NOTED_EVERY = timedelta(minutes=1)


class IssuedKey(NamedTuple):
    """A new key, and the raw text of it: the only time it is seen."""

    key: ApiKey
    raw: str


class ApiKeyService:
    """Makes, lists and revokes API keys, and tells whom one belongs to."""

    def __init__(self, database: Database[IdentityTransaction], clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def issue(
        self, caller: Caller, name: str, scopes: Iterable[Scope], expires_at: datetime | None
    ) -> IssuedKey:
        """Make a key that acts for the caller within ``scopes``, until it expires or is revoked."""
        caller.require_login()
        chosen, now = frozenset(scopes), self._clock()
        if Scope.PROVISION in chosen:
            caller.require_admin()
        if expires_at and expires_at <= now:
            raise ExpiryInThePast(expires_at=expires_at)
        raw = MARK + secrets.token_hex(20)

        async def unit(tx: IdentityTransaction) -> ApiKey:
            if await tx.users.get(caller.user_id, lock=True) is None:
                raise AuthenticationRequired
            await make_room(tx, caller.user_id, now)
            key = ApiKey(
                user_id=caller.user_id,
                name=name,
                key_hash=hash_of(raw),
                key_prefix=prefix_of(raw),
                scopes=sorted(map(str, chosen)),
                expires_at=expires_at,
                created_at=now,
            )
            tx.api_keys.add(key)
            return key

        return IssuedKey(await self._database.write(unit), raw)

    async def of(self, caller: Caller) -> list[ApiKey]:
        """List the caller's keys, those that are over included, oldest first."""
        return await self._database.read(lambda tx: tx.api_keys.of_user(caller.user_id))

    async def count_of(self, user_id: str) -> int:
        """Tell how many keys of a user are good for something."""
        keys = await self._database.read(lambda tx: tx.api_keys.of_user(user_id))
        return sum(key.usable(self._clock()) for key in keys)

    async def revoke(self, caller: Caller, key_id: str) -> None:
        """Make a key useless from now on. It stays in the list."""
        caller.require_login()

        async def unit(tx: IdentityTransaction) -> None:
            key = await tx.api_keys.get(key_id, lock=True)
            if key is None or key.user_id != caller.user_id:
                raise ApiKeyNotFound(key_id=key_id)
            key.is_active = False

        await self._database.write(unit)

    async def caller_of(self, raw: str) -> Caller:
        """Tell for whom a key acts, and note once a minute that it does.

        Raises ``ApiKeyRevoked`` or ``ApiKeyExpired``, which only who has the key can learn, and
        ``AuthenticationRequired`` for a key of nobody's or of a deactivated user's.
        """
        key = await self._database.read(lambda tx: tx.api_keys.standing(hash_of(raw)))
        now = self._clock()
        if key is None or not key.owner_is_active:
            raise AuthenticationRequired
        if not key.is_active:
            raise ApiKeyRevoked
        if key.expires_at and key.expires_at <= now:
            raise ApiKeyExpired
        unnoted_since = now - _NOTED_EVERY
        if key.last_used_at is None or key.last_used_at <= unnoted_since:
            await self._database.write(
                lambda tx: tx.api_keys.note_use(key.key_id, now, unnoted_since)
            )
        return key.caller


async def make_room(tx: IdentityTransaction, user_id: str, now: datetime) -> None:
    """Forget the oldest keys that are over; raise if too many are not. The user must be locked."""
    keys = await tx.api_keys.of_user(user_id)
    over = [key for key in keys if not key.usable(now)]
    if len(keys) - len(over) >= MOST_KEYS:
        raise TooManyApiKeys(maximum=MOST_KEYS)
    for key in over[:-MOST_KEYS]:
        await tx.api_keys.delete(key)


def prefix_of(raw: str) -> str:
    """Return the start of a key, by which people tell it from others."""
    return raw[:_PREFIX_LENGTH]


def hash_of(raw: str) -> str:
    """Hash a key for keeping, and for finding it: it is too random to need salt or slowness.

    Looking for a hash is as good as comparing in constant time. How far the search got tells
    something of the hash of a guess, and nobody can choose that to come closer to another.
    """
    return hashlib.sha256(raw.encode("utf-8", "surrogatepass")).hexdigest()
