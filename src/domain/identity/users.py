from dataclasses import dataclass

from common.clock import Clock
from common.pagination import Page, PageRequest
from domain.database import Database
from domain.identity.caller import Caller, Role
from domain.identity.errors import (
    AuthenticationRequired,
    EmailTaken,
    LastAdmin,
    UserHasOrders,
    UserHasSubscription,
    UsernameTaken,
    UserNotFound,
)
from domain.identity.models import User
from domain.identity.ports import IdentityTransaction, PasswordHasher
from domain.identity.sessions import end_sessions


@dataclass(frozen=True, slots=True)
class NewUser:
    """What an account is opened with."""

    email: str
    password: str
    username: str | None = None
    role: Role = Role.USER


class UserService:
    """Opens, shows, changes and closes accounts."""

    def __init__(
        self, database: Database[IdentityTransaction], passwords: PasswordHasher, clock: Clock
    ) -> None:
        self._database = database
        self._passwords = passwords
        self._clock = clock

    async def register(self, new: NewUser) -> User:
        """Open an account; raises ``EmailTaken`` or ``UsernameTaken``."""
        password_hash = await self._passwords.hash(new.password)

        async def unit(tx: IdentityTransaction) -> User:
            if await tx.users.email_taken(new.email):
                raise EmailTaken
            if new.username and await tx.users.username_taken(new.username):
                raise UsernameTaken
            now = self._clock()
            user = User(
                email=new.email,
                username=new.username,
                password_hash=password_hash,
                role=new.role,
                created_at=now,
                updated_at=now,
            )
            tx.users.add(user)
            return user

        return await self._database.write(unit)

    async def page(self, request: PageRequest) -> Page[User]:
        """List accounts, oldest first."""
        return await self._database.read(lambda tx: tx.users.page(request))

    async def get(self, caller: Caller, user_id: str) -> User:
        """Return an account: one's own, or any for an administrator."""
        caller.require_self_or_admin(user_id)
        return await self._database.read(lambda tx: _user(tx, user_id))

    async def me(self, caller: Caller) -> User:
        """Return the caller's own account."""
        user = await self._database.read(lambda tx: tx.users.get(caller.user_id))
        if user is None:
            raise AuthenticationRequired  # it was deleted a moment ago
        return user

    async def change(
        self, user_id: str, *, role: Role | None = None, is_active: bool | None = None
    ) -> User:
        """Change a role or (de)activate; at least one active administrator always remains."""

        async def unit(tx: IdentityTransaction) -> User:
            admins = await tx.users.hold_admins()
            user = await _user(tx, user_id, lock=True)
            user.change(self._clock(), role=role, is_active=is_active)
            if not user.rules and admins == [user_id]:
                raise LastAdmin
            if not user.is_active:
                await end_sessions(tx, user)
            return user

        return await self._database.write(unit)

    async def set_password(self, email: str, password: str) -> None:
        """Give an account another password; all its sessions end."""
        password_hash = await self._passwords.hash(password)

        async def unit(tx: IdentityTransaction) -> None:
            user = await tx.users.by_login(email, lock=True)
            if user is None:
                raise UserNotFound(user_id=email)
            user.set_password_hash(password_hash, self._clock())
            await end_sessions(tx, user)

        await self._database.write(unit)

    async def delete(self, caller: Caller, user_id: str) -> None:
        """Forget an account without orders and subscription: one's own, or any as administrator."""
        caller.require_self_or_admin(user_id)

        async def unit(tx: IdentityTransaction) -> None:
            admins = await tx.users.hold_admins()
            user = await _user(tx, user_id, lock=True)
            if await tx.users.has_orders(user_id):
                raise UserHasOrders
            if await tx.users.has_live_subscription(user_id):
                raise UserHasSubscription
            if admins == [user_id]:
                raise LastAdmin
            await tx.users.delete(user)

        await self._database.write(unit)


async def _user(tx: IdentityTransaction, user_id: str, *, lock: bool = False) -> User:
    user = await tx.users.get(user_id, lock=lock)
    if user is None:
        raise UserNotFound(user_id=user_id)
    return user
