"""What a payment provider tells us of its own accord."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from domain.billing.gateway import SubscriptionFact
from domain.payment.gateway import Charge


@dataclass(frozen=True, slots=True)
class Event:
    """A message from the provider, whose signature was good."""

    id: str
    type: str
    created_at: datetime
    payload: Mapping[str, Any]
    """The whole of it, as it came."""


@dataclass(frozen=True, slots=True)
class PaymentEnded:
    """A payment succeeded, or will never succeed any more."""

    reference: str
    """The session or intent."""
    key: str | None
    """Our own payment's id, where the provider was told it."""
    charge: Charge
    amount: int | None
    """What was taken, in minor units, as far as the provider says."""


@dataclass(frozen=True, slots=True)
class PaymentDeclined:
    """A card was declined; the shopper may try another one as long as the payment is open."""

    reference: str
    key: str | None
    code: str


@dataclass(frozen=True, slots=True)
class MoneyReturned:
    """Money of a charge was given back: ``total`` is all that was so far, in minor units."""

    charge: str
    total: int
    key: str | None = None
    """Our own payment's id, where the provider was told it."""


@dataclass(frozen=True, slots=True)
class ToldElsewhere:
    """There is nothing to do, as another message says the same, and more."""

    note: str


type Fact = PaymentEnded | PaymentDeclined | MoneyReturned | SubscriptionFact | ToldElsewhere


class EventReader(Protocol):
    """Understands the provider's messages."""

    def read(self, payload: bytes, signature: str | None) -> Event:
        """Check the signature on the raw bytes; raises ``WebhookVerificationFailed``."""

    def fact(self, event: Event) -> Fact | None:
        """Tell what a message means to us; nothing, for all the kinds we have no use for."""
