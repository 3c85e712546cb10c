from typing import Annotated, Final, Literal, Self

from pydantic import Field

from app.http import Request
from app.operation import operation
from app.resources.cart_inputs import SessionId
from app.resources.users import Email, Password, Username, UserView
from app.schema import Input, Text, View
from common.logging import log
from domain.cart.service import CartService
from domain.identity.caller import Access
from domain.identity.errors import (
    EmailTaken,
    InvalidCredentials,
    InvalidRefreshToken,
    UsernameTaken,
)
from domain.identity.sessions import Session, SessionService
from domain.identity.users import NewUser, UserService
from domain.limits import Category

_SCHEME: Final = "bearer"

Secret = Annotated[Text, Field(min_length=1, max_length=1024)]


class WithCart(Input):
    """Whoever filled a cart as a guest may name its session, and finds it in their own cart."""

    session_id: SessionId | None = None


class SignUp(WithCart):
    email: Email
    password: Password
    username: Username | None = None


class LogInByName(WithCart):
    username: Annotated[Secret, Field(max_length=254, description="Username or e-mail address.")]
    password: Secret


class LogIn(WithCart):
    email: Annotated[Secret, Field(max_length=254)]
    password: Secret


class UseRefreshToken(Input):
    refresh_token: Secret


class TokenView(View, frozen=True, kw_only=True):
    """What to go on with: send the access token as ``Authorization: Bearer``."""

    access_token: str
    token_type: Literal["bearer"] = _SCHEME
    expires_in: int
    user: UserView

    @classmethod
    def of(cls, session: Session) -> Self:
        return cls(
            access_token=session.access_token,
            expires_in=session.expires_in,
            user=UserView.of(session.user),
        )


class TokenPairView(TokenView, frozen=True, kw_only=True):
    """An access token for a while, and a refresh token to trade for the next pair, once."""

    refresh_token: str

    @classmethod
    def of(cls, session: Session) -> Self:
        if session.refresh_token is None:
            raise RuntimeError("this session was begun without a refresh token")
        return cls(
            access_token=session.access_token,
            refresh_token=session.refresh_token,
            expires_in=session.expires_in,
            user=UserView.of(session.user),
        )


class Sessions:
    """Signing up, logging in and out."""

    def __init__(self, users: UserService, sessions: SessionService, carts: CartService) -> None:
        self._users = users
        self._sessions = sessions
        self._carts = carts

    @operation(access=Access.ANYONE, limit=Category.LOGIN, raises=[InvalidCredentials], secret=True)
    async def on_post(self, req: Request, body: LogInByName) -> TokenView:
        """Trade a name and password for a token that lasts four hours."""
        session = await self._sessions.log_in_once(body.username, body.password)
        await self._bring_cart(session, body)
        return TokenView.of(session)

    @operation(
        access=Access.ANYONE,
        status=201,
        raises=[EmailTaken, UsernameTaken],
        secret=True,
    )
    async def on_post_signup(self, req: Request, body: SignUp) -> TokenPairView:
        """Open an account, and log in to it."""
        user = await self._users.register(NewUser(body.email, body.password, body.username))
        session = await self._sessions.start(user)
        await self._bring_cart(session, body)
        return TokenPairView.of(session)

    @operation(access=Access.ANYONE, limit=Category.LOGIN, raises=[InvalidCredentials], secret=True)
    async def on_post_login(self, req: Request, body: LogIn) -> TokenPairView:
        """Trade an e-mail address and password for a pair of tokens."""
        session = await self._sessions.log_in(body.email, body.password)
        await self._bring_cart(session, body)
        return TokenPairView.of(session)

    @operation(access=Access.ANYONE, raises=[InvalidRefreshToken], secret=True)
    async def on_post_refresh(self, req: Request, body: UseRefreshToken) -> TokenPairView:
        """Trade a refresh token for the next pair. Using one twice revokes all of its family."""
        return TokenPairView.of(await self._sessions.refresh(body.refresh_token))

    @operation(access=Access.ANYONE, status=204)
    async def on_post_logout(self, req: Request, body: UseRefreshToken) -> None:
        """Revoke a refresh token and its family."""
        await self._sessions.log_out(body.refresh_token)

    async def _bring_cart(self, session: Session, body: WithCart) -> None:
        """Let the guest's cart join the user's. No login fails for a cart: it can join later."""
        if body.session_id is None:
            return
        try:
            await self._carts.merge(session.user.caller, body.session_id)
        except Exception as error:
            log.opt(exception=error).error("the cart of a guest who logged in was not merged")
