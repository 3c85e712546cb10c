from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Select, bindparam, delete, exists, select
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import InstrumentedAttribute

from common.errors import ConcurrentUpdate
from common.ids import new_id
from domain.cart.models import Cart
from infrastructure.databases.repository import SqlRepository, with_parts

_ATTEMPTS = 3
_AT_ONCE = 500  # carts are forgotten a few at a time, so that no shopper waits for it


class _Holder(NamedTuple):
    """One of the two columns that say whose a cart is, and how carts are found by it."""

    column: str
    found: Mapping[str, Select[Cart]]
    locked: Mapping[str, Select[Cart]]

    @classmethod
    def by(cls, column: "InstrumentedAttribute[str | None]") -> "_Holder":
        query = select(Cart).where(column == bindparam("held_by"))
        locked = with_parts(query.with_for_update(), Cart.items)
        return cls(column.key, with_parts(query, Cart.items), locked)


_USER, _GUEST = _Holder.by(Cart.user_id), _Holder.by(Cart.session_id)
_KNOWS_SESSION = select(exists().where(Cart.session_id == bindparam("session_id")))
_DELETE = delete(Cart).where(Cart.id == bindparam("cart_id"))
_OPEN = postgresql.insert(Cart).on_conflict_do_nothing()
_LEFT = (Cart.session_id.is_not(None), Cart.updated_at < bindparam("before"))
_FORGET = delete(Cart).where(
    Cart.id.in_(select(Cart.id).where(*_LEFT).limit(_AT_ONCE).with_for_update(skip_locked=True)),
    *_LEFT,  # said again of the rows it comes to delete: one may have been touched meanwhile
)


class SqlCartRepository(SqlRepository[Cart]):
    entity = Cart

    async def of_user(self, user_id: str, *, lock: bool = False) -> Cart | None:
        return await self._of(_USER, user_id, lock=lock)

    async def of_session(self, session_id: str, *, lock: bool = False) -> Cart | None:
        return await self._of(_GUEST, session_id, lock=lock)

    async def knows_session(self, session_id: str) -> bool:
        return bool((await self._session.rows(_KNOWS_SESSION, {"session_id": session_id}))[0][0])

    async def open_for(self, user_id: str, now: datetime) -> Cart:
        return await self._opened(_USER, user_id, now)

    async def open_session(self, session_id: str, now: datetime) -> Cart:
        return await self._opened(_GUEST, session_id, now)

    async def delete(self, entity: Cart) -> None:
        """Delete a cart; items that are still its own go with it, which the database sees to."""
        await self._session.flush()
        await self._session.run(_DELETE, {"cart_id": entity.id})

    async def forget_guests(self, before: datetime) -> int:
        return await self._session.run(_FORGET, {"before": before})

    async def _of(self, holder: _Holder, held_by: str, *, lock: bool) -> Cart | None:
        query = (holder.locked if lock else holder.found)[self._session.dialect]
        return await self._session.find(query, {"held_by": held_by})

    async def _opened(self, holder: _Holder, held_by: str, now: datetime) -> Cart:
        if cart := await self._of(holder, held_by, lock=True):
            return cart
        if self._session.dialect == "sqlite":  # where a writer is alone
            cart = Cart(created_at=now, updated_at=now, **{holder.column: held_by})
            self.add(cart)
            return cart
        return await self._opened_beside_others(holder, held_by, now)

    async def _opened_beside_others(self, holder: _Holder, held_by: str, now: datetime) -> Cart:
        """Insert a cart unless somebody is doing so at this moment, and then find whichever won."""
        row = {"user_id": None, "session_id": None, "created_at": now, "updated_at": now}
        for _ in range(_ATTEMPTS):
            await self._session.run(_OPEN, row | {"id": new_id(), holder.column: held_by})
            if cart := await self._of(holder, held_by, lock=True):
                return cart
        raise ConcurrentUpdate  # it is opened, and bought or merged away, again and again
