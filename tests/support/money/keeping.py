"""What administrators, the provider, time and the worker do."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from sqlalchemy import select

from domain.order.models import OrderStatus
from domain.order.refunds import RefundRequest
from domain.webhook.models import WebhookEvent
from support.money.base import PRICES, Base, cuts, latest, products, which
from support.worker import carry_out_one

_PARTS = st.sampled_from([None, 1, 500])


class Keeping(Base):
    """The shop is kept: prices, orders, refunds, events, workflows, the sweep."""

    @precondition(lambda self: self.books.orders)
    @rule(number=which, total=st.sampled_from([0, 5, 500]))
    def reprice(self, number, total) -> None:
        order_id = latest(number, self.books.orders).id
        self.attempt(self.shop.orders.change(order_id, total_amount=total, status=None))

    @precondition(lambda self: self.books.orders)
    @rule(number=which, status=st.sampled_from(["PAID", "FULFILLED", "CANCELED"]))
    def move_on(self, number, status) -> None:
        order_id, wanted = latest(number, self.books.orders).id, OrderStatus(status)
        work = self.shop.orders.change(order_id, total_amount=None, status=wanted)
        if self.attempt(work) and wanted is OrderStatus.PAID:
            self.paid_elsewhere.add(order_id)

    @precondition(lambda self: self.books.orders)
    @rule(number=which)
    def delete(self, number) -> None:
        self.attempt(self.shop.orders.delete(latest(number, self.books.orders).id))

    @rule(what=products, price=st.sampled_from(PRICES))
    def change_price(self, what, price) -> None:
        self.attempt(self.shop.catalog.revise(self.products[what], {"price_amount": price}))

    @rule(what=products, active=st.sampled_from([True, True, False]))
    def withdraw_or_return(self, what, active) -> None:
        self.attempt(self.shop.catalog.revise(self.products[what], {"is_active": active}))

    @precondition(lambda self: self.books.paid)
    @rule(number=which, amount=_PARTS, restock=st.sampled_from([None, "all", 1, 3]))
    def refund(self, number, amount, restock) -> None:
        order_id = latest(number, self.books.paid).order_id
        (order,) = [each for each in self.books.orders if each.id == order_id]
        items = {order.items[-1].id: restock} if isinstance(restock, int) else {}
        request = RefundRequest(amount=amount, restock_all=restock == "all", restock=items)
        self.attempt(self.shop.refunds.ask(order_id, request))

    @precondition(lambda self: self.books.paid)
    @rule(number=which, amount=st.sampled_from([1, 500]))
    def refund_at_the_provider(self, number, amount) -> None:
        payment = latest(number, self.books.paid)
        self.run(self.provider.give_back(self.books.taken[payment.id], amount))

    @rule(number=which, again=st.booleans())
    def an_event_comes(self, number, again) -> None:
        self.run(self.provider.tell(number, again=again))

    @rule(number=which, cut=cuts)
    def a_workflow_is_carried_out(self, number, cut) -> None:
        self.attempt(carry_out_one(self.shop, number), cut)

    @rule(number=which)
    def an_event_is_dealt_with_again(self, number) -> None:
        async def rerun() -> None:
            events = await self.shop.database.read(_event_ids)
            if events:
                await self.shop.webhooks.rerun(events[number % len(events)])

        self.run(rerun())

    @rule(minutes=st.sampled_from([1, 2, 31, 25 * 60]))
    def time_passes(self, minutes) -> None:
        self.pass_time(minutes)

    @rule(cut=cuts)
    def the_sweep_comes(self, cut) -> None:
        self.attempt(self.shop.checkout.sweep(), cut)


async def _event_ids(tx) -> list[str]:
    rows = await tx._session.rows(select(WebhookEvent.id).order_by(WebhookEvent.id))
    return [row.id for row in rows]
