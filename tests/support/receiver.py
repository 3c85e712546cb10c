"""Another system that is told of events, on loopback."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from standardwebhooks import Webhook

from app.settings import Settings
from infrastructure.reachable import Allowed
from support.client import Client
from support.loopback import Answer, Asked, Loopback

type Json = dict[str, Any]

ENDPOINTS = "/admin/webhook-endpoints"


class Receiver(Loopback):
    """Takes everything in, and answers what it was told to answer, or that all is well."""

    def __init__(self) -> None:
        super().__init__(self._answer)
        self.got: list[Asked] = []
        self.answers: list[Answer] = []

    async def _answer(self, asked: Asked) -> Answer:
        self.got.append(asked)
        return self.answers.pop(0) if self.answers else Answer(204)

    def fails(self, *statuses: int, **headers: str) -> None:
        """Answer so before all is well again."""
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        self.answers += [Answer(status, headers=named) for status in statuses]

    @property
    def told(self) -> list[Json]:
        return [json.loads(asked.body) for asked in self.got]

    @property
    def types(self) -> list[str]:
        return [each["type"] for each in self.told]

    @contextmanager
    def opened(self, run: Any) -> Iterator["Receiver"]:
        run(self.open())
        try:
            yield self
        finally:
            run(self.close())


def allowing(settings: Settings, *hosts: str) -> Settings:
    """Let a shop call these, although they are private."""
    return settings.model_copy(update={"outbound_allow": Allowed.of(hosts)})


def signed_by(asked: Asked, secret: str) -> bool:
    """Tell whether a request carries a signature by this secret, at whatever time."""
    sent_at = datetime.fromtimestamp(int(asked.headers["webhook-timestamp"]), UTC)
    expected = Webhook(secret).sign(asked.headers["webhook-id"], sent_at, asked.body.decode())
    return expected in asked.headers["webhook-signature"].split(" ")


def listen(admin: Client, url: str, *event_types: str) -> Json:
    """Have an address told of events, of orders unless others are named."""
    wanted = {"url": url, "event_types": list(event_types) or ["order.*"]}
    added = admin.post(ENDPOINTS, wanted)
    assert added.status_code == 201, added.json
    return added.json


def deliveries(admin: Client, endpoint: Json, query: str = "") -> list[Json]:
    """List what was sent to an endpoint, the latest first."""
    listed = admin.get(f"{ENDPOINTS}/{endpoint['id']}/deliveries{query}")
    assert listed.status_code == 200, listed.json
    return listed.json["items"]


def look(admin: Client, delivery: Json) -> Json:
    """See how a delivery stands."""
    shown = admin.get(f"/admin/deliveries/{delivery['id']}")
    assert shown.status_code == 200, shown.json
    return shown.json
