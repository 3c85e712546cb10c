"""What has to be true after every step, and what has to be true in the end."""

from collections import Counter

from hypothesis.stateful import invariant

from domain.order.models import Order, OrderStatus
from domain.payment.gateway import RefundStatus
from domain.workflow import TryAgain
from support.money.base import STOCK, Base, Ledger
from support.worker import carry_out_one, waiting

_GIVEN_UP = (OrderStatus.FAILED, OrderStatus.CANCELED)


class Counting(Base):
    """The books of the shop and of the provider are compared."""

    @invariant()
    def the_books_agree(self) -> None:
        self.read_books()
        ledger = self.books
        nothing_is_sold_twice_and_nothing_is_lost(ledger)
        nothing_goes_back_that_nobody_asked_for(ledger)
        no_money_is_unaccounted_for(ledger)
        no_refund_exceeds_what_was_paid(ledger)
        for order in ledger.orders:
            self.what_was_taken_is_what_was_asked(ledger, order)
            if order.paid_at:
                assert self.paid_at.setdefault(order.id, order.paid_at) == order.paid_at

    def what_was_taken_is_what_was_asked(self, ledger: Ledger, order: Order) -> None:
        taken = taken_for(ledger, order)
        if order.status in _GIVEN_UP:
            assert taken == []
        elif order.is_pending or order.total_amount == 0 or order.id in self.paid_elsewhere:
            assert taken in ([], [order.total_amount])
        else:
            assert taken == [order.total_amount]

    def teardown(self) -> None:
        try:
            self.everything_ends()
            self.the_books_agree()
            assert not any(order.is_pending for order in self.books.orders)
            self.run(self.provider.tell_all())
            self.everything_ends()
            self.the_books_agree()
            self.what_went_back_is_known()
        finally:
            self.close()

    def everything_ends(self) -> None:
        """Let time pass, and everything be done that waits to be done."""
        self.pass_time(31)
        self.run(self.shop.checkout.sweep())
        in_vain = 0
        while left := waiting(self.shop):
            in_vain = 0 if self.was_done(in_vain) else in_vain + 1
            assert in_vain < len(left), f"never done: {left}"

    def was_done(self, number: int) -> bool:
        """Carry out a workflow; one that has to wait for another is tried again."""
        try:
            self.run(carry_out_one(self.shop, number))
        except TryAgain:
            return False
        return True

    def what_went_back_is_known(self) -> None:
        ledger = self.books
        assert not any(refund.pending for refund in ledger.refunds)
        for order in ledger.orders:
            assert order.refunded_amount == sum(
                ledger.taken[payment.id].returned
                for payment in ledger.payments
                if payment.order_id == order.id and payment.id in ledger.taken
            )


def nothing_is_sold_twice_and_nothing_is_lost(ledger: Ledger) -> None:
    held: Counter[str | None] = Counter()
    for order in ledger.orders:
        for line in order.items:
            assert 0 <= line.restocked <= line.quantity
            assert line.restocked == 0 or order.is_settled
            if order.is_pending or order.is_settled:
                held[line.variant_id] += line.quantity - line.restocked
    for variant in ledger.variants:
        assert variant.stock >= 0
        assert variant.stock + held[variant.id] == STOCK
        assert variant.ordered == held[variant.id]


def nothing_goes_back_that_nobody_asked_for(ledger: Ledger) -> None:
    """Whoever is paid here was not given up before: both providers close what we close."""
    assert {refund.reason for refund in ledger.refunds} <= {
        None,
        "refunded at the payment provider",
    }


def no_money_is_unaccounted_for(ledger: Ledger) -> None:
    known = {payment.id for payment in ledger.payments}
    assert set(ledger.taken) <= known, "money was taken for an order that is not there"


def no_refund_exceeds_what_was_paid(ledger: Ledger) -> None:
    asked: Counter[str] = Counter()
    for refund in ledger.refunds:
        if refund.status != RefundStatus.FAILED:
            asked[refund.payment_id] += refund.amount
    for key, line in ledger.taken.items():
        assert 0 <= line.returned <= line.taken
        assert asked[key] <= line.taken
    for order in ledger.orders:
        assert 0 <= order.refunded_amount <= order.total_amount
        if order.status == OrderStatus.REFUNDED:
            assert order.refunded_amount == order.total_amount


def taken_for(ledger: Ledger, order: Order) -> list[int]:
    """List what the provider took for an order."""
    return [
        ledger.taken[payment.id].taken
        for payment in ledger.payments
        if payment.order_id == order.id and payment.id in ledger.taken
    ]
