"""What outgoing webhooks need of the database and of the world."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from common.pagination import Page, PageRequest
from domain.webhook_endpoint.models import Delivery, DeliveryStatus, PlatformEvent, WebhookEndpoint
from domain.workflow import WorkflowQueue


class Sent(NamedTuple):
    """A delivery with what it delivers."""

    delivery: Delivery
    event: PlatformEvent


class WebhookEndpointRepository(Protocol):
    """Where endpoints are kept."""

    def add(self, endpoint: WebhookEndpoint) -> None: ...

    async def get(self, endpoint_id: str, *, lock: bool = False) -> WebhookEndpoint | None: ...

    async def page(self, request: PageRequest) -> Page[WebhookEndpoint]:
        """List endpoints, the latest first."""

    async def count(self) -> int: ...

    async def delete(self, endpoint: WebhookEndpoint) -> None:
        """Delete an endpoint with its deliveries."""


class PlatformEventRepository(Protocol):
    """Where events are kept that somebody wanted to know of."""

    async def keep(self, event: PlatformEvent, deliveries: Sequence[Delivery]) -> None:
        """Keep an event that is to be delivered."""

    async def get(self, event_id: str) -> PlatformEvent | None: ...

    async def forget(self, before: datetime, limit: int) -> int:
        """Delete so many old events with their deliveries; tell how many."""


class DeliveryRepository(Protocol):
    """Where deliveries are kept."""

    async def get(self, delivery_id: str, *, lock: bool = False) -> Delivery | None: ...

    async def page(
        self, endpoint_id: str, status: DeliveryStatus | None, request: PageRequest
    ) -> Page[Sent]:
        """List the deliveries to an endpoint, the latest first."""


class WebhookEndpointTransaction(Protocol):
    @property
    def webhook_endpoints(self) -> WebhookEndpointRepository: ...

    @property
    def platform_events(self) -> PlatformEventRepository: ...

    @property
    def deliveries(self) -> DeliveryRepository: ...

    @property
    def workflows(self) -> WorkflowQueue: ...


class Sealer(Protocol):
    """Keeps secrets secret at rest."""

    def seal(self, plain: bytes) -> bytes: ...


class Addresses(Protocol):
    """Knows what may be called on behalf of others."""

    def refused_host(self, url: str) -> str | None:
        """Return the host of a URL that is literally an address not to be called."""


class Answered(NamedTuple):
    """What a receiver said."""

    status: int
    wait: timedelta = timedelta()
    """For how long it wants to be left alone."""


class Undelivered(Exception):
    """No answer came, for the reason that the message gives."""


class Courier(Protocol):
    """Carries an event to a URL."""

    async def deliver(
        self, event: PlatformEvent, url: str, sealed_secrets: Sequence[str], now: datetime
    ) -> Answered:
        """Sign and send; raises ``Undelivered``."""
