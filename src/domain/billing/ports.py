"""What billing needs of the database.

Whoever changes a subscription locks its owner's account first, and then the subscription: so
everything about one account takes its turn, and nobody waits for somebody who waits for them.
"""

from typing import Protocol

from domain.billing.models import Subscription
from domain.identity.ports import UserRepository


class SubscriptionRepository(Protocol):
    """Where subscriptions are kept."""

    def add(self, subscription: Subscription) -> None: ...

    async def owner(self, reference: str) -> str | None:
        """Tell whose a subscription is, by what the provider calls it."""

    async def by_reference(self, reference: str, *, lock: bool = False) -> Subscription | None:
        """Find a subscription by what the provider calls it; to change it, lock its owner first."""

    async def of_user(self, user_id: str) -> list[Subscription]:
        """List the subscriptions of a user, the newest first."""


class BillingTransaction(Protocol):
    """What a billing unit of work reaches."""

    @property
    def users(self) -> UserRepository: ...

    @property
    def subscriptions(self) -> SubscriptionRepository: ...
