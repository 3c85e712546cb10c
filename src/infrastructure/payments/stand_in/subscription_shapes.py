"""What the stand-in remembers of subscriptions, in the shapes of Stripe's own objects."""

import secrets
from datetime import UTC, datetime, timedelta

from domain.billing.gateway import Purchase, SubscriptionState
from domain.billing.models import SubscriptionStatus
from infrastructure.payments.stand_in.calendar import months_after
from infrastructure.payments.stand_in.shapes import Json

MARK = "mock_"
"""What its names begin with: everybody sees that they are none of Stripe's."""
PORTAL_OPEN = timedelta(hours=1)


def mock_name(kind: str) -> str:
    """Make up a name, which nobody can guess."""
    return f"{MARK}{kind}_{secrets.token_hex(16)}"


def customer_of(email: str, now: datetime) -> Json:
    return {
        "id": mock_name("cus"),
        "object": "customer",
        "created": _seconds(now),
        "email": email,
        "livemode": False,
        "metadata": {},
        "name": None,
        "subscription": None,
    }


def subscription_of(purchase: Purchase, now: datetime) -> Json:
    """Begin a subscription: with its trial, if there is one, or with the first month."""
    now = now.replace(microsecond=0)
    trial = purchase.trial_days > 0
    ends = now + timedelta(days=purchase.trial_days) if trial else months_after(now, 1)
    return {
        "id": mock_name("sub"),
        "object": "subscription",
        "billing_cycle_anchor": _seconds(ends if trial else now),
        "cancel_at": None,
        "cancel_at_period_end": False,
        "canceled_at": None,
        "collection_method": "charge_automatically",
        "created": _seconds(now),
        "currency": "usd",
        "customer": purchase.customer,
        "ended_at": None,
        "items": {
            "object": "list",
            "data": [
                {
                    "id": mock_name("si"),
                    "object": "subscription_item",
                    "current_period_start": _seconds(now),
                    "current_period_end": _seconds(ends),
                    "price": {"id": purchase.price_id, "object": "price"},
                    "quantity": 1,
                }
            ],
        },
        "livemode": False,
        "metadata": {"user_id": purchase.user_id},
        "start_date": _seconds(now),
        "status": "trialing" if trial else "active",
        "trial_end": _seconds(ends) if trial else None,
        "trial_start": _seconds(now) if trial else None,
        "told_at": _seconds(now),
    }


def plan_session_of(purchase: Purchase, subscription: Json, now: datetime) -> Json:
    """Write down the checkout of a plan, which was over as it began."""
    name = mock_name("cs")
    return {
        "id": name,
        "object": "checkout.session",
        "cancel_url": purchase.cancel_url,
        "created": _seconds(now),
        "customer": purchase.customer,
        "livemode": False,
        "metadata": {"user_id": purchase.user_id},
        "mode": "subscription",
        "payment_status": "no_payment_required",
        "status": "complete",
        "subscription": subscription["id"],
        "success_url": purchase.success_url.replace("{CHECKOUT_SESSION_ID}", name),
    }


def invoice_of(subscription: Json, amount: int, now: datetime, *, paid: bool) -> Json:
    """Ask for the running period's money."""
    item, metadata = item_of(subscription), subscription["metadata"]
    period = {"start": item["current_period_start"], "end": item["current_period_end"]}
    return {
        "id": mock_name("in"),
        "object": "invoice",
        "amount_due": amount,
        "amount_paid": amount if paid else 0,
        "billing_reason": "subscription_cycle",
        "created": _seconds(now),
        "currency": subscription["currency"],
        "customer": subscription["customer"],
        "lines": {
            "object": "list",
            "data": [
                {
                    "id": mock_name("il"),
                    "object": "line_item",
                    "amount": amount,
                    "period": period,
                    "pricing": {"price_details": {"price": item["price"]["id"]}},
                }
            ],
        },
        "livemode": False,
        "metadata": {},
        "parent": {
            "type": "subscription_details",
            "subscription_details": {"subscription": subscription["id"], "metadata": metadata},
        },
        "status": "paid" if paid else "open",
    }


def portal_of(customer: str, return_url: str, now: datetime) -> Json:
    return {
        "id": mock_name("bps"),
        "object": "billing_portal.session",
        "created": _seconds(now),
        "customer": customer,
        "expires_at": _seconds(now + PORTAL_OPEN),
        "livemode": False,
        "return_url": return_url,
        "secret": secrets.token_hex(16),
    }


def state_of(subscription: Json) -> SubscriptionState:
    """Read a subscription as the shop understands it."""
    item = item_of(subscription)
    trial_start, trial_end = subscription["trial_start"], subscription["trial_end"]
    return SubscriptionState(
        reference=subscription["id"],
        customer=subscription["customer"],
        price_id=item["price"]["id"],
        status=SubscriptionStatus(subscription["status"]),
        current_period_start=moment_of(item["current_period_start"]),
        current_period_end=moment_of(item["current_period_end"]),
        cancel_at_period_end=subscription["cancel_at_period_end"],
        trial_start=moment_of(trial_start) if trial_start else None,
        trial_end=moment_of(trial_end) if trial_end else None,
        user_id=subscription["metadata"]["user_id"],
    )


def item_of(subscription: Json) -> Json:
    """Return the one thing that is subscribed to."""
    item: Json = subscription["items"]["data"][0]
    return item


def moment_of(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
