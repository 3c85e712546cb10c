from collections.abc import Callable, Iterator
from typing import Any

import pytest
from support.clock import MovableClock
from support.post_office import PostOffice, post_office

from app.settings import Settings
from domain.identity.models import User
from domain.notice.ports import Mailer
from domain.notice.service import NoticeService
from domain.order.models import Order, OrderItem, OrderStatus
from domain.payment.gateway import RefundStatus
from domain.payment.models import Payment, Refund
from infrastructure.databases.db import SqlDatabase
from infrastructure.databases.transaction import SqlTransaction
from infrastructure.mail.addresses import Sender, relay_of
from infrastructure.mail.letters import JinjaLetters
from infrastructure.mail.smtp import SmtpMailer

SENDER = Sender("Peregrine", "shop@books.example")

type NoticesBy = Callable[[Mailer], NoticeService]


class Ledger:
    """Writes into the database what a notice is about, past every service that would tell of it."""

    def __init__(self, run: Callable[..., Any], database: SqlDatabase) -> None:
        self._run, self._database = run, database

    def user(self, email: str = "ada@example.com", *, is_active: bool = True) -> User:
        return self._added(
            "users", lambda: User(email=email, password_hash="-", is_active=is_active)
        )

    def order(self, buyer: User, status: OrderStatus = OrderStatus.PAID) -> Order:
        def build() -> Order:
            order = Order(user_id=buyer.id, currency="EUR", status=status, total_amount=999)
            order.items.append(
                OrderItem(
                    position=0,
                    product_id=None,
                    variant_id=None,
                    title_snapshot="Emma",
                    price_snapshot=999,
                    quantity=1,
                )
            )
            order.subtotal_amount = order.total_amount
            return order

        return self._added("orders", build)

    def refund(self, order: Order, status: RefundStatus = RefundStatus.SUCCEEDED) -> Refund:
        payment = self._added(
            "payments", lambda: Payment(order_id=order.id, amount=999, currency="EUR")
        )
        return self._added(
            "refunds",
            lambda: Refund(
                order_id=order.id,
                payment_id=payment.id,
                amount=400,
                currency="EUR",
                status=status,
            ),
        )

    def _added(self, repository: str, build: Callable[[], Any]) -> Any:
        async def unit(tx: SqlTransaction) -> Any:
            entity = build()
            getattr(tx, repository).add(entity)
            return entity

        return self._run(self._database.write(unit))


@pytest.fixture
def database(run, settings: Settings) -> Iterator[SqlDatabase]:
    database = SqlDatabase(settings.database)
    run(database.open())
    yield database
    run(database.close())


@pytest.fixture
def ledger(run, database) -> Ledger:
    return Ledger(run, database)


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with post_office() as office:
        yield office


@pytest.fixture
def mailer(office) -> SmtpMailer:
    return SmtpMailer(relay_of(office.url()), SENDER)


@pytest.fixture
def notices_by(database, clock: MovableClock) -> NoticesBy:
    """Make a notice service whose mail goes out by a given mailer."""
    return lambda mailer: NoticeService(
        database, JinjaLetters(SENDER.name), mailer, SENDER.host, clock
    )


@pytest.fixture
def notices(notices_by, mailer) -> NoticeService:
    return notices_by(mailer)
