"""The whole machine. What is begun is mostly followed by what concerns it."""

from typing import Any

from hypothesis.stateful import precondition, rule

from support.money.base import HAPPENINGS, happenings
from support.money.counting import Counting
from support.money.keeping import Keeping
from support.money.shopping import Shopping


class Machine(Shopping, Keeping, Counting):
    """Shoppers, administrators, the provider, time and bad luck."""

    @precondition(lambda self: self.books.payments)
    @rule(then=happenings)
    def much_happens(self, then: list[str]) -> None:
        self.happen(then)

    def happen(self, then: list[str]) -> None:
        for each in then:
            getattr(self, HAPPENINGS[each])()
            self.the_books_agree()

    def shopper_pays(self) -> None:
        self.try_a_card_where_it_was_opened(number=0, good=True)

    def card_is_declined(self) -> None:
        self.try_a_card_where_it_was_opened(number=0, good=False)

    def first_event_is_dealt_with(self) -> None:
        self.an_event_comes(number=0, again=False)
        self.worker_works()

    def last_event_is_dealt_with(self) -> None:
        self.an_event_comes(number=-1, again=False)
        for _ in range(2):  # the stand-in's are delivered, and then dealt with
            self.a_workflow_is_carried_out(number=-1, cut=None)

    def worker_works(self) -> None:
        for _ in range(2):
            self.a_workflow_is_carried_out(number=0, cut=None)

    def shopper_looks(self) -> None:
        if self.books.sessions:
            for who in range(len(self.users)):
                self.look_at_a_session(who=who, number=0, cut=None)

    def some_goes_back(self) -> None:
        self._refund(amount=1, restock=1)

    def all_goes_back(self) -> None:
        self._refund(amount=None, restock="all")

    def some_goes_back_elsewhere(self) -> None:
        if self.books.paid:
            self.refund_at_the_provider(number=0, amount=1)

    def much_goes_back_elsewhere(self) -> None:
        if self.books.paid:
            self.refund_at_the_provider(number=0, amount=500)

    def sweep_comes(self) -> None:
        self.the_sweep_comes(cut=None)

    def _refund(self, **how: Any) -> None:
        if self.books.paid:
            self.refund(number=0, **how)
