"""What outgoing webhooks are made of."""

from dataclasses import dataclass

from app.settings import Settings
from common.clock import Clock
from domain.webhook_endpoint.deliveries import DeliveryService
from domain.webhook_endpoint.service import WebhookEndpointService
from infrastructure.databases.db import SqlDatabase
from infrastructure.http import Outbound
from infrastructure.jwt.sealing import Sealer
from infrastructure.webhooks import StandardWebhooks, WebhookAddresses


@dataclass(frozen=True, slots=True)
class WebhookEndpoints:
    endpoints: WebhookEndpointService
    deliveries: DeliveryService


def webhook_endpoints(
    settings: Settings, database: SqlDatabase, outbound: Outbound, sealer: Sealer, clock: Clock
) -> WebhookEndpoints:
    """Join what tells other systems of events."""
    addresses = WebhookAddresses(settings.outbound_allow)
    courier = StandardWebhooks(outbound, sealer)
    return WebhookEndpoints(
        WebhookEndpointService(database, sealer, addresses, clock),
        DeliveryService(database, courier, clock),
    )
