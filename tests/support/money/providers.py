"""The two payment providers that the machine is run with, and what happens at their end."""

from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

from sqlalchemy import select

from app.container import Container
from app.factory import create_app
from common.clock import Clock
from common.ids import new_id
from common.money import Money
from domain.payment.gateway import PaymentGateway, PaymentKind, SessionMode
from domain.payment.models import Payment
from infrastructure.databases.tables import stand_in_objects
from infrastructure.payments.stand_in.counter import Button
from infrastructure.payments.stand_in.gateway import StandInGateway
from support.bank import Bank, Cut, PowerCut
from support.stripe_events import signed

CURRENCY = "EUR"


class Line(NamedTuple):
    """What a provider took for one of our payments, and gave back, in minor units."""

    taken: int
    returned: int
    charge: str


class Provider(Protocol):
    """A provider as shoppers and fate know it."""

    gateway: PaymentGateway
    cut: Cut | None
    """Where the wire to it is cut, while it is."""

    def join(self, shop: Container, clock: Clock) -> None: ...

    async def try_card(self, payment: Payment, *, good: bool) -> None:
        """Let the shopper try a card where the payment was opened."""

    async def give_back(self, paid: Line, amount: int) -> None:
        """Give money back without the shop's doing."""

    async def tell(self, number: int, *, again: bool) -> None:
        """Deliver one of the events; it may be delivered ``again`` later."""

    async def tell_all(self) -> None:
        """Deliver whatever was not delivered so far."""

    async def books(self) -> dict[str, Line]:
        """Tell what was taken, by the keys of our payments."""


class BankProvider:
    """The bank, and a postman who brings what it has to tell in any order, or not at all."""

    def __init__(self) -> None:
        self._bank = Bank()
        self.gateway: PaymentGateway = self._bank

    @property
    def cut(self) -> Cut | None:
        return self._bank.cut

    @cut.setter
    def cut(self, cut: Cut | None) -> None:
        self._bank.cut = cut

    def join(self, shop: Container, clock: Clock) -> None:
        self._shop, self._bank.clock = shop, clock

    async def try_card(self, payment: Payment, *, good: bool) -> None:
        if payment.reference:
            (self._bank.pay if good else self._bank.decline)(payment.id)

    async def give_back(self, paid: Line, amount: int) -> None:
        self._bank.give_back(paid.charge.removeprefix("pi_"), amount)

    async def tell(self, number: int, *, again: bool) -> None:
        if events := self._bank.events:
            at = number % len(events)
            await self._shop.webhooks.receive(*signed(self._shop, events[at]))
            if not again:
                del events[at]

    async def tell_all(self) -> None:
        while self._bank.events:
            await self.tell(-1, again=False)

    async def books(self) -> dict[str, Line]:
        bank = self._bank
        return {
            key: Line(money.amount, bank.returned_of[key], f"pi_{key}")
            for key, money in bank.taken.items()
        }


class Wire:
    """A gateway at the end of a wire that can be cut."""

    def __init__(self, gateway: Callable[[], Any]) -> None:
        self._gateway = gateway
        self.cut: Cut | None = None
        self.publishable_key = "pk_at_the_end_of_the_wire"

    def __getattr__(self, name: str) -> Any:
        async def call(*arguments: Any) -> Any:
            if self.cut is Cut.BEFORE:
                raise PowerCut
            answer = await getattr(self._gateway(), name)(*arguments)
            if self.cut is Cut.AFTER:
                raise PowerCut
            return answer

        return call


class StandInProvider:
    """The stand-in that ships. Its events are workflows, and come when those are carried out."""

    def __init__(self) -> None:
        self._wire = Wire(lambda: self._stand_in)
        self.gateway: PaymentGateway = self._wire

    @property
    def cut(self) -> Cut | None:
        return self._wire.cut

    @cut.setter
    def cut(self, cut: Cut | None) -> None:
        self._wire.cut = cut

    def join(self, shop: Container, clock: Clock) -> None:
        create_app(shop)  # where its events are delivered
        self._shop = shop
        self._stand_in = StandInGateway(shop.database, clock)

    async def try_card(self, payment: Payment, *, good: bool) -> None:
        stand_in = self._shop.payments.stand_in
        if stand_in is None or payment.reference is None:
            return
        cashier, name, secret = stand_in.cashier, payment.reference, payment.client_secret or ""
        if payment.kind == PaymentKind.INTENT:
            await cashier.confirm(name, secret, "pm_card_visa" if good else "4000000000000002")
            return
        embedded = payment.terms["mode"] == SessionMode.EMBEDDED
        page = await (cashier.embedded_counter(secret) if embedded else cashier.counter(name))
        if page:
            await cashier.press(name, page.form_token, Button.PAY if good else Button.DECLINE)

    async def give_back(self, paid: Line, amount: int) -> None:
        await self._stand_in.refund(new_id(), paid.charge, Money(amount, CURRENCY))

    async def tell(self, number: int, *, again: bool) -> None:
        stand_in, events = self._shop.payments.stand_in, await self._kept("event")
        if stand_in and events:
            await stand_in.events.deliver(events[number % len(events)]["id"])

    async def tell_all(self) -> None:
        """What it has to tell is enqueued."""

    async def books(self) -> dict[str, Line]:
        charges = await self._kept("charge")
        keys = [charge["metadata"]["payment_id"] for charge in charges]
        assert len(set(keys)) == len(keys), "a payment was taken twice"
        return {
            key: Line(charge["amount"], charge["amount_refunded"], charge["payment_intent"])
            for key, charge in zip(keys, charges, strict=True)
        }

    async def _kept(self, kind: str) -> list[Any]:
        async def unit(tx: Any) -> list[Any]:
            lines = stand_in_objects
            query = select(lines.c.body).where(lines.c.kind == kind).order_by(lines.c.id)
            return [row.body for row in await tx._session.rows(query)]

        return await self._shop.database.read(unit)
