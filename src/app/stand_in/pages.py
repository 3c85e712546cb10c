from urllib.parse import urlencode

import falcon

from app.forms import form_of
from app.http import App, Request, Response
from app.stand_in.rendering import page_of, policy_of
from infrastructure.payments.stand_in.counter import Button, Cashier, Counter

_CHECKOUT = "/stand-in/checkout"
_EMBEDDED = "/stand-in/embedded"


def add_pages(app: App, cashier: Cashier) -> None:
    """Have the application serve the stand-in's payment page."""
    app.add_route(f"{_CHECKOUT}/{{session_id}}", CheckoutPage(cashier))
    app.add_route(_EMBEDDED, EmbeddedPage(cashier))


class CheckoutPage:
    """Asks the shopper for the money of a session, on a page of its own."""

    def __init__(self, cashier: Cashier) -> None:
        self._cashier = cashier

    async def on_get(self, req: Request, resp: Response, session_id: str) -> None:
        _show(resp, await self._cashier.counter(session_id))

    async def on_post(self, req: Request, resp: Response, session_id: str) -> None:
        form = form_of(await req.body())
        token, pressed = (form.get(name, "") for name in ("token", "button"))
        button = Button(pressed) if pressed in Button else None
        counter = await self._cashier.press(session_id, token, button) if button else None
        if counter and button:
            _lead_on(resp, counter, button)
        else:
            _show(resp, None)


class EmbeddedPage:
    """The same page, for the shop's own to hold in a frame."""

    def __init__(self, cashier: Cashier) -> None:
        self._cashier = cashier

    async def on_get(self, req: Request, resp: Response) -> None:
        secret = req.get_param("client_secret", default="")
        _show(resp, await self._cashier.embedded_counter(secret))


def _show(resp: Response, counter: Counter | None) -> None:
    resp.status = falcon.HTTP_200 if counter else falcon.HTTP_404
    resp.content_type = falcon.MEDIA_HTML
    resp.set_header("Content-Security-Policy", policy_of(counter))
    resp.text = page_of(counter)


def _lead_on(resp: Response, counter: Counter, button: Button) -> None:
    """Send the shopper where the button leads: to the shop, or back to the page."""
    where = _address_of(counter)
    if button is Button.PAY and counter.status == "complete":
        where = counter.success_url
    elif button is Button.CANCEL and counter.cancel_url:
        where = counter.cancel_url
    resp.status = falcon.HTTP_303
    resp.set_header("Location", where)


def _address_of(counter: Counter) -> str:
    if counter.embedded:
        return f"{_EMBEDDED}?{urlencode({'client_secret': counter.client_secret})}"
    return f"{_CHECKOUT}/{counter.session_id}"
