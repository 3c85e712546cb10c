from sqlalchemy import bindparam, select
from sqlalchemy.dialects import postgresql, sqlite

from common.clock import utc_now
from common.ids import new_id
from domain.cart.models import Cart
from infrastructure.databases.repository import SqlRepository

_OF_USER = select(Cart).where(Cart.user_id == bindparam("user_id"))
_LOCKED = _OF_USER.with_for_update()
_OPEN = {
    "sqlite": sqlite.insert(Cart).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(Cart).on_conflict_do_nothing(),
}


class SqlCartRepository(SqlRepository[Cart]):
    entity = Cart

    async def of_user(self, user_id: str, *, lock: bool = False) -> Cart | None:
        return await self._session.find(_LOCKED if lock else _OF_USER, {"user_id": user_id})

    async def open_for(self, user_id: str) -> Cart:
        if cart := await self.of_user(user_id, lock=True):
            return cart
        now = utc_now()
        await self._session.run(
            _OPEN[self._session.dialect],
            {"id": new_id(), "user_id": user_id, "created_at": now, "updated_at": now},
        )
        cart = await self.of_user(user_id, lock=True)
        if cart is None:
            raise RuntimeError(f"the cart of {user_id} vanished while it was being opened")
        return cart
