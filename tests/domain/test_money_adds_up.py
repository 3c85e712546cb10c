"""No sequence of steps sells what is not there, loses stock, or takes the wrong sum.

The shop is the real one on a real database; the steps are what shoppers, administrators, time
and bad luck do to it. After each, the books of the shop and of the bank are compared.
"""

import asyncio
import shutil
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select
from support.bank import Bank, Cut, PowerCut
from support.clock import MovableClock

from app.container import assemble
from app.settings import Settings
from common.errors import DomainError
from common.pagination import PageRequest
from domain.catalog.service import NewProduct, NewVariant
from domain.checkout.placing import Purchase
from domain.identity.caller import Caller
from domain.identity.models import User
from domain.order.models import OrderStatus
from domain.order.ports import OrderFilter
from domain.order.service import Wanted
from domain.payment.models import Payment

STOCK = 6
PRICES = (0, 1, 999)
EVERYTHING = PageRequest(1, 1_000_000)
HOLDING = {OrderStatus.PENDING, OrderStatus.PAID, OrderStatus.FULFILLED}

shoppers = st.integers(0, 1)
products = st.integers(0, len(PRICES) - 1)
quantities = st.integers(1, STOCK)
cards = st.sampled_from([None, "tok_visa", "tok_chargeDeclined"])
cuts = st.sampled_from([None, None, None, *Cut])
keys = st.sampled_from([None, None, "k1", "k2"])
orders = st.integers(0, 30)


