from datetime import datetime

from sqlalchemy import bindparam, select, update

from domain.identity.caller import Caller, Role
from domain.identity.models import ApiKey, User
from domain.identity.plan import PlanTier
from domain.identity.ports import KeyStanding
from infrastructure.databases.repository import SqlRepository

_STANDING = (
    select(
        ApiKey.id,
        ApiKey.user_id,
        ApiKey.scopes,
        User.role,
        User.plan,
        User.is_active,
        ApiKey.is_active,
        ApiKey.expires_at,
        ApiKey.last_used_at,
    )
    .join_from(ApiKey, User, User.id == ApiKey.user_id)
    .where(ApiKey.key_hash == bindparam("wanted"))
)
_OF_USER = (
    select(ApiKey)
    .where(ApiKey.user_id == bindparam("user_id"))
    .order_by(ApiKey.created_at, ApiKey.id)
)
_NOTE_USE = (
    update(ApiKey)
    .where(
        ApiKey.id == bindparam("key"),
        ApiKey.last_used_at.is_(None) | (ApiKey.last_used_at <= bindparam("unnoted_since")),
    )
    .values(last_used_at=bindparam("now"))
)


class SqlApiKeyRepository(SqlRepository[ApiKey]):
    entity = ApiKey

    async def standing(self, key_hash: str) -> KeyStanding | None:
        for row in await self._session.rows(_STANDING, {"wanted": key_hash}):
            key_id, user_id, scopes, role, plan, *standing = row
            caller = Caller(user_id, Role(role), frozenset(scopes), PlanTier(plan))
            return KeyStanding(key_id, caller, *standing)
        return None

    async def of_user(self, user_id: str) -> list[ApiKey]:
        await self._session.flush()  # the user may be new, and must be there before their keys
        return await self._session.find_all(_OF_USER, {"user_id": user_id})

    async def note_use(self, key_id: str, now: datetime, unnoted_since: datetime) -> bool:
        noted = {"key": key_id, "now": now, "unnoted_since": unnoted_since}
        return await self._session.run(_NOTE_USE, noted) == 1
