from datetime import timedelta
from itertools import product

import pytest

from common.clock import utc_now
from common.money import Money
from domain.catalog.details import Offer
from domain.order.errors import OrderSettled, WrongStatus
from domain.order.models import Order, OrderStatus

NOW = utc_now()
LATER = NOW + timedelta(minutes=1)

FOLLOWS = {
    (OrderStatus.PENDING, OrderStatus.PAID),
    (OrderStatus.PENDING, OrderStatus.FAILED),
    (OrderStatus.PENDING, OrderStatus.CANCELED),
    (OrderStatus.PAID, OrderStatus.FULFILLED),
    (OrderStatus.PAID, OrderStatus.REFUNDED),
    (OrderStatus.FULFILLED, OrderStatus.REFUNDED),
}
SETTLED = {OrderStatus.PAID, OrderStatus.FULFILLED, OrderStatus.REFUNDED}


def tea(variant: str = "green", price: int = 450) -> Offer:
    return Offer("tea", variant, f"Tea - {variant}", Money(price, "EUR"), 10, True, None, {})


def order_of(*lines: tuple[Offer, int], status: OrderStatus = OrderStatus.PENDING) -> Order:
    order = Order(user_id="ada", currency="EUR", status=status)
    for offer, quantity in lines:
        order.add_line(offer, quantity)
    return order


def test_a_new_order_is_whole_before_it_is_saved() -> None:
    order = Order(user_id="ada", currency="EUR")

    assert order.is_pending
    assert not order.is_settled
    assert order.order_number.startswith("PG-")
    assert order.total == Money(0, "EUR")
    assert order.items == []


def test_the_total_is_the_sum_of_the_lines() -> None:
    order = order_of((tea("green", 450), 2), (tea("black", 500), 3))

    assert order.subtotal_amount == 2400
    assert order.total == Money(2400, "EUR")


def test_tax_and_shipping_are_part_of_the_total() -> None:
    order = Order(user_id="ada", currency="EUR", tax_amount=190, shipping_amount=500)

    order.add_line(tea(price=1000), 1)

    assert order.total == Money(1690, "EUR")


def test_lines_keep_what_was_offered_and_their_order() -> None:
    order = order_of((tea("green"), 2), (tea("black"), 1))

    assert [(line.position, line.title_snapshot, line.price_snapshot) for line in order.items] == [
        (0, "Tea - green", 450),
        (1, "Tea - black", 450),
    ]


def test_what_an_order_holds_is_added_up_and_in_one_order() -> None:
    order = order_of((tea("c"), 2), (tea("a"), 1), (tea("c"), 3), (tea("b"), 1))

    assert list(order.quantities().items()) == [("a", 1), ("b", 1), ("c", 5)]


def test_a_line_whose_product_is_gone_holds_nothing() -> None:
    order = order_of((tea("a"), 1), (tea("b"), 2))
    order.items[0].variant_id = None

    assert order.quantities() == {"b": 2}


@pytest.mark.parametrize(("status", "wanted"), list(product(OrderStatus, OrderStatus)))
def test_an_order_only_goes_where_it_can_go(status, wanted) -> None:
    order = order_of(status=status)

    if (status, wanted) in FOLLOWS:
        order.become(wanted, LATER)
        assert (order.status, order.updated_at) == (wanted, LATER)
    else:
        with pytest.raises(WrongStatus):
            order.become(wanted, LATER)
        assert order.status == status


def test_a_paid_order_knows_when() -> None:
    order = order_of()

    order.become(OrderStatus.PAID, NOW)
    order.become(OrderStatus.FULFILLED, LATER)

    assert (order.paid_at, order.updated_at) == (NOW, LATER)


@pytest.mark.parametrize("status", list(OrderStatus))
def test_an_order_money_was_taken_for_is_settled(status) -> None:
    assert order_of(status=status).is_settled == (status in SETTLED)


@pytest.mark.parametrize("status", list(OrderStatus))
def test_only_a_pending_order_can_be_repriced(status) -> None:
    order = order_of((tea(price=450), 2), status=status)

    if status is OrderStatus.PENDING:
        order.reprice(100, LATER)
        assert (order.total_amount, order.subtotal_amount) == (100, 900)
    else:
        with pytest.raises(OrderSettled):
            order.reprice(100, LATER)
        assert order.total_amount == 900
