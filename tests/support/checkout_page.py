"""A shopper in front of the stand-in's payment page."""

import re
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlencode, urlsplit

from falcon.testing import Result

from support.client import Client
from support.shopping import fill

SUCCESS = "https://shop.example/thanks?session={CHECKOUT_SESSION_ID}"
CANCEL = "https://shop.example/cart"
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True)
class CheckoutPage:
    """The page of one session. The shopper in front of it is not logged in there."""

    shopper: Client
    session_id: str
    path: str

    @classmethod
    def opened(
        cls, shopper: Client, product: dict[str, Any], quantity: int = 1, **how: Any
    ) -> Self:
        """Fill the cart, and open a session for it."""
        fill(shopper, product, quantity)
        told = {"mode": "redirect", "success_url": SUCCESS, "cancel_url": CANCEL} | how
        asked = {name: value for name, value in told.items() if value is not None}
        session = shopper.post("/api/v1/checkout/session", asked)
        assert session.status_code == 201, session.json
        if secret := session.json["client_secret"]:
            path = f"/stand-in/embedded?client_secret={secret}"
        else:
            path = urlsplit(session.json["url"]).path
        return cls(shopper, session.json["session_id"], path)

    def look(self) -> Result:
        return self.shopper.get(self.path)

    def press(self, button: str) -> Result:
        """Send the page's form by one of its buttons."""
        return self.send({"token": self.token(), "button": button})

    def send(self, form: dict[str, str]) -> Result:
        path = f"/stand-in/checkout/{self.session_id}"
        return self.shopper.send("POST", path, headers=_FORM, body=urlencode(form))

    def token(self) -> str:
        """Read what only the page's own form knows; nothing, where there is no form."""
        found = re.search(r'name="token" value="(\w+)"', self.look().text)
        return found[1] if found else ""

    def buttons(self) -> list[str]:
        return re.findall(r'<button[^>]* value="(\w+)"', self.look().text)

    @property
    def status(self) -> str:
        """How the shop says that the session stands."""
        return self.shopper.get(f"/api/v1/checkout/session/{self.session_id}").json["status"]
