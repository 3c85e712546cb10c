import falcon

from app.forms import form_of
from app.http import App, Request, Response
from app.stand_in.rendering import portal_page_of, portal_policy
from infrastructure.payments.stand_in.portal import Lever, Portal, PortalDesk
from infrastructure.payments.stand_in.subscriptions import PORTAL


def add_portal(app: App, desk: PortalDesk) -> None:
    """Have the application serve the stand-in's billing portal."""
    app.add_route(f"{PORTAL}/{{name}}", PortalPage(desk))


class PortalPage:
    """Shows a subscription to whom it belongs, with a button for all that can become of it."""

    def __init__(self, desk: PortalDesk) -> None:
        self._desk = desk

    async def on_get(self, req: Request, resp: Response, name: str) -> None:
        _show(resp, await self._desk.look(name))

    async def on_post(self, req: Request, resp: Response, name: str) -> None:
        form = form_of(await req.body())
        token, pressed, price = (form.get(field, "") for field in ("token", "button", "price"))
        lever = Lever(pressed) if pressed in Lever else None
        portal = await self._desk.pull(name, token, lever, price) if lever else None
        if portal:
            resp.status = falcon.HTTP_303
            resp.set_header("Location", f"{PORTAL}/{portal.name}")
        else:
            _show(resp, None)


def _show(resp: Response, portal: Portal | None) -> None:
    resp.status = falcon.HTTP_200 if portal else falcon.HTTP_404
    resp.content_type = falcon.MEDIA_HTML
    resp.set_header("Content-Security-Policy", portal_policy())
    resp.text = portal_page_of(portal)
