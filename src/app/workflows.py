"""Every background job and schedule, on one page.

A workflow is a list of steps. A step is a call of a service that may be repeated: after a
failure it is tried again, and after a crash between its effect and its checkpoint it runs twice.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from app.chores import SCAN_DUE, SWEEP, TIDY, Chore, do_chores
from app.container import Container
from domain.alert.digest import ALERT_DIGEST
from domain.competitor.scan_jobs import SCAN
from domain.competitor.service import FORGET_COMPETITOR
from domain.identity.resets import PASSWORD_RESET
from domain.order.refunds import REFUND
from domain.order.service import ORDER_PAID
from domain.source.searches import FIND_SOURCES
from domain.webhook.service import PAYMENT_FAILED, WEBHOOK_EVENT
from domain.webhook_endpoint.models import DELIVER_WEBHOOK
from domain.woocommerce.catalogue import SYNC_CATALOGUE
from infrastructure.payments.stand_in.ledger import EVENT_JOB

type Step = Callable[..., Awaitable[Any]]
"""``step(name, work, *arguments)``: does the work, once it succeeds never again."""
type Workflow = Callable[..., Awaitable[None]]


def workflows(shop: Container, step: Step) -> dict[str, Workflow]:
    """List the shop's workflows by the names they are enqueued under."""

    async def order_paid(order_id: str) -> None:
        """Stock is held and the cart cleared in the transaction that marked the order paid."""
        await all_of(
            step("WooCommerce order", shop.woocommerce.orders.place, order_id),
            step("confirmation e-mail", shop.notices.order_confirmed, order_id),
        )

    async def payment_failed(order_id: str, reason: str) -> None:
        await step("payment failed e-mail", shop.notices.payment_failed, order_id, reason)

    async def refund(refund_id: str) -> None:
        await step("refund", shop.refunds.carry_out, refund_id)
        await step("refund e-mail", shop.notices.order_refunded, refund_id)

    async def password_reset(email: str) -> None:
        """The link is made within the step: what steps are given and give back is on record."""
        await step("password reset e-mail", shop.password_resets.mail_link, email)

    async def webhook_event(event_id: str) -> None:
        try:
            await step("process", shop.webhooks.process, event_id)
        except Exception as error:
            await step("give up", shop.webhooks.give_up, event_id, str(error))
            raise

    async def deliver_webhook(delivery_id: str, run: str, attempt: str) -> None:
        """One attempt. The next is a job of its own: a workflow that slept would be in the way."""
        deliveries = shop.webhook_endpoints.deliveries
        await step("attempt", deliveries.attempt, delivery_id, run, attempt)

    async def sync_catalogue(sync_id: str) -> None:
        """How far it has come is written down with each product: a crash costs one of them."""
        await shop.woocommerce.catalogue.run(sync_id)

    async def forget_competitor(competitor_id: str) -> None:
        await step("erase", shop.competitors.competitors.erase, competitor_id)

    async def scan(scan_id: str, turn: str) -> None:
        """How far it has come is written down with each stretch: a crash costs one of them."""
        try:
            await shop.scans.run(scan_id, int(turn))
        except Exception:
            await step("give up", shop.scans.give_up, scan_id, int(turn))
            raise

    async def scan_due(scheduled_at: datetime, context: object) -> None:
        """Have stores scanned whose time has come; there is no catching up on what was missed."""
        chores: dict[str, Chore] = {
            "ownerless competitors": shop.competitors.competitors.forget_ownerless,
            "scans begun": shop.competitors.schedule.start_due,
        }
        await do_chores(chores)

    async def alert_digest(scan_id: str) -> None:
        """What a scan has set off is complete once the scan is over, however it ended."""
        await step("alert digest e-mail", shop.notices.alert_digest, scan_id)

    async def find_sources(search_id: str) -> None:
        """How far it has come is written down with each batch: a crash costs one of them."""
        try:
            await shop.sources.searches.run(search_id)
        except Exception:
            await step("give up", shop.sources.searches.give_up, search_id)
            raise

    async def sweep(scheduled_at: datetime, context: object) -> None:
        """Finish what crashes and the passing of time leave behind."""
        chores: dict[str, Chore] = {
            "overdue orders settled": shop.checkout.sweep,
            "scans given up": shop.scans.sweep,
            "feeds swept": shop.sources.feeds.sweep,
        }
        if stand_in := shop.payments.stand_in:
            chores["subscriptions renewed"] = stand_in.subscriptions.pass_time
        await do_chores(chores)

    async def tidy(scheduled_at: datetime, context: object) -> None:
        """Forget what is of no use any more."""
        chores: dict[str, Chore] = {
            "idempotency keys forgotten": shop.keyed_requests.forget,
            "refresh tokens forgotten": shop.sessions.forget_expired,
            "guests' carts forgotten": shop.carts.forget_guests,
            "password resets forgotten": shop.password_resets.forget_expired,
            "webhook deliveries forgotten": shop.webhook_endpoints.deliveries.forget,
            "workflows forgotten": shop.runs.tidy,
        }
        await do_chores(chores)

    async def stand_in_event(event_id: str) -> None:
        if stand_in := shop.payments.stand_in:
            await step("deliver", stand_in.events.deliver, event_id)

    return {
        ORDER_PAID: order_paid,
        PAYMENT_FAILED: payment_failed,
        REFUND: refund,
        PASSWORD_RESET: password_reset,
        WEBHOOK_EVENT: webhook_event,
        DELIVER_WEBHOOK: deliver_webhook,
        SYNC_CATALOGUE: sync_catalogue,
        FORGET_COMPETITOR: forget_competitor,
        SCAN: scan,
        SCAN_DUE: scan_due,
        ALERT_DIGEST: alert_digest,
        FIND_SOURCES: find_sources,
        SWEEP: sweep,
        TIDY: tidy,
        EVENT_JOB: stand_in_event,
    }


async def all_of(*steps: Awaitable[Any]) -> None:
    """Take steps beside each other: none waits for another that is tried again for an hour."""
    outcomes = await asyncio.gather(*steps, return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome
