import falcon

from app.http import App, Request, Response
from app.pages.rendering import page_of, policy
from app.resources.billing import RETURN_PAGE


def add_pages(app: App, shop: str) -> None:
    """Have the application serve the page that the payment provider leads back to."""
    app.add_route(RETURN_PAGE, BillingReturnPage(shop))


class BillingReturnPage:
    """Where people end up whose checkout or portal was opened without a way back."""

    def __init__(self, shop: str) -> None:
        self._shop = shop

    async def on_get(self, req: Request, resp: Response) -> None:
        resp.content_type = falcon.MEDIA_HTML
        resp.set_header("Content-Security-Policy", policy())
        resp.text = page_of("billing_return.html", shop=self._shop)
