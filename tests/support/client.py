from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import jsonschema_rs
from falcon.testing import ASGIConductor, Result

from app.container import Container
from app.errors import PROBLEM
from app.http import App
from app.openapi import describe
from app.routes import routes
from domain.identity.caller import Role
from domain.identity.models import User
from domain.identity.sessions import LOGIN_LIFETIME
from infrastructure.databases.transaction import SqlTransaction

PASSWORD = "correct horse battery staple"

_numbers = count(1)
_hashes: list[str] = []


_descriptions: dict[bool, dict[str, Any]] = {}


def _description(shop: Container) -> dict[str, Any]:
    """Describe the API once for all tests: shops differ in who may read their metrics."""
    kind = shop.settings.metrics_public
    if kind not in _descriptions:
        _descriptions[kind] = describe(routes(shop))
    return _descriptions[kind]


class Client:
    """Speaks JSON to the app, as a guest or as somebody.

    It holds the API to its word: an answer with a status, an error code or a shape that the
    description does not have is a bug.
    """

    def __init__(
        self,
        run: Callable[..., Any],
        conductor: ASGIConductor,
        shop: Container,
        document: dict[str, Any],
        headers: dict[str, str] | None = None,
        user_id: str = "",
        email: str = "",
    ) -> None:
        self._run, self._conductor, self.shop = run, conductor, shop
        self._document = document
        self._headers = headers or {}
        self.user_id, self.email = user_id, email

    @classmethod
    @contextmanager
    def of(cls, run: Callable[..., Any], app: App, shop: Container) -> Iterator["Client"]:
        conductor = ASGIConductor(app)
        run(conductor.__aenter__())
        try:
            yield cls(run, conductor, shop, _description(shop))
        finally:
            run(conductor.__aexit__(None, None, None))

    def as_admin(self) -> "Client":
        return self._as_somebody(Role.ADMIN)

    def as_shopper(self) -> "Client":
        return self._as_somebody(Role.USER)

    def _as_somebody(self, role: Role) -> "Client":
        """Be a user with a token as ``POST /login`` gives it, without the slow hashing twice."""
        if not _hashes:
            _hashes.append(self._run(self.shop.passwords.hash(PASSWORD)))
        email = f"{role.lower()}{next(_numbers)}@example.com"

        async def unit(tx: SqlTransaction) -> User:
            user = User(email=email, password_hash=_hashes[0], role=role)
            tx.users.add(user)
            return user

        user = self._run(self.shop.database.write(unit))
        token = self.shop.sessions._session(user, LOGIN_LIFETIME).access_token
        return self.bearing(token, user.id, email)

    def bearing(self, token: str, user_id: str = "", email: str = "") -> "Client":
        headers = {"Authorization": f"Bearer {token}"}
        return Client(
            self._run, self._conductor, self.shop, self._document, headers, user_id, email
        )

    def get(self, path: str, **headers: str) -> Result:
        return self.send("GET", path, headers=headers)

    def post(self, path: str, json: object = None, **headers: str) -> Result:
        return self.send("POST", path, json=json, headers=headers)

    def patch(self, path: str, json: object = None, **headers: str) -> Result:
        return self.send("PATCH", path, json=json, headers=headers)

    def delete(self, path: str, **headers: str) -> Result:
        return self.send("DELETE", path, headers=headers)

    def send(self, verb: str, path: str, **request: Any) -> Result:
        """Send anything; header names may be written with underscores."""
        given = {name.replace("_", "-"): text for name, text in request.pop("headers", {}).items()}
        path, _, query = path.partition("?")
        result = self._run(
            self._conductor.simulate_request(
                verb, path, query_string=query, headers=self._headers | given, **request
            )
        )
        self._hold_to_word(verb, path, result)
        return result

    def product(self, **fields: Any) -> dict[str, Any]:
        """Put a product on the shelves, through the door an administrator uses."""
        sold = {"title": f"Thing {next(_numbers)}", "price_cents": 1000, "stock": 10} | fields
        result = self.post("/admin/products", sold)
        assert result.status_code == 201, result.json
        return result.json

    def stock_of(self, product: dict[str, Any]) -> int:
        return self.get(f"/products/{product['id']}").json["stock"]

    def _hold_to_word(self, verb: str, path: str, result: Result) -> None:
        described = self._described(verb, path)
        if described is None or result.status_code == 405:
            return
        responses = described["responses"]
        status = str(result.status_code)
        assert status in responses, (
            f"{verb} {path} answered an undocumented {status}: {result.text}"
        )
        response = responses[status]
        if result.headers.get("content-type") == PROBLEM:
            code = result.json["error"]
            assert f"`{code}`" in response["description"], f"undocumented {code} of {verb} {path}"
        for media, content in response.get("content", {}).items():
            if not media.endswith("json"):
                continue
            schema = content["schema"] | {"components": self._document["components"]}
            jsonschema_rs.validator_for(schema).validate(result.json)

    def _described(self, verb: str, path: str) -> dict[str, Any] | None:
        """Find what is said of an endpoint; a literal segment goes before a parameter."""
        segments = path.strip("/").split("/")
        for template in sorted(self._document["paths"], key=lambda each: each.count("{")):
            parts = template.strip("/").split("/")
            if len(parts) == len(segments) and all(
                part == segment or part.startswith("{")
                for part, segment in zip(parts, segments, strict=True)
            ):
                return self._document["paths"][template].get(verb.lower())
        return None
