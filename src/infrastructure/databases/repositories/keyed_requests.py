from datetime import datetime

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from domain.idempotency.models import KeyedRequest
from domain.idempotency.service import Claim
from infrastructure.databases.repository import SqlRepository

_IS_IT = (KeyedRequest.scope == bindparam("of"), KeyedRequest.key == bindparam("named"))
_LOCKED = select(KeyedRequest).where(*_IS_IT).with_for_update()
_COUNT = (
    update(KeyedRequest)
    .where(*_IS_IT, KeyedRequest.claimed_at == bindparam("made_at"))
    .values(effects=KeyedRequest.effects + 1)
)
_OPEN = {
    "sqlite": sqlite.insert(KeyedRequest).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(KeyedRequest).on_conflict_do_nothing(),
}


class SqlKeyedRequestRepository(SqlRepository[KeyedRequest]):
    entity = KeyedRequest

    async def open(self, claim: Claim, fingerprint: str) -> bool:
        opened = await self._session.run(
            _OPEN[self._session.dialect],
            {
                "scope": claim.scope,
                "key": claim.key,
                "fingerprint": fingerprint,
                "created_at": claim.made_at,
                "claimed_at": claim.made_at,
                "effects": 0,
            },
        )
        return opened == 1

    async def get_locked(self, scope: str, key: str) -> KeyedRequest | None:
        return await self._session.find(_LOCKED, {"of": scope, "named": key})

    async def count_effect(self, claim: Claim) -> bool:
        counted = await self._session.run(
            _COUNT, {"of": claim.scope, "named": claim.key, "made_at": claim.made_at}
        )
        return counted == 1

    async def delete(self, entity: KeyedRequest) -> None:
        await self._session.delete(entity)
        await self._session.flush()  # so that a new one can take its place

    async def forget(self, before: datetime) -> int:
        return await self._session.run(delete(KeyedRequest).where(KeyedRequest.created_at < before))
