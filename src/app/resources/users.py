from typing import Annotated, Self

from pydantic import AfterValidator, Field

from app.http import Request
from app.operation import operation
from app.patterns import pattern
from app.schema import Input, Listing, Moment, Omissible, Paging, Text, View
from domain.identity.caller import Access, Role
from domain.identity.errors import (
    EmailTaken,
    LastAdmin,
    UserHasOrders,
    UserHasSubscription,
    UsernameTaken,
    UserNotFound,
)
from domain.identity.models import User
from domain.identity.plan import PlanTier
from domain.identity.users import NewUser, UserService

# The address a browser's e-mail field accepts (HTML standard, section 4.10.5.1.5), with a dot.
_EMAIL = pattern(
    r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
    r"(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)+$",
    "an e-mail address, such as ada@example.com",
)
Email = Annotated[
    str,
    Field(min_length=3, max_length=254, pattern=_EMAIL, examples=["ada@example.com"]),
    AfterValidator(str.lower),
]
Password = Annotated[Text, Field(min_length=8, max_length=256)]
_USERNAME = pattern(r"^[A-Za-z0-9_.-]+$", "letters, digits, dots, hyphens and underscores")
Username = Annotated[str, Field(min_length=1, max_length=64, pattern=_USERNAME, examples=["ada"])]


class OpenAccount(Input):
    email: Email
    password: Password
    username: Username | None = None
    role: Role = Role.USER


class ChangeAccount(Input):
    role: Omissible[Role] = None
    is_active: Omissible[bool] = None


class UserView(View, frozen=True, kw_only=True):
    id: str
    email: str
    username: str | None
    role: Role
    is_active: bool
    plan: PlanTier
    external_platform_id: str | None
    external_store_id: str | None
    stripe_customer_id: str | None
    created_at: Moment
    updated_at: Moment

    @classmethod
    def of(cls, user: User) -> Self:
        return cls(
            id=user.id,
            email=user.email,
            username=user.username,
            role=Role(user.role),
            is_active=user.is_active,
            plan=PlanTier(user.plan),
            external_platform_id=user.external_platform_id,
            external_store_id=user.external_store_id,
            stripe_customer_id=user.stripe_customer_id,
            created_at=user.created_at,
            updated_at=user.updated_at,
        )


class UserList(Listing[UserView], frozen=True, kw_only=True):
    """A page of accounts."""


class Users:
    """Accounts."""

    def __init__(self, users: UserService) -> None:
        self._users = users

    @operation(access=Access.ADMIN, status=201, raises=[EmailTaken, UsernameTaken])
    async def on_post(self, req: Request, body: OpenAccount) -> UserView:
        """Open an account for somebody."""
        new = NewUser(body.email, body.password, body.username, body.role)
        return UserView.of(await self._users.register(new))

    @operation(access=Access.ADMIN)
    async def on_get(self, req: Request, query: Paging) -> UserList:
        """List accounts, oldest first."""
        return UserList.of(await self._users.page(query.part), UserView.of)

    @operation(raises=[UserNotFound])
    async def on_get_user(self, req: Request, user_id: str) -> UserView:
        """Show one's own account, or any to an administrator."""
        return UserView.of(await self._users.get(req.caller, user_id))

    @operation(access=Access.ADMIN, raises=[UserNotFound, LastAdmin])
    async def on_patch_user(self, req: Request, user_id: str, body: ChangeAccount) -> UserView:
        """Change a role, or deactivate an account: its tokens stop working at once."""
        return UserView.of(
            await self._users.change(user_id, role=body.role, is_active=body.is_active)
        )

    @operation(status=204, raises=[UserNotFound, UserHasOrders, UserHasSubscription, LastAdmin])
    async def on_delete_user(self, req: Request, user_id: str) -> None:
        """Delete one's own account, or any as an administrator; with orders or a plan it stays."""
        await self._users.delete(req.caller, user_id)
