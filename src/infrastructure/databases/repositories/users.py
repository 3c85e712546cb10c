from datetime import datetime

from sqlalchemy import bindparam, delete, exists, or_, select, update

from common.pagination import Page, PageRequest
from domain.billing.models import ENDED, Subscription
from domain.identity.caller import Caller, Role
from domain.identity.models import RefreshToken, User
from domain.identity.plan import PlanTier
from domain.identity.ports import Standing
from domain.order.models import Order
from infrastructure.databases.repository import SqlRepository

_STANDING = select(User.role, User.plan, User.is_active, User.token_version).where(
    User.id == bindparam("user_id")
)
_BY_LOGIN = select(User).where(
    or_(User.email == bindparam("email"), User.username == bindparam("username"))
)
_BY_CUSTOMER = select(User).where(User.stripe_customer_id == bindparam("customer"))
_BY_PLATFORM_ID = (
    select(User)
    .where(User.external_platform_id == bindparam("external_platform_id"))
    .with_for_update(key_share=True)
)
_PAGE = select(User).order_by(User.created_at, User.id)
_HOLD_ADMINS = (
    select(User.id)
    .where(User.role == Role.ADMIN, User.is_active)
    .order_by(User.id)
    .with_for_update(key_share=True)
)
_HAS_ORDERS = select(exists().where(Order.user_id == bindparam("user_id")))
_HAS_LIVE_SUBSCRIPTION = select(
    exists().where(Subscription.user_id == bindparam("user_id"), Subscription.status.not_in(ENDED))
)
_EMAIL_TAKEN = select(exists().where(User.email == bindparam("email")))
_USERNAME_TAKEN = select(exists().where(User.username == bindparam("username")))


class SqlUserRepository(SqlRepository[User]):
    entity = User

    async def standing(self, user_id: str) -> Standing | None:
        for role, plan, is_active, version in await self._session.rows(
            _STANDING, {"user_id": user_id}
        ):
            return Standing(Caller(user_id, Role(role), plan=PlanTier(plan)), is_active, version)
        return None

    async def by_login(self, name: str, *, lock: bool = False) -> User | None:
        query = _BY_LOGIN.with_for_update() if lock else _BY_LOGIN
        return await self._session.find(query, {"email": name.lower(), "username": name})

    async def by_customer(self, customer: str, *, lock: bool = False) -> User | None:
        query = _BY_CUSTOMER.with_for_update(key_share=True) if lock else _BY_CUSTOMER
        return await self._session.find(query, {"customer": customer})

    async def by_platform_id(self, external_platform_id: str) -> User | None:
        wanted = {"external_platform_id": external_platform_id}
        return await self._session.find(_BY_PLATFORM_ID, wanted)

    async def email_taken(self, email: str) -> bool:
        return bool((await self._session.rows(_EMAIL_TAKEN, {"email": email}))[0][0])

    async def username_taken(self, username: str) -> bool:
        return bool((await self._session.rows(_USERNAME_TAKEN, {"username": username}))[0][0])

    async def page(self, request: PageRequest) -> Page[User]:
        return await self._page(_PAGE, request, {})

    async def hold_admins(self) -> list[str]:
        return [row.id for row in await self._session.rows(_HOLD_ADMINS)]

    async def has_orders(self, user_id: str) -> bool:
        return bool((await self._session.rows(_HAS_ORDERS, {"user_id": user_id}))[0][0])

    async def has_live_subscription(self, user_id: str) -> bool:
        rows = await self._session.rows(_HAS_LIVE_SUBSCRIPTION, {"user_id": user_id})
        return bool(rows[0][0])


class SqlRefreshTokenRepository(SqlRepository[RefreshToken]):
    entity = RefreshToken

    # The user is locked too, and first: whatever ends sessions holds the user's row, and so
    # never misses a successor that is being written at that moment.
    _by_hash = (
        select(RefreshToken)
        .select_from(User)
        .join(RefreshToken, RefreshToken.user_id == User.id)
        .where(RefreshToken.token_hash == bindparam("token_hash"))
        .with_for_update(key_share=True)
    )
    _revoke_family = (
        update(RefreshToken)
        .where(RefreshToken.family_id == bindparam("family"))
        .values(revoked=True)
    )
    _revoke_all = (
        update(RefreshToken).where(RefreshToken.user_id == bindparam("user")).values(revoked=True)
    )

    async def by_hash(self, token_hash: str) -> RefreshToken | None:
        return await self._session.find(self._by_hash, {"token_hash": token_hash})

    async def revoke_family(self, family_id: str) -> None:
        await self._session.run(self._revoke_family, {"family": family_id})

    async def revoke_all_of(self, user_id: str) -> None:
        await self._session.run(self._revoke_all, {"user": user_id})

    async def forget_expired(self, before: datetime) -> int:
        return await self._session.run(delete(RefreshToken).where(RefreshToken.expires_at < before))
