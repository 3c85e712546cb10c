"""Telling the shop what happened, as Stripe does: signed, through its public door."""

import hashlib
import hmac
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from common.clock import utc_now
from domain.database import Database
from domain.workflow import TryAgain
from infrastructure.databases.transaction import SqlTransaction

WEBHOOK = "/api/v1/webhooks/stripe"
_PATIENCE = 30.0  # seconds

type AsgiApp = Callable[[Any, Any, Any], Awaitable[None]]


class EventNotTaken(TryAgain):
    """The shop did not take an event. It has to be sent again."""


class StandInEvents:
    """Delivers what is written in the books.

    There is no network in between: the request goes straight into the shop's own application,
    in whichever process the delivery is carried out.
    """

    def __init__(self, database: Database[SqlTransaction], secret: str) -> None:
        self._database = database
        self._secret = secret
        self._app: AsgiApp | None = None

    def connect(self, app: AsgiApp) -> None:
        """Say where events go, once that is built."""
        self._app = app

    async def deliver(self, event_id: str) -> None:
        """Post an event; raises ``EventNotTaken`` unless the shop says that it has it."""
        import httpx2  # takes time to load, and is needed only where events are delivered

        if self._app is None:
            raise EventNotTaken("there is no application yet that takes events")
        event = await self._database.read(lambda tx: tx.stand_in_objects.get(event_id))
        if event is None:
            raise EventNotTaken(f"there is no event {event_id}")
        payload = msgspec.json.encode(event.body)
        headers = {
            "Content-Type": "application/json",
            "Stripe-Signature": signature(payload, self._secret, int(utc_now().timestamp())),
        }
        async with httpx2.AsyncClient(
            transport=httpx2.ASGITransport(app=self._app),
            base_url="http://stand-in",
            timeout=_PATIENCE,
        ) as client:
            answer = await client.post(WEBHOOK, content=payload, headers=headers)
        if not answer.is_success:
            raise EventNotTaken(f"{event_id} was answered {answer.status_code}: {answer.text}")


def signature(payload: bytes, secret: str, seconds: int) -> str:
    """Sign a payload the way Stripe does, without its SDK, which is slow to load."""
    signed = b"%d.%b" % (seconds, payload)
    return f"t={seconds},v1={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}"
