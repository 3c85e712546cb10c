import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from app.container import Container
from app.resources.product_inputs import AddProduct
from domain.catalog.errors import SkuTaken
from domain.identity.caller import Role
from domain.identity.errors import EmailTaken, InvalidCredentials
from domain.identity.users import NewUser

_CATALOGUE = Path(__file__).with_name("products.json")
_ADMIN = "admin@peregrine.example"
_SHOPPER = "shopper@peregrine.example"


@dataclass(frozen=True, slots=True)
class Login:
    role: Role
    email: str
    password: str


@dataclass(frozen=True, slots=True)
class Welcome:
    """What somebody who has just started the demo wants to know."""

    logins: list[Login]
    product_id: str

    def text(self, url: str) -> str:
        shopper = next(login for login in self.logins if login.role is Role.USER)
        logins = "\n".join(f"{each.role} {each.email} {each.password}" for each in self.logins)
        json_header = "-H 'Content-Type: application/json'"
        return f"""
Peregrine is open.

API        {url}
Docs       {url}/docs
Dashboard  {url}/dashboard

{logins}

Buy something:

TOKEN=$(curl -s {url}/login {json_header} \\
  -d '{{"username": "{shopper.email}", "password": "{shopper.password}"}}' \\
  | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')
curl -sw '\\n' {url}/cart/add {json_header} -H "Authorization: Bearer $TOKEN" \\
  -d '{{"product_id": "{self.product_id}"}}'
curl -sw '\\n' {url}/checkout {json_header} -H "Authorization: Bearer $TOKEN" \\
  -H "Idempotency-Key: $(date +%s)" -d '{{}}'
"""


async def load_demo(shop: Container) -> Welcome:
    """Fill a shop with the demo catalogue and two accounts; what is there already stays."""
    entries: list[dict[str, Any]] = json.loads(_CATALOGUE.read_text(encoding="utf-8"))
    with typer.progressbar(entries, label="Stocking the shelves") as progress:
        for entry in progress:
            try:
                await shop.catalog.add(
                    AddProduct.model_validate(entry).product(shop.settings.default_currency)
                )
            except SkuTaken:
                continue
    logins = [await _login(shop, Role.ADMIN, _ADMIN), await _login(shop, Role.USER, _SHOPPER)]
    return Welcome(logins, await shop.catalog.id_of_sku(entries[0]["sku"]))


async def _login(shop: Container, role: Role, email: str) -> Login:
    """Make sure of an account whose password follows from the shop's own secret.

    It is the same at every start, and another one in every shop.
    """
    digest = hmac.new(shop.settings.secret().encode(), email.encode(), hashlib.sha256).digest()
    password = base64.b32encode(digest)[:16].decode().lower()
    try:
        await shop.users.register(NewUser(email, password, role=role))
    except EmailTaken:
        try:
            await shop.sessions.log_in_once(email, password)
        except InvalidCredentials:  # the shop has had another secret since
            await shop.users.set_password(email, password)
    return Login(role, email, password)
