"""Subscribers, and the portal in which they look after their subscription."""

import re
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlencode, urlsplit

from falcon.testing import Result

from app.chores import SWEEP
from app.workflows import workflows
from common.clock import utc_now
from support.client import PASSWORD, Client
from support.worker import _step, carry_out

type Json = dict[str, Any]

BILLING = "/api/v1/billing"
CHECKOUT, CURRENT, OVERVIEW = f"{BILLING}/checkout", f"{BILLING}/current", f"{BILLING}/overview"
PORTAL, USAGE = f"{BILLING}/portal", "/api/v1/usage"
BACK = "https://shop.example/account"
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def subscribe(client: Client, plan: str = "pro", **how: Any) -> Json:
    """Take a plan, and return how the subscription stands."""
    answer = client.post(CHECKOUT, {"plan": plan} | how)
    assert answer.status_code == 201, answer.json
    return current(client)


def current(client: Client) -> Json:
    """Show the subscription that there is."""
    shown: Json = client.get(CURRENT).json
    return shown


def plan_of(client: Client) -> str:
    """Tell which plan the account is on."""
    return str(client.get("/api/v1/auth/me").json["plan"])


def back(client: Client) -> Client:
    """Log somebody in again, long after their token was good."""
    login = {"username": client.email, "password": PASSWORD}
    token = client.post("/login", login).json["access_token"]
    return client.bearing(token, client.user_id, client.email)


def sweep(client: Client) -> None:
    """Have the shop notice that time has passed, and hear all that has come of it."""
    shop = client.shop
    client._run(workflows(shop, _step)[SWEEP](utc_now(), None))
    client._run(carry_out(shop))


@dataclass(frozen=True)
class PortalPage:
    """The stand-in's billing portal. Whoever is in front of it is not logged in there."""

    client: Client
    path: str

    @classmethod
    def opened(cls, client: Client) -> Self:
        answer = client.post(PORTAL, {"return_url": BACK})
        assert answer.status_code == 200, answer.json
        return cls(client, urlsplit(answer.json["portal_url"]).path)

    def look(self) -> Result:
        return self.client.get(self.path)

    def press(self, button: str, **fields: str) -> Result:
        """Send one of the page's forms, and have the shop hear of it."""
        sent = self.send({"token": self.token(), "button": button} | fields)
        self.client._run(carry_out(self.client.shop))
        return sent

    def send(self, form: dict[str, str]) -> Result:
        return self.client.send("POST", self.path, headers=_FORM, body=urlencode(form))

    def token(self) -> str:
        """Read what only the page's own forms know; nothing, where there are none."""
        found = re.search(r'name="token" value="(\w+)"', self.look().text)
        return found[1] if found else ""

    def buttons(self) -> list[str]:
        return re.findall(r'<button[^>]* value="(\w+)"', self.look().text)
