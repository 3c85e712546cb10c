import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from common.clock import Clock
from common.errors import ConcurrentUpdate
from common.ids import new_id
from domain.database import Database
from domain.identity.api_keys import MARK, hash_of, make_room, prefix_of
from domain.identity.caller import Role, Scope
from domain.identity.errors import AlreadyProvisioned, EmailTaken, PermissionDenied
from domain.identity.models import ApiKey, User
from domain.identity.plan import PlanTier
from domain.identity.ports import IdentityTransaction, PasswordHasher

_SCOPES = [str(Scope.READ), str(Scope.WRITE)]
_RAW_LENGTH = 40


class Derivation(Protocol):
    """Makes secrets that need not be kept."""

    def derive(self, purpose: str, name: str) -> str:
        """Return the one secret of this name: ever the same, and nobody else can work it out."""


@dataclass(frozen=True, slots=True)
class Tenant:
    """A user of another platform, who is to have an account with us."""

    email: str
    external_platform_id: str
    external_store_id: str | None = None
    plan: PlanTier = PlanTier.FREE
    password: str | None = None
    """Without one, nobody knows it: they let themselves be mailed a link to set their own."""


class Provisioned(NamedTuple):
    user: User
    key: ApiKey
    raw: str


class ProvisioningService:
    """Opens accounts for the users of another platform, each with a key the platform acts by.

    A platform that lost the answer asks again, and is given the same: the key is not kept, but
    derived from its id.
    """

    def __init__(
        self,
        database: Database[IdentityTransaction],
        passwords: PasswordHasher,
        derivation: Derivation,
        service_name: str,
        clock: Clock,
    ) -> None:
        self._database = database
        self._passwords = passwords
        self._derivation = derivation
        self._service_name = service_name
        self._clock = clock

    async def provision(self, tenant: Tenant) -> Provisioned:
        """Open an account, or return what was opened; a key that is good no more is replaced.

        Raises ``EmailTaken`` rather than hand out a key to an account that was there before.
        """
        password = tenant.password or secrets.token_urlsafe(32)
        password_hash = await self._passwords.hash(password)

        async def unit(tx: IdentityTransaction) -> Provisioned:
            now = self._clock()
            taken = await tx.users.email_taken(tenant.email)  # asked first: it may be by them
            user = await tx.users.by_platform_id(tenant.external_platform_id)
            if user and user.email != tenant.email:
                raise AlreadyProvisioned(external_platform_id=tenant.external_platform_id)
            if user is None:
                if taken:
                    raise EmailTaken
                user = _account(tenant, password_hash, now)
                tx.users.add(user)
            return await self._with_key(tx, user, now)

        try:
            return await self._database.write(unit)
        except ConcurrentUpdate:  # somebody has just opened the account: it is there now
            return await self._database.write(unit)

    async def _with_key(self, tx: IdentityTransaction, user: User, now: datetime) -> Provisioned:
        if user.role == Role.ADMIN:  # by the key, whoever may only provision could do anything
            raise PermissionDenied(required="the administrator whose account this has become")
        for key in await tx.api_keys.of_user(user.id):
            raw = self._raw(key.id)
            if key.usable(now) and key.key_hash == hash_of(raw):
                return Provisioned(user, key, raw)
        await make_room(tx, user.id, now)
        key_id = new_id()
        raw = self._raw(key_id)
        key = ApiKey(
            id=key_id,
            user_id=user.id,
            name=self._service_name,
            key_hash=hash_of(raw),
            key_prefix=prefix_of(raw),
            scopes=_SCOPES,
            created_at=now,
        )
        tx.api_keys.add(key)
        return Provisioned(user, key, raw)

    def _raw(self, key_id: str) -> str:
        return MARK + self._derivation.derive("api key", key_id)[:_RAW_LENGTH]


def _account(tenant: Tenant, password_hash: str, now: datetime) -> User:
    return User(
        email=tenant.email,
        password_hash=password_hash,
        plan=tenant.plan,
        external_platform_id=tenant.external_platform_id,
        external_store_id=tenant.external_store_id,
        created_at=now,
        updated_at=now,
    )
