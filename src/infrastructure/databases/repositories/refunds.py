from sqlalchemy import bindparam, select

from domain.payment.models import Refund
from infrastructure.databases.repository import SqlRepository

_OF_ORDER = (
    select(Refund)
    .where(Refund.order_id == bindparam("order_id"))
    .order_by(Refund.created_at, Refund.id)
)


class SqlRefundRepository(SqlRepository[Refund]):
    entity = Refund

    async def of_order(self, order_id: str) -> list[Refund]:
        await self._session.flush()
        return await self._session.find_all(_OF_ORDER, {"order_id": order_id})
