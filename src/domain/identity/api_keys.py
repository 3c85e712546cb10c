import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from common.clock import Clock
from domain.database import Database
from domain.identity.caller import Caller, Scope
from domain.identity.errors import ApiKeyNotFound, AuthenticationRequired
from domain.identity.models import ApiKey
from domain.identity.ports import IdentityTransaction

_MARK = "pgn_"  # lets people, and scanners for leaked secrets, see what it is
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
        raw = _MARK + secrets.token_hex(20)
        chosen = sorted({str(scope) for scope in scopes})

        async def unit(tx: IdentityTransaction) -> ApiKey:
            key = ApiKey(
                user_id=caller.user_id,
                name=name,
                key_hash=_hash(raw),
                key_prefix=raw[:_PREFIX_LENGTH],
                scopes=chosen,
                expires_at=expires_at,
                created_at=self._clock(),
            )
            tx.api_keys.add(key)
            return key

        return IssuedKey(await self._database.write(unit), raw)

    async def of(self, caller: Caller) -> list[ApiKey]:
        """List the caller's keys, revoked ones included, oldest first."""
        return await self._database.read(lambda tx: tx.api_keys.of_user(caller.user_id))

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
        """Tell whom a key belongs to; raises ``AuthenticationRequired`` if it is good for nothing.

        It is found by its hash, so that comparing takes the same time for every wrong key.
        """
        standing = await self._database.read(lambda tx: tx.api_keys.standing(_hash(raw)))
        now = self._clock()
        if standing is None or not standing.is_active:
            raise AuthenticationRequired
        if standing.expires_at and standing.expires_at <= now:
            raise AuthenticationRequired
        if standing.last_used_at is None or now - standing.last_used_at >= _NOTED_EVERY:
            key_id = standing.key_id
            await self._database.write(lambda tx: tx.api_keys.note_use(key_id, now))
        return standing.caller


def _hash(raw: str) -> str:
    return hashlib.sha256(raw.encode("utf-8", "surrogatepass")).hexdigest()
