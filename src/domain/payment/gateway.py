"""What the shop needs of a payment provider."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from common.money import Money


class PaymentKind(StrEnum):
    """How the shopper is asked for the money."""

    CHARGE = "CHARGE"
    """We take it at once, with a token for the shopper's card."""
    INTENT = "INTENT"
    """The shopper's own page confirms it, with a client secret."""
    SESSION = "SESSION"
    """A page of the provider's, hosted or embedded, asks for it."""


class SessionMode(StrEnum):
    REDIRECT = "redirect"
    EMBEDDED = "embedded"


@dataclass(frozen=True, slots=True)
class Line:
    """Something on the bill: ``price`` is for one, in minor units."""

    title: str
    price: int
    quantity: int


@dataclass(frozen=True, slots=True)
class SessionTerms:
    """What a payment page of the provider's is told."""

    mode: SessionMode
    success_url: str
    """Where the shopper goes then; ``{CHECKOUT_SESSION_ID}`` in it is filled in."""
    cancel_url: str | None
    expires_at: datetime
    origin: str = ""
    """Where the shop's own pages are: ``https://shop.example``."""


@dataclass(frozen=True, slots=True)
class Bill:
    """A sum asked for. It reads the same each time: providers compare repeats of a key."""

    key: str
    """Our payment's id, and the idempotency key."""
    kind: PaymentKind
    amount: Money
    order_id: str
    order_number: str
    email: str | None = None
    lines: tuple[Line, ...] = ()
    """They add up to ``amount``, or there are none."""
    metadata: Mapping[str, str] = field(default_factory=dict)
    methods: tuple[str, ...] = ("card",)
    session: SessionTerms | None = None
    reference: str | None = None
    """The provider's name for the payment, once we have heard it."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A payment that waits for the shopper."""

    reference: str
    client_secret: str | None
    url: str | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Charge:
    """How an attempt to take money ended."""

    reference: str
    """The provider's own name for the money: what refunds name."""
    paid: bool
    decline_code: str | None = None


class RefundStatus(StrEnum):
    PENDING = "PENDING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class Refunded:
    """How an attempt to give money back stands."""

    reference: str
    status: RefundStatus
    failure: str | None = None


class PaymentGateway(Protocol):
    """Takes money and gives it back. Every call names our own key and is safe to repeat.

    Each raises ``PaymentsUnavailable`` when the provider cannot be reached, or when we cannot
    know what it did: asking again then tells.
    """

    @property
    def publishable_key(self) -> str:
        """The key that the shopper's page may know."""

    async def charge(self, bill: Bill, token: str | None) -> Charge:
        """Take the money, once for each key; a repeat returns the first outcome.

        ``token`` names the shopper's card, or the provider's test card when there is none.
        A declined card is an outcome, not an exception.
        """

    async def open(self, bill: Bill) -> Opened:
        """Open a session or an intent for the shopper to pay; a repeat returns the same one.

        Raises ``PaymentRefused`` when the provider will not have the bill.
        """

    async def look_up(self, bill: Bill) -> Charge | None:
        """Tell how a session or intent that was opened ended; nothing while it is open."""

    async def close(self, bill: Bill) -> Charge:
        """Make sure nothing is ever taken for ``bill`` from now on, and tell what was."""

    async def refund(self, key: str, charge: str, amount: Money) -> Refunded:
        """Give ``amount`` of a charge back, once for each key. A refusal is an outcome."""
