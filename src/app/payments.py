"""Who the shop is paid through: Stripe, or the stand-in where no key for Stripe is set."""

import hashlib
import hmac
from dataclasses import dataclass

from app.plans import plans_of
from app.settings import Settings
from common.clock import Clock
from common.logging import log
from domain.billing.gateway import SubscriptionGateway
from domain.payment.gateway import PaymentGateway
from infrastructure.databases.db import SqlDatabase
from infrastructure.payments.events import StripeEvents
from infrastructure.payments.stand_in import StandInGateway
from infrastructure.payments.stand_in.counter import Cashier
from infrastructure.payments.stand_in.events import StandInEvents
from infrastructure.payments.stand_in.portal import PortalDesk
from infrastructure.payments.stand_in.subscriptions import StandInSubscriptions
from infrastructure.payments.stripe_connection import StripeConnection
from infrastructure.payments.stripe_gateway import StripeGateway
from infrastructure.payments.stripe_subscriptions import StripeSubscriptions


@dataclass(frozen=True, slots=True)
class StandIn:
    """The doors of the provider that ships."""

    cashier: Cashier
    subscriptions: StandInSubscriptions
    portal: PortalDesk
    events: StandInEvents


@dataclass(frozen=True, slots=True)
class Payments:
    gateway: PaymentGateway
    subscriptions: SubscriptionGateway
    reader: StripeEvents
    stripe: StripeConnection | None
    stand_in: StandIn | None


def payments(
    settings: Settings,
    secret: str,
    database: SqlDatabase,
    clock: Clock,
    gateway: PaymentGateway | None,
) -> Payments:
    """Choose by the settings; ``gateway`` goes before them."""
    secrets = settings.webhook_secrets or [_secret_of_our_own(secret)]
    reader = StripeEvents(*secrets)
    plans = plans_of(settings)
    if key := settings.stripe_secret_key.get_secret_value():
        if not settings.webhook_secrets:
            log.warning("STRIPE_WEBHOOK_SECRET is not set: every webhook of Stripe's is refused")
        stripe = StripeConnection(key)
        through = StripeGateway(stripe, settings.stripe_publishable_key)
        return Payments(gateway or through, StripeSubscriptions(stripe), reader, stripe, None)
    stand_in = StandIn(
        Cashier(database, clock),
        StandInSubscriptions(database, plans, clock),
        PortalDesk(database, plans, clock),
        StandInEvents(database, secrets[0]),
    )
    return Payments(
        gateway or StandInGateway(database, clock), stand_in.subscriptions, reader, None, stand_in
    )


def _secret_of_our_own(secret: str) -> str:
    """Make the secret that the stand-in signs with, where none is set: the same everywhere."""
    return hmac.new(secret.encode(), b"webhooks of the stand-in", hashlib.sha256).hexdigest()