class Shop(RuleBasedStateMachine):
    """A shop with two shoppers, three products, and a few of each."""

    def __init__(self, migrated: Path) -> None:
        super().__init__()
        self._runner = asyncio.Runner()
        self._folder = TemporaryDirectory()
        path = Path(self._folder.name) / "shop.db"
        shutil.copy(migrated, path)
        self.bank, self.clock = Bank(), MovableClock()
        config = Settings(_env_file=None, database_url=f"sqlite:///{path}", secret_key="s" * 32)
        self.shop = assemble(config, clock=self.clock, gateway=self.bank)
        self.paid_elsewhere: set[str] = set()
        self._runner.run(self._open())

    async def _open(self) -> None:
        await self.shop.database.open()
        self.users = await self.shop.database.write(_two_users)
        self.products = [
            (await self.shop.catalog.add(_new(f"{price}", price))).id for price in PRICES
        ]

    def attempt(self, work) -> bool:
        """Do something that may be refused, or end in the dark; tell whether it was done."""
        with suppress(DomainError, PowerCut):
            self._runner.run(work)
            return True
        return False

    def caller(self, number: int) -> Caller:
        return Caller(self.users[number])

    def some_order(self, number: int) -> str | None:
        known = self.all_orders()
        return known[number % len(known)].id if known else None

    def all_orders(self):
        return self._runner.run(self.shop.orders.page(OrderFilter(), EVERYTHING)).items

    @rule(who=shoppers, what=products, quantity=quantities)
    def add_to_cart(self, who, what, quantity) -> None:
        self.attempt(self.shop.carts.add(self.caller(who), self.products[what], None, quantity))

    @rule(who=shoppers, what=products, quantity=quantities)
    def remove_from_cart(self, who, what, quantity) -> None:
        self.attempt(self.shop.carts.remove(self.caller(who), self.products[what], None, quantity))

    @rule(who=shoppers, card=cards, cut=cuts, key=keys)
    def check_out(self, who, card, cut, key) -> None:
        self.bank.cut = cut
        self.attempt(self.shop.checkout.check_out(self.caller(who), Purchase(key=key), card))
        self.bank.cut = None

    @rule(who=shoppers, first=products, second=products, quantity=quantities)
    def place_order(self, who, first, second, quantity) -> None:
        lines = [Wanted(self.products[each], None, quantity) for each in (first, second)]
        self.attempt(self.shop.orders.place(self.caller(who), None, lines))

    @rule(who=shoppers, which=orders, card=cards, cut=cuts)
    def pay(self, who, which, card, cut) -> None:
        if order_id := self.some_order(which):
            self.bank.cut = cut
            self.attempt(self.shop.checkout.pay(self.caller(who), order_id, card))
            self.bank.cut = None

    @rule(which=orders, total=st.sampled_from([0, 5, 500]))
    def reprice(self, which, total) -> None:
        if order_id := self.some_order(which):
            self.attempt(self.shop.orders.change(order_id, total_amount=total, status=None))

    @rule(which=orders, status=st.sampled_from(["PAID", "FULFILLED", "CANCELED"]))
    def move_on(self, which, status) -> None:
        if order_id := self.some_order(which):
            wanted = OrderStatus(status)
            work = self.shop.orders.change(order_id, total_amount=None, status=wanted)
            if self.attempt(work) and wanted is OrderStatus.PAID:
                self.paid_elsewhere.add(order_id)

    @rule(which=orders)
    def delete(self, which) -> None:
        if order_id := self.some_order(which):
            self.attempt(self.shop.orders.delete(order_id))

    @rule(what=products, price=st.sampled_from(PRICES))
    def change_price(self, what, price) -> None:
        self.attempt(self.shop.catalog.revise(self.products[what], {"price_amount": price}))

    @rule(what=products, active=st.booleans())
    def withdraw_or_return(self, what, active) -> None:
        self.attempt(self.shop.catalog.revise(self.products[what], {"is_active": active}))

    @rule(minutes=st.sampled_from([1, 2, 31]))
    def time_passes(self, minutes) -> None:
        self.clock.move(timedelta(minutes=minutes))
        self._runner.run(self.shop.checkout.sweep())

    @invariant()
    def nothing_is_sold_twice_and_nothing_is_lost(self) -> None:
        held: Counter[str | None] = Counter()
        for order in self.all_orders():
            if order.status in HOLDING:
                for line in order.items:
                    held[line.product_id] += line.quantity
        for product_id in self.products:
            left = self._runner.run(self.shop.database.read(_stock_of(product_id)))
            assert left >= 0
            assert left + held[product_id] == STOCK

    @invariant()
    def what_was_taken_is_what_was_asked(self) -> None:
        taken = dict(self.bank.taken)
        payments = self._runner.run(self.shop.database.read(_payments))
        for order in self.all_orders():
            keys = [key for order_id, key in payments if order_id == order.id and key in taken]
            sums = [taken.pop(key) for key in keys]
            if order.status in (OrderStatus.FAILED, OrderStatus.CANCELED):
                assert sums == []
            elif order.is_pending or order.total_amount == 0 or order.id in self.paid_elsewhere:
                assert sums in ([], [order.total])
            else:
                assert sums == [order.total]
        assert taken == {}, "money was taken for an order that is not there"

    def teardown(self) -> None:
        try:
            self.time_passes(31)
            self.what_was_taken_is_what_was_asked()
            self.nothing_is_sold_twice_and_nothing_is_lost()
            assert not any(order.is_pending for order in self.all_orders())
        finally:
            self._runner.run(self.shop.database.close())
            self._runner.close()
            self._folder.cleanup()


def _new(title: str, price: int) -> NewProduct:
    return NewProduct(title, "EUR", [NewVariant("Default", price, STOCK)])


async def _two_users(tx) -> list[str]:
    users = [User(email=f"{name}@example.com", password_hash="-") for name in ("ada", "eve")]
    for user in users:
        tx.users.add(user)
    return [user.id for user in users]


def _stock_of(product_id: str):
    async def unit(tx) -> int:
        return (await tx.catalog.details(product_id)).stock

    return unit


async def _payments(tx) -> list[tuple[str, str]]:
    rows = await tx._session.rows(select(Payment.order_id, Payment.id))
    return [tuple(row) for row in rows]


def test_money_adds_up(migrated_sqlite) -> None:
    run_state_machine_as_test(
        lambda: Shop(migrated_sqlite),
        settings=settings(max_examples=20, stateful_step_count=30, deadline=None),
    )
