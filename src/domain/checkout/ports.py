"""What checkout needs of the database."""

from typing import Protocol

from domain.cart.service import CartRepository
from domain.order.ports import OrderTransaction


class CheckoutTransaction(OrderTransaction, Protocol):
    """What a checkout unit of work reaches."""

    @property
    def carts(self) -> CartRepository: ...
