"""Subscriptions for real money: Stripe's customers, its checkout of plans, and its portal."""

from contextlib import suppress
from typing import TYPE_CHECKING

from domain.billing.errors import AlreadySubscribed
from domain.billing.gateway import OpenedPurchase, Purchase
from domain.payment.errors import PaymentsUnavailable
from infrastructure.payments.stripe_connection import PAUSE, StripeConnection

if TYPE_CHECKING:
    from stripe._v1_services import V1Services
    from stripe.checkout import Session
    from stripe.params.checkout import SessionCreateParams, SessionCreateParamsSubscriptionData

_NOT_BEGUN = ("incomplete", "incomplete_expired")


class StripeSubscriptions:
    """Meets ``SubscriptionGateway``. Whoever made the connection closes it.

    Nobody is subscribed by asking: they are once they have been to Stripe's page, and its events
    tell.
    """

    def __init__(self, connection: StripeConnection) -> None:
        self._stripe = connection

    async def customer(self, key: str, email: str) -> str:
        async with self._stripe.call() as v1:
            customer = await v1.customers.create_async({"email": email}, {"idempotency_key": key})
            return customer.id

    async def subscribe(self, purchase: Purchase) -> OpenedPurchase:
        """Open a page, the only one; raises ``AlreadySubscribed`` if Stripe knows more than we."""
        async with self._stripe.call() as v1:
            if await _is_subscribed(v1, purchase.customer):
                raise AlreadySubscribed
            session = await v1.checkout.sessions.create_async(
                purchase_parameters(purchase), {"idempotency_key": purchase.key}
            )
            await _close_earlier_pages(v1, purchase.customer, session)
        if session.url is None:
            raise PaymentsUnavailable(retry_after=PAUSE)
        return OpenedPurchase(session.id, session.url)

    async def portal(self, customer: str, return_url: str) -> str:
        async with self._stripe.call() as v1:
            session = await v1.billing_portal.sessions.create_async(
                {"customer": customer, "return_url": return_url}
            )
            return session.url


def purchase_parameters(purchase: Purchase) -> "SessionCreateParams":
    """Ask for a page that sells a plan; subscription and session both say who it is for."""
    metadata = {"user_id": purchase.user_id}
    terms: SessionCreateParamsSubscriptionData = {"metadata": metadata}
    if purchase.trial_days > 0:
        terms["trial_period_days"] = purchase.trial_days
    return {
        "mode": "subscription",
        "ui_mode": "hosted_page",
        "customer": purchase.customer,
        "line_items": [{"price": purchase.price_id, "quantity": 1}],
        "subscription_data": terms,
        "client_reference_id": purchase.user_id,
        "metadata": metadata,
        "success_url": purchase.success_url,
        "cancel_url": purchase.cancel_url,
    }


async def _is_subscribed(v1: "V1Services", customer: str) -> bool:
    """Look for a subscription that goes on: the event that tells of it may be on its way."""
    found = await v1.subscriptions.list_async({"customer": customer})  # without canceled ones
    return any(each.status not in _NOT_BEGUN for each in found.data)


async def _close_earlier_pages(v1: "V1Services", customer: str, session: "Session") -> None:
    """See to it that nobody subscribes on two pages, unless both are of one second."""
    from stripe import InvalidRequestError

    opened = await v1.checkout.sessions.list_async({"customer": customer, "status": "open"})
    for each in opened.data:
        if each.mode == "subscription" and each.created < session.created:
            with suppress(InvalidRequestError):  # it has ended meanwhile
                await v1.checkout.sessions.expire_async(each.id)
