from decimal import Decimal

import pytest

from common.clock import utc_now
from common.money import Money
from domain.catalog.details import Offer
from domain.order.errors import WrongStatus
from domain.order.models import Order, OrderStatus

NOW = utc_now()
ADDRESS = {"name": "Ada", "line1": "12 Secret Street", "country": "GB"}


@pytest.fixture
def order() -> Order:
    order = Order(user_id="ada", currency="EUR", shipping_address=ADDRESS)
    order.add_line(Offer("tea", "green", "Tea", Money(450, "EUR"), 10, True, None, {}), 2)
    order.charge(100, 50)
    return order


def test_each_change_is_announced_once_and_in_order(order) -> None:
    order.become(OrderStatus.CANCELED, NOW)
    order.reopen(NOW)
    order.become(OrderStatus.PAID, NOW)
    order.become(OrderStatus.FULFILLED, NOW)
    order.refund(50, NOW)
    order.refund(1000, NOW)

    assert order.announced() == [
        "order.created",
        "order.canceled",
        "order.reopened",
        "order.paid",
        "order.fulfilled",
        "order.partially_refunded",
        "order.refunded",
    ]
    assert order.announced() == []


def test_a_change_that_is_refused_is_not_announced(order) -> None:
    order.announced()

    with pytest.raises(WrongStatus):
        order.become(OrderStatus.REFUNDED, NOW)

    assert order.announced() == []


def test_money_of_an_order_that_was_given_up_is_told_to_go_back(order) -> None:
    order.become(OrderStatus.FAILED, NOW)
    order.announced()

    order.refund(1050, NOW)

    assert (order.announced(), order.status) == (["order.refunded"], "FAILED")


def test_sums_are_told_in_both_units_and_people_by_id_only(order) -> None:
    told = order.told()

    assert (told["total"], told["total_cents"]) == (Decimal("10.50"), 1050)
    assert (told["subtotal_cents"], told["tax_cents"], told["shipping_cents"]) == (900, 100, 50)
    (line,) = told["items"]
    assert (line["title"], line["quantity"], line["price_cents"]) == ("Tea", 2, 450)
    assert (line["total"], told["user_id"]) == (Decimal("9.00"), "ada")
    assert "Secret Street" not in str(told)
