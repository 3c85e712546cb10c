"""The subscription gateway that ships: it charges nobody, and otherwise behaves like Stripe."""

from common.clock import Clock, utc_now
from domain.billing.errors import AlreadySubscribed
from domain.billing.gateway import OpenedPurchase, Purchase, SubscriptionChanged
from domain.billing.plans import PlanTable, resolve_plan_from_price_id
from domain.database import Database
from domain.payment.errors import PaymentRefused
from infrastructure.databases.transaction import SqlTransaction
from infrastructure.payments.stand_in import subscription_moves as moves
from infrastructure.payments.stand_in import subscription_shapes as shapes
from infrastructure.payments.stand_in.ledger import Ledger
from infrastructure.payments.stand_in.shapes import Json

PORTAL = "/stand-in/portal"
_BATCH = 100


class StandInSubscriptions:
    """Subscribes whoever asks, at once, and keeps the books in the shop's own database."""

    def __init__(
        self, database: Database[SqlTransaction], plans: PlanTable, clock: Clock = utc_now
    ) -> None:
        self._database = database
        self._plans = plans
        self._clock = clock

    async def customer(self, key: str, email: str) -> str:
        async def unit(tx: SqlTransaction) -> str:
            books = Ledger(tx, self._clock())
            known = await books.once(key, {"email": email}, shapes.customer_of(email, books.now))
            return str(known["id"])

        return await self._database.write(unit)

    async def subscribe(self, purchase: Purchase) -> OpenedPurchase:
        """Subscribe a customer, who may have one subscription at a time."""
        words = {"customer": purchase.customer, "price": purchase.price_id}

        async def unit(tx: SqlTransaction) -> OpenedPurchase:
            books = Ledger(tx, self._clock())
            customer = await _customer(books, purchase.customer)
            if known := await books.asked_for(purchase.key, words):
                return _opened(known, await _found(books, known["subscription"]))
            if customer["subscription"]:
                earlier = await _found(books, customer["subscription"])
                if earlier["status"] != moves.OVER:
                    if await _is_live(tx, earlier["id"]):
                        raise AlreadySubscribed
                    await moves.end(books, earlier)
            subscription = shapes.subscription_of(purchase, books.now)
            session = shapes.plan_session_of(purchase, subscription, books.now)
            customer["subscription"] = subscription["id"]
            await books.once(purchase.key, words, session)
            await books.add(subscription)
            await books.change(customer)
            await books.tell("customer.subscription.created", subscription)
            return _opened(session, subscription)

        return await self._database.write(unit)

    async def portal(self, customer: str, return_url: str) -> str:
        async def unit(tx: SqlTransaction) -> str:
            books = Ledger(tx, self._clock())
            known = await _customer(books, customer)
            opened = shapes.portal_of(known["id"], return_url, books.now)
            await books.add(opened)
            return f"{PORTAL}/{opened['id']}"

        return await self._database.write(unit)

    async def pass_time(self) -> int:
        """Renew or end what is due, so many at a time; tell how many were."""
        now = self._clock()
        due = await self._database.read(lambda tx: tx.stand_in_objects.due(now, _BATCH))
        for name in due:
            await self._renew(name)
        return len(due)

    async def _renew(self, name: str) -> None:
        async def unit(tx: SqlTransaction) -> None:
            books = Ledger(tx, self._clock())
            subscription = await _found(books, name)
            await moves.pass_time(books, subscription, price_of(self._plans, subscription))

        await self._database.write(unit)


def price_of(plans: PlanTable, subscription: Json) -> int:
    """Tell what a month costs, in cents; nothing, if the plan is not sold any more."""
    price_id = shapes.item_of(subscription)["price"]["id"]
    tier = resolve_plan_from_price_id(plans, price_id)
    return plans[tier].price_monthly_cents if tier else 0


async def _customer(books: Ledger, name: str) -> Json:
    customer = await books.find(name)
    if customer is None or customer["object"] != "customer" or "subscription" not in customer:
        raise PaymentRefused(reason=f"there is no customer {name}")
    return customer


async def _is_live(tx: SqlTransaction, name: str) -> bool:
    """Tell whether a subscription goes on for the shop: others may sign events of its end, too."""
    known = await tx.subscriptions.by_reference(name)
    return known is None or known.is_live


async def _found(books: Ledger, name: str) -> Json:
    thing = await books.find(name)
    if thing is None:
        raise RuntimeError(f"{name} is not in the books")
    return thing


def _opened(session: Json, subscription: Json) -> OpenedPurchase:
    at = shapes.moment_of(subscription["told_at"])
    changed = SubscriptionChanged(shapes.state_of(subscription), at)
    return OpenedPurchase(session["id"], session["success_url"], changed)
