from sqlalchemy import bindparam, delete, select
from sqlalchemy.dialects import postgresql

from common.clock import utc_now
from common.ids import new_id
from domain.cart.models import Cart
from infrastructure.databases.repository import SqlRepository, with_parts

_BY_USER = select(Cart).where(Cart.user_id == bindparam("user_id"))
_OF_USER = with_parts(_BY_USER, Cart.items)
_LOCKED = with_parts(_BY_USER.with_for_update(), Cart.items)
_DELETE = delete(Cart).where(Cart.id == bindparam("cart_id"))
_OPEN = postgresql.insert(Cart).on_conflict_do_nothing()


class SqlCartRepository(SqlRepository[Cart]):
    entity = Cart

    async def of_user(self, user_id: str, *, lock: bool = False) -> Cart | None:
        query = (_LOCKED if lock else _OF_USER)[self._session.dialect]
        return await self._session.find(query, {"user_id": user_id})

    async def open_for(self, user_id: str) -> Cart:
        if cart := await self.of_user(user_id, lock=True):
            return cart
        if self._session.dialect == "sqlite":  # where a writer is alone
            cart = Cart(user_id=user_id)
            self.add(cart)
            return cart
        return await self._open_beside_others(user_id)

    async def delete(self, entity: Cart) -> None:
        """Delete a cart; its items go with it, which the database sees to."""
        await self._session.run(_DELETE, {"cart_id": entity.id})

    async def _open_beside_others(self, user_id: str) -> Cart:
        """Insert a cart unless somebody is doing so at this moment, and then find whichever won."""
        now = utc_now()
        await self._session.run(
            _OPEN, {"id": new_id(), "user_id": user_id, "created_at": now, "updated_at": now}
        )
        cart = await self.of_user(user_id, lock=True)
        if cart is None:
            raise RuntimeError(f"the cart of {user_id} vanished while it was being opened")
        return cart
