"""The shop the machine works in, and how its steps are taken."""

import asyncio
import shutil
from collections.abc import Coroutine, Iterable
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine
from sqlalchemy import select

from app.container import assemble
from app.settings import Settings
from common.errors import DomainError
from domain.catalog.models import Variant
from domain.catalog.service import NewProduct, NewVariant
from domain.identity.caller import Caller
from domain.identity.models import User
from domain.order.models import Order
from domain.payment.gateway import PaymentKind
from domain.payment.models import Payment, Refund
from domain.workflow import TryAgain
from support.bank import Cut, PowerCut
from support.clock import MovableClock
from support.money.providers import CURRENCY, Line, Provider

STOCK = 12
PRICES = (0, 1, 999)
RATES = {"tax_rates": "DE=19%, *=7%", "shipping_rates": "DE=4.90 EUR, *=0.01 EUR"}

shoppers = st.integers(0, 1)
products = st.integers(0, len(PRICES) - 1)
quantities = st.sampled_from([1, 2, 3, STOCK])
cards = st.sampled_from([None, "tok_visa", "tok_chargeDeclined"])
cuts = st.sampled_from([None, None, None, *Cut])
keys = st.sampled_from([None, None, "k1", "k2"])
countries = st.sampled_from([None, "DE", "FR"])
which = st.integers(0, 9)
"""Counted from the latest."""
wishes = st.lists(st.tuples(products, st.integers(1, 2)), max_size=2)
HAPPENINGS = {
    "the shopper pays": "shopper_pays",
    "the shopper's card is declined": "card_is_declined",
    "the first event is dealt with": "first_event_is_dealt_with",
    "the last event is dealt with": "last_event_is_dealt_with",
    "the worker works": "worker_works",
    "the shopper looks": "shopper_looks",
    "some goes back": "some_goes_back",
    "all goes back": "all_goes_back",
    "some goes back elsewhere": "some_goes_back_elsewhere",
    "much goes back elsewhere": "much_goes_back_elsewhere",
    "the sweep comes": "sweep_comes",
}
"""What may happen to what was begun last, and the steps that it is."""
happenings = st.lists(st.sampled_from(list(HAPPENINGS)), max_size=6)


class Ledger(NamedTuple):
    """All that is written down in the shop and at the provider."""

    orders: list[Order]
    payments: list[Payment]
    refunds: list[Refund]
    variants: list[Variant]
    taken: dict[str, Line]

    @property
    def opened(self) -> list[Payment]:
        """List the payments that shoppers make elsewhere."""
        return [each for each in self.payments if each.kind != PaymentKind.CHARGE]

    @property
    def sessions(self) -> list[Payment]:
        """List the sessions that shoppers know of."""
        of_sessions = [each for each in self.opened if each.kind == PaymentKind.SESSION]
        return [each for each in of_sessions if each.reference]

    @property
    def paid(self) -> list[Payment]:
        """List the payments that were made, whether the shop has heard of it or not."""
        return [each for each in self.payments if each.id in self.taken]


def latest[T](number: int, of: Iterable[T]) -> T:
    """Pick one of those there are, counted from the latest."""
    known = list(of)
    return known[-1 - number % len(known)]


class Base(RuleBasedStateMachine):
    """A shop with two shoppers, a guest, three products, and a few of each."""

    def __init__(self, migrated: Path, provider: Provider) -> None:
        super().__init__()
        self._runner = asyncio.Runner()
        self._folder = TemporaryDirectory()
        path = Path(self._folder.name) / "shop.db"
        shutil.copy(migrated, path)
        self.clock, self.provider = MovableClock(), provider
        config = Settings(
            _env_file=None,
            database_url=f"sqlite:///{path}",
            secret_key="s" * 32,
            rate_limits="off",
            workflows="worker",
            **RATES,
        )
        self.shop = assemble(config, clock=self.clock, gateway=provider.gateway)
        provider.join(self.shop, self.clock)
        self.paid_elsewhere: set[str] = set()
        self.paid_at: dict[str, Any] = {}
        self.books = Ledger([], [], [], [], {})
        self.run(self._open())

    async def _open(self) -> None:
        await self.shop.database.open()
        self.users = await self.shop.database.write(_two_users)
        self.products = [
            (await self.shop.catalog.add(_new(f"{price}", price))).id for price in PRICES
        ]

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self._runner.run(work)

    def attempt(self, work: Coroutine[Any, Any, Any], cut: Cut | None = None) -> Any:
        """Do something that may be refused, or end in the dark; return what came of it."""
        self.provider.cut = cut
        try:
            return self.run(work)
        except (DomainError, TryAgain, PowerCut):
            return None
        finally:
            self.provider.cut = None

    def caller(self, number: int) -> Caller:
        return Caller(self.users[number])

    def fill_cart(self, who: int, wishes: list[tuple[int, int]]) -> None:
        for what, quantity in wishes:
            self.attempt(self.shop.carts.add(self.caller(who), self.products[what], None, quantity))

    def pass_time(self, minutes: int) -> None:
        self.clock.move(timedelta(minutes=minutes))

    def read_books(self) -> None:
        async def read() -> Ledger:
            rows = await self.shop.database.read(_everything)
            return Ledger(*rows, await self.provider.books())

        self.books = self.run(read())

    def happen(self, then: list[str]) -> None:
        """Have one thing after the other happen to what was begun last."""
        raise NotImplementedError

    def close(self) -> None:
        self.run(self.shop.database.close())
        self._runner.close()
        self._folder.cleanup()


async def _everything(tx: Any) -> list[list[Any]]:
    """List all orders, payments, refunds and variants, the oldest first."""
    found = []
    for entity in (Order, Payment, Refund, Variant):
        moment = getattr(entity, "created_at", entity.id)
        found.append(await tx._session.find_all(select(entity).order_by(moment, entity.id)))
    return found


def _new(title: str, price: int) -> NewProduct:
    return NewProduct(title, CURRENCY, [NewVariant("Default", price, STOCK)])


async def _two_users(tx: Any) -> list[str]:
    users = [User(email=f"{name}@example.com", password_hash="-") for name in ("ada", "eve")]
    for user in users:
        tx.users.add(user)
    return [user.id for user in users]
