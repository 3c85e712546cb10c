from datetime import datetime

from sqlalchemy import bindparam, delete, select

from domain.identity.models import PasswordReset, User
from infrastructure.databases.repository import SqlRepository

_BY_HASH = select(PasswordReset).where(PasswordReset.token_hash == bindparam("token_hash"))
# The user is locked too, and first, as by all that ends sessions and links.
_HOLD = (
    select(PasswordReset)
    .select_from(User)
    .join(PasswordReset, PasswordReset.user_id == User.id)
    .where(PasswordReset.token_hash == bindparam("token_hash"))
    .with_for_update(key_share=True)
)
_END_ALL = delete(PasswordReset).where(PasswordReset.user_id == bindparam("user"))
_FORGET = delete(PasswordReset).where(PasswordReset.expires_at <= bindparam("before"))


class SqlPasswordResetRepository(SqlRepository[PasswordReset]):
    entity = PasswordReset

    async def by_hash(self, token_hash: str, *, lock: bool = False) -> PasswordReset | None:
        return await self._session.find(_HOLD if lock else _BY_HASH, {"token_hash": token_hash})

    async def end_all_of(self, user_id: str) -> None:
        await self._session.run(_END_ALL, {"user": user_id})

    async def forget_expired(self, before: datetime) -> int:
        return await self._session.run(_FORGET, {"before": before})
