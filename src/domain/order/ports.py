"""What orders need of the database."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from common.pagination import Page, PageRequest
from domain.catalog.service import CatalogRepository
from domain.identity.ports import UserRepository
from domain.order.models import Order, OrderStatus
from domain.payment.models import Payment, Refund
from domain.workflow import WorkflowQueue


@dataclass(frozen=True, slots=True)
class OrderFilter:
    user_id: str | None = None
    status: OrderStatus | None = None


class OrderRepository(Protocol):
    """Where orders are kept."""

    def add(self, order: Order) -> None: ...

    async def get(self, order_id: str, *, lock: bool = False) -> Order | None: ...

    async def page(self, which: OrderFilter, request: PageRequest) -> Page[Order]:
        """List orders, newest first."""

    async def by_checkout_key(self, user_id: str, key: str) -> Order | None: ...

    async def pending_of_cart(self, cart_id: str) -> Order | None: ...

    async def overdue(self, now: datetime, limit: int) -> list[str]:
        """List the ids of PENDING orders that have expired."""

    async def delete(self, order: Order) -> None: ...


class PaymentRepository(Protocol):
    """Where attempts to pay are kept."""

    def add(self, payment: Payment) -> None: ...

    async def get(self, payment_id: str, *, lock: bool = False) -> Payment | None: ...

    async def latest_of(self, order_id: str) -> Payment | None: ...

    async def paid_of(self, order_id: str) -> Payment | None:
        """Find the payment that paid an order; nothing, if it was paid by other means."""

    async def by_reference(self, reference: str) -> Payment | None:
        """Find a payment by the provider's name for its session or intent."""

    async def by_charge(self, charge: str) -> Payment | None:
        """Find a payment by the provider's name for the money it took."""


class RefundRepository(Protocol):
    """Where refunds are kept."""

    def add(self, refund: Refund) -> None: ...

    async def get(self, refund_id: str, *, lock: bool = False) -> Refund | None: ...

    async def of_order(self, order_id: str) -> list[Refund]:
        """List an order's refunds, oldest first."""


class OrderTransaction(Protocol):
    """What an order unit of work reaches."""

    @property
    def orders(self) -> OrderRepository: ...

    @property
    def payments(self) -> PaymentRepository: ...

    @property
    def refunds(self) -> RefundRepository: ...

    @property
    def workflows(self) -> WorkflowQueue: ...

    @property
    def catalog(self) -> CatalogRepository: ...

    @property
    def users(self) -> UserRepository: ...
