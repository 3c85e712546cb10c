from datetime import datetime

from sqlalchemy import bindparam, delete, select, update

from domain.idempotency.models import KeyedRequest
from domain.idempotency.service import Claim
from infrastructure.databases.repository import SqlRepository

_IS_CLAIM = (KeyedRequest.scope == bindparam("of"), KeyedRequest.key == bindparam("named"))
_CLAIMED = select(KeyedRequest).where(*_IS_CLAIM).with_for_update()
_COUNT = update(KeyedRequest).where(*_IS_CLAIM).values(effects=KeyedRequest.effects + 1)


class SqlKeyedRequestRepository(SqlRepository[KeyedRequest]):
    entity = KeyedRequest

    async def get_claimed(self, claim: Claim) -> KeyedRequest | None:
        return await self._session.find(_CLAIMED, _params(claim))

    async def count_effect(self, claim: Claim) -> None:
        await self._session.run(_COUNT, _params(claim))

    async def delete(self, entity: KeyedRequest) -> None:
        await self._session.delete(entity)
        await self._session.flush()  # so that a new one can take its place

    async def forget(self, before: datetime) -> int:
        return await self._session.run(delete(KeyedRequest).where(KeyedRequest.created_at < before))


def _params(claim: Claim) -> dict[str, str]:
    return {"of": claim.scope, "named": claim.key}
