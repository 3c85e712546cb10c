"""What the shop needs of a payment provider."""

from dataclasses import dataclass
from typing import Protocol

from common.money import Money


@dataclass(frozen=True, slots=True)
class Charge:
    """How an attempt to take money ended."""

    reference: str
    """The provider's own name for it."""
    paid: bool
    decline_code: str | None = None


class PaymentGateway(Protocol):
    """Takes money. Every call names our own key and is safe to repeat."""

    async def charge(self, key: str, amount: Money, token: str | None) -> Charge:
        """Take ``amount``, once for each ``key``; a repeat returns the first outcome.

        ``token`` names the shopper's card, or the provider's test card when there is none.
        A declined card is an outcome, not an exception.
        """

    async def abandon(self, key: str) -> Charge:
        """Make sure nothing is ever taken under ``key`` from now on, and tell what was."""
