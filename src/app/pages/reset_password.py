from typing import Any

import falcon
from pydantic import ValidationError

from app.forms import form_of
from app.http import App, Request, Response
from app.pages.rendering import page_of, policy
from app.resources.passwords import RedeemReset
from domain.identity.errors import InvalidResetToken
from domain.identity.resets import PasswordResetService
from domain.limits import Category

PATH = "/reset-password"

_UNFIT = "Take 8 to 256 characters."
_UNLIKE = "The two passwords are not the same."


def add_pages(app: App, resets: PasswordResetService, shop: str) -> None:
    """Have the application serve the page that mailed links lead to."""
    app.add_route(PATH, ResetPasswordPage(resets, shop))


class ResetPasswordPage:
    """Asks for another password. Looking at it uses nothing up: mail programs look too."""

    limit = Category.LOGIN

    def __init__(self, resets: PasswordResetService, shop: str) -> None:
        self._resets = resets
        self._shop = shop

    async def on_get(self, req: Request, resp: Response) -> None:
        token = req.get_param("token", default="")
        await self._ask(resp, token)

    async def on_post(self, req: Request, resp: Response) -> None:
        form = form_of(await req.body())
        token, password = form.get("token", ""), form.get("password", "")
        try:
            wish = RedeemReset.model_validate({"token": token, "password": password})
        except ValidationError:
            await self._ask(resp, token, _UNFIT)
            return
        if password != form.get("again"):
            await self._ask(resp, token, _UNLIKE)
            return
        try:
            await self._resets.redeem(wish.token, wish.password)
        except InvalidResetToken:
            self._show(resp, falcon.HTTP_400, "dead")
        else:
            self._show(resp, falcon.HTTP_200, "done")

    async def _ask(self, resp: Response, token: str, fault: str = "") -> None:
        user = await self._resets.holder(token)
        if user is None:
            self._show(resp, falcon.HTTP_400, "dead")
            return
        status = falcon.HTTP_422 if fault else falcon.HTTP_200
        self._show(resp, status, "open", token=token, email=user.email, fault=fault)

    def _show(self, resp: Response, status: str, state: str, **facts: Any) -> None:
        resp.status = status
        resp.content_type = falcon.MEDIA_HTML
        resp.set_header("Content-Security-Policy", policy())
        resp.text = page_of("reset_password.html", shop=self._shop, path=PATH, state=state, **facts)
