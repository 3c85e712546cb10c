"""What billing needs of whoever takes money month by month: Stripe, or the stand-in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.billing.models import SubscriptionStatus


@dataclass(frozen=True, slots=True)
class SubscriptionState:
    """A subscription as the provider has it at one moment."""

    reference: str
    """What the provider calls it: ``sub_…``, or ``mock_sub_…`` with the stand-in."""
    customer: str
    price_id: str
    status: SubscriptionStatus
    current_period_start: datetime | None
    """Nothing, where it is not told: then what is known of it stays."""
    current_period_end: datetime | None
    cancel_at_period_end: bool
    trial_start: datetime | None
    trial_end: datetime | None
    user_id: str | None
    """Our own user, where the provider was told when it was made."""


@dataclass(frozen=True, slots=True)
class SubscriptionChanged:
    """The provider says how a subscription stands since ``at``."""

    state: SubscriptionState
    at: datetime
    ended: bool = False
    begun: bool = False
    """Whether this is the first of it: anything else of the same moment is newer."""


@dataclass(frozen=True, slots=True)
class SubscriptionInvoiced:
    """A subscription's invoice was paid, or could not be."""

    reference: str
    """The subscription's."""
    paid: bool
    at: datetime
    state: SubscriptionState | None
    """As far as an invoice tells: what to begin with, where the subscription is not known yet."""


type SubscriptionFact = SubscriptionChanged | SubscriptionInvoiced


@dataclass(frozen=True, slots=True)
class Purchase:
    """A plan that somebody wants to subscribe to."""

    key: str
    """The idempotency key: the same again returns what was made the first time."""
    user_id: str
    customer: str
    price_id: str
    trial_days: int
    success_url: str
    cancel_url: str


@dataclass(frozen=True, slots=True)
class OpenedPurchase:
    """Where to go and subscribe."""

    session_id: str
    checkout_url: str
    subscribed: SubscriptionChanged | None = None
    """With a provider that asks nobody for money, the subscription is there already."""


class SubscriptionGateway(Protocol):
    """Raises ``PaymentsUnavailable`` when it does not answer, ``PaymentRefused`` for a no."""

    async def customer(self, key: str, email: str) -> str:
        """Make a customer, once for each key, and return what the provider calls it."""

    async def subscribe(self, purchase: Purchase) -> OpenedPurchase:
        """Open the way to a plan; raises ``AlreadySubscribed`` for one we have not heard of yet."""

    async def portal(self, customer: str, return_url: str) -> str:
        """Return the address of a page where a customer changes or cancels a subscription.

        A page that the shop itself serves has no more of an address than its path.
        """
