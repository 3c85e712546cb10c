"""Where subscribers look after their subscription, and play at what can become of it."""

import hashlib
import hmac
from dataclasses import dataclass
from enum import StrEnum

from common.clock import Clock, utc_now
from common.ids import foreign_id
from common.money import Money
from domain.billing.gateway import SubscriptionState
from domain.billing.models import SubscriptionStatus
from domain.billing.plans import CURRENCY, PLANS, PlanTable
from domain.database import Database
from infrastructure.databases.transaction import SqlTransaction
from infrastructure.payments.stand_in import subscription_moves as moves
from infrastructure.payments.stand_in import subscription_shapes as shapes
from infrastructure.payments.stand_in.ledger import Ledger
from infrastructure.payments.stand_in.shapes import Json
from infrastructure.payments.stand_in.subscriptions import price_of

_TRIALING, _ACTIVE = SubscriptionStatus.TRIALING, SubscriptionStatus.ACTIVE
_PAST_DUE, _UNPAID = SubscriptionStatus.PAST_DUE, SubscriptionStatus.UNPAID


class Lever(StrEnum):
    """What can be done to a subscription."""

    CANCEL = "cancel"
    KEEP = "keep"
    END = "end"
    FAIL = "fail"
    PAY = "pay"
    SWITCH = "switch"


@dataclass(frozen=True, slots=True)
class Offer:
    """A plan at its price."""

    price_id: str
    name: str
    price: Money


@dataclass(frozen=True, slots=True)
class Portal:
    """What a customer sees."""

    name: str
    form_token: str
    return_url: str
    email: str
    state: SubscriptionState | None
    """How the customer's latest subscription stands."""
    plan: Offer | None
    others: tuple[Offer, ...]
    """The plans that can be switched to."""

    @property
    def levers(self) -> tuple[Lever, ...]:
        """List what can be done now; to switch, there must be another plan."""
        if self.state is None or self.state.status not in _LEVERS:
            return ()
        ends = self.state.cancel_at_period_end
        hidden = {Lever.CANCEL if ends else Lever.KEEP} | (set() if self.others else {Lever.SWITCH})
        return tuple(each for each in _LEVERS[self.state.status] if each not in hidden)


_UNDER_WAY = (Lever.CANCEL, Lever.KEEP, Lever.END)
_LEVERS = {
    _TRIALING: (Lever.PAY, Lever.SWITCH, Lever.FAIL, *_UNDER_WAY),
    _ACTIVE: (Lever.SWITCH, Lever.FAIL, *_UNDER_WAY),
    _PAST_DUE: (Lever.PAY, Lever.SWITCH, *_UNDER_WAY),
    _UNPAID: (Lever.PAY, Lever.END),
}


class PortalDesk:
    """Shows customers how they stand, and does what they ask for."""

    def __init__(
        self, database: Database[SqlTransaction], plans: PlanTable, clock: Clock = utc_now
    ) -> None:
        self._database = database
        self._plans = plans
        self._clock = clock

    async def look(self, name: str) -> Portal | None:
        """Show an open portal."""
        return await self._serve(name, None, None, "")

    async def pull(self, name: str, form_token: str, lever: Lever, price_id: str) -> Portal | None:
        """Do what a form asks for, if it came from the portal's own page and it can be done."""
        return await self._serve(name, form_token, lever, price_id)

    async def _serve(
        self, name: str, form_token: str | None, lever: Lever | None, price_id: str
    ) -> Portal | None:
        async def unit(tx: SqlTransaction) -> Portal | None:
            books = Ledger(tx, self._clock())
            session = await books.find(name)
            if session is None or session["object"] != "billing_portal.session":
                return None
            if books.is_past(session["expires_at"]):
                return None
            if form_token is not None and not _same(_token_of(session), form_token):
                return None
            customer = await books.find(session["customer"])
            if customer is None:
                return None
            held = customer["subscription"]
            subscription = await books.find(held) if held else None
            if subscription:
                await moves.pass_time(books, subscription, price_of(self._plans, subscription))
            shown = self._portal(session, customer, subscription)
            if subscription is None or lever not in shown.levers:
                return shown
            await self._do(books, subscription, lever, price_id)
            return self._portal(session, customer, subscription)

        if foreign_id(name) is None:  # nobody has ever been given such a name
            return None
        return await self._database.write(unit)

    async def _do(self, books: Ledger, subscription: Json, lever: Lever, price_id: str) -> None:
        amount = price_of(self._plans, subscription)
        match lever:
            case Lever.CANCEL | Lever.KEEP:
                await moves.cancel_at_end(books, subscription, wanted=lever is Lever.CANCEL)
            case Lever.END:
                await moves.end(books, subscription)
            case Lever.FAIL:
                await moves.fail_payment(books, subscription, amount)
            case Lever.PAY:
                await moves.pay(books, subscription, amount)
            case Lever.SWITCH:
                known = shapes.item_of(subscription)["price"]["id"]
                if price_id != known and any(price_id == each.price_id for each in self._offers()):
                    await moves.switch(books, subscription, price_id)

    def _portal(self, session: Json, customer: Json, subscription: Json | None) -> Portal:
        state = shapes.state_of(subscription) if subscription else None
        price_id = state.price_id if state else ""
        offers = self._offers()
        return Portal(
            name=session["id"],
            form_token=_token_of(session),
            return_url=session["return_url"],
            email=customer["email"],
            state=state,
            plan=next((each for each in offers if each.price_id == price_id), None),
            others=tuple(each for each in offers if each.price_id != price_id),
        )

    def _offers(self) -> list[Offer]:
        return [
            Offer(
                limits.stripe_price_id,
                PLANS[tier].name,
                Money(limits.price_monthly_cents, CURRENCY),
            )
            for tier, limits in self._plans.items()
            if limits.stripe_price_id
        ]


def _token_of(session: Json) -> str:
    """Make what only a form knows that came from the portal's own page."""
    return hmac.new(session["secret"].encode(), b"form", hashlib.sha256).hexdigest()


def _same(known: str, given: str) -> bool:
    return hmac.compare_digest(known.encode(), given.encode(errors="replace"))
