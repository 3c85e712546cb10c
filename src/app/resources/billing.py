from typing import Annotated
from urllib.parse import urljoin

from pydantic import Field

from app.errors import MalformedHost
from app.http import Request
from app.operation import operation
from app.resources.billing_views import (
    BillingCheckoutView,
    BillingOverviewView,
    PlanView,
    PortalView,
    SubscriptionView,
)
from app.resources.checkout_sessions import Url
from app.schema import Input, Omissible
from domain.billing.errors import AlreadySubscribed, NoCustomer, PlanIsFree, PlanNotForSale
from domain.billing.plans import PLANS, PlanTable
from domain.billing.service import BillingService, Wish
from domain.identity.caller import Access
from domain.identity.plan import PlanTier
from domain.limits import Category
from domain.payment.errors import PaymentRefused, PaymentsUnavailable

RETURN_PAGE = "/billing/return"
"""Where people come back to who are not told another place."""

ReturnUrl = Annotated[
    Url,
    Field(
        description="Where the portal leads back to.",
        examples=["https://shop.example/account"],
    ),
]


class CheckOutPlan(Input):
    plan: PlanTier
    success_url: Omissible[Url] = None
    cancel_url: Omissible[Url] = None


class OpenPortal(Input):
    return_url: Omissible[ReturnUrl] = None


class Billing:
    """Plans, and the subscriptions that pay for them."""

    def __init__(self, billing: BillingService, plans: PlanTable, public_url: str) -> None:
        self._billing = billing
        self._plans = plans
        self._public_url = public_url

    @operation(access=Access.ANYONE, cached=True)
    async def on_get_plans(self, req: Request) -> list[PlanView]:
        """List what each plan includes, and what it costs."""
        return [PlanView.of(plan, self._plans[tier]) for tier, plan in PLANS.items()]

    @operation(
        status=201,
        limit=Category.CHECKOUT,
        resumable=True,
        raises=[
            MalformedHost,
            PlanIsFree,
            PlanNotForSale,
            AlreadySubscribed,
            PaymentRefused,
            PaymentsUnavailable,
        ],
    )
    async def on_post_checkout(self, req: Request, body: CheckOutPlan) -> BillingCheckoutView:
        """Open the page on which a plan is subscribed to.

        One's first subscription begins with the plan's trial. Without a payment provider the
        plan is there at once, and nothing is charged.
        """
        opened = await self._billing.check_out(
            req.caller,
            Wish(
                plan=body.plan,
                success_url=body.success_url or self._return_page(req),
                cancel_url=body.cancel_url or self._return_page(req),
                key=req.claim.key if req.claim else None,
            ),
        )
        return BillingCheckoutView(session_id=opened.session_id, checkout_url=opened.checkout_url)

    @operation(
        limit=Category.CHECKOUT,
        resumable=True,
        secret=True,
        raises=[MalformedHost, NoCustomer, PaymentRefused, PaymentsUnavailable],
    )
    async def on_post_portal(self, req: Request, body: OpenPortal) -> PortalView:
        """Open the page on which one's subscription is changed, paid for or canceled.

        Whoever has its address may do all that: show it to nobody else.
        """
        url = await self._billing.portal(req.caller, body.return_url or self._return_page(req))
        return PortalView(portal_url=urljoin(self._origin(req), url))

    @operation()
    async def on_get_current(self, req: Request) -> SubscriptionView | None:
        """Show one's subscription, the last one if it has ended, or null if there was none."""
        subscription = await self._billing.current(req.caller)
        return SubscriptionView.of(subscription) if subscription else None

    @operation()
    async def on_get_overview(self, req: Request) -> BillingOverviewView:
        """Show one's plan, the subscription that pays for it, and how much of it is used."""
        return BillingOverviewView.of(await self._billing.overview(req.caller))

    def _origin(self, req: Request) -> str:
        return self._public_url or req.origin

    def _return_page(self, req: Request) -> str:
        return f"{self._origin(req)}{RETURN_PAGE}"
