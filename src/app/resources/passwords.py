from typing import Annotated

from pydantic import AliasChoices, Field

from app.http import Request
from app.operation import operation
from app.resources.sessions import Secret, TokenPairView
from app.resources.users import Email, Password
from app.schema import Input, View
from domain.identity.caller import Access
from domain.identity.errors import InvalidCredentials, InvalidResetToken
from domain.identity.resets import PasswordResetService
from domain.identity.sessions import SessionService
from domain.limits import Category

_ON_ITS_WAY = (
    "If there is an active account with this address, a link to set another password is on its "
    "way. It works for 30 minutes."
)
_CHANGED = "The password is changed, and every session has ended. Log in with it."


class ForgetPassword(Input):
    email: Email


class RedeemReset(Input):
    token: Annotated[Secret, Field(description="What follows `token=` in the mailed link.")]
    password: Annotated[
        Password,
        Field(
            validation_alias=AliasChoices("password", "new_password"),
            description="May be called `new_password` too.",
        ),
    ]


class ChangePassword(Input):
    current_password: Secret
    new_password: Password


class MessageView(View, frozen=True, kw_only=True):
    message: str


class Passwords:
    """Other passwords, for those who know theirs and for those who have forgotten it."""

    def __init__(self, resets: PasswordResetService, sessions: SessionService) -> None:
        self._resets = resets
        self._sessions = sessions

    @operation(access=Access.ANYONE, limit=Category.LOGIN)
    async def on_post_forgotten(self, req: Request, body: ForgetPassword) -> MessageView:
        """Have a link mailed that sets another password.

        The answer is the same whether there is such an account or not. An account gets one mail
        a minute at most.
        """
        await self._resets.ask(body.email)
        return MessageView(message=_ON_ITS_WAY)

    @operation(access=Access.ANYONE, limit=Category.LOGIN, raises=[InvalidResetToken])
    async def on_post_reset(self, req: Request, body: RedeemReset) -> MessageView:
        """Set another password by a mailed link, once; every session of the user ends."""
        await self._resets.redeem(body.token, body.password)
        return MessageView(message=_CHANGED)

    @operation(access=Access.LOGIN, limit=Category.LOGIN, raises=[InvalidCredentials], secret=True)
    async def on_post_change(self, req: Request, body: ChangePassword) -> TokenPairView:
        """Trade one's password for another; every session ends, and one begins."""
        return TokenPairView.of(
            await self._sessions.change_password(
                req.caller, body.current_password, body.new_password
            )
        )
