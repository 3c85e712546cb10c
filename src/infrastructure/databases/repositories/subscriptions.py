from sqlalchemy import bindparam, select

from domain.billing.models import Subscription
from infrastructure.databases.repository import SqlRepository

_OWNER = select(Subscription.user_id).where(
    Subscription.stripe_subscription_id == bindparam("reference")
)
_BY_REFERENCE = select(Subscription).where(
    Subscription.stripe_subscription_id == bindparam("reference")
)
_HELD = _BY_REFERENCE.with_for_update(key_share=True).execution_options(populate_existing=True)
_OF_USER = (
    select(Subscription)
    .where(Subscription.user_id == bindparam("user_id"))
    .order_by(Subscription.created_at.desc(), Subscription.id)
)


class SqlSubscriptionRepository(SqlRepository[Subscription]):
    entity = Subscription

    async def owner(self, reference: str) -> str | None:
        rows = await self._session.rows(_OWNER, {"reference": reference})
        return rows[0].user_id if rows else None

    async def by_reference(self, reference: str, *, lock: bool = False) -> Subscription | None:
        query = _HELD if lock else _BY_REFERENCE
        return await self._session.find(query, {"reference": reference})

    async def of_user(self, user_id: str) -> list[Subscription]:
        return await self._session.find_all(_OF_USER, {"user_id": user_id})
