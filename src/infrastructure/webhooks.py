"""Outgoing webhooks, as Standard Webhooks has them (https://www.standardwebhooks.com)."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

import httpx2
import msgspec
from joserfc.errors import JoseError
from standardwebhooks import Webhook

from domain.webhook_endpoint.models import PlatformEvent
from domain.webhook_endpoint.ports import Answered, Undelivered
from infrastructure.http import Outbound, OutboundError
from infrastructure.reachable import Allowed, literal_address

_SECONDS = re.compile(r"[0-9]{1,9}")
_ENCODER = msgspec.json.Encoder(decimal_format="number")


class Unsealer(Protocol):
    def unseal(self, sealed: bytes) -> bytes: ...


class StandardWebhooks:
    """Signs events and sends them."""

    def __init__(self, outbound: Outbound, unsealer: Unsealer) -> None:
        self._outbound = outbound
        self._unsealer = unsealer

    async def deliver(
        self, event: PlatformEvent, url: str, sealed_secrets: Sequence[str], now: datetime
    ) -> Answered:
        body = envelope(event)
        signatures = [
            Webhook(self._unseal(secret)).sign(event.id, now, body.decode())
            for secret in sealed_secrets
        ]
        headers = {
            "Content-Type": "application/json",
            "webhook-id": event.id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": " ".join(signatures),
        }
        try:
            answer = await self._outbound.ask("POST", url, headers=headers, content=body, largest=0)
        except OutboundError as error:
            raise Undelivered(str(error)) from error
        wait = answer.headers.get("Retry-After", "")
        seconds = int(wait) if _SECONDS.fullmatch(wait) else 0
        return Answered(answer.status, timedelta(seconds=seconds))

    def _unseal(self, sealed: str) -> str:
        try:
            return self._unsealer.unseal(sealed.encode()).decode()
        except JoseError as error:
            raise Undelivered(
                "its secret is unreadable under this SECRET_KEY: rotate it"
            ) from error


class WebhookAddresses:
    """Knows which URLs need not even be tried."""

    def __init__(self, allowed: Allowed) -> None:
        self._allowed = allowed

    def refused_host(self, url: str) -> str | None:
        host = httpx2.URL(url).raw_host.decode("ascii")
        address = literal_address(host)
        return host if address and not self._allowed.lets(host, address) else None


def envelope(event: PlatformEvent) -> bytes:
    """Write an event as it is sent."""
    return _ENCODER.encode(
        {
            "id": event.id,
            "type": event.type,
            "timestamp": event.created_at,
            "data": event.data,
        }
    )
