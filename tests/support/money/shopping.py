"""What shoppers do."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from domain.cart.shopper import Guest
from domain.checkout.errors import SessionNotFound
from domain.checkout.placing import Purchase
from domain.checkout.sessions import IntentRequest, SessionRequest
from domain.order.service import Wanted
from domain.payment.gateway import SessionMode
from support.money.base import (
    Base,
    cards,
    countries,
    cuts,
    happenings,
    keys,
    latest,
    products,
    quantities,
    shoppers,
    which,
    wishes,
)

_MODES = st.sampled_from(SessionMode)


class Shopping(Base):
    """Carts are filled and bought, in every way there is."""

    guest: str | None = None

    @rule(who=shoppers, what=products, quantity=quantities)
    def add_to_cart(self, who, what, quantity) -> None:
        self.attempt(self.shop.carts.add(self.caller(who), self.products[what], None, quantity))

    @rule(who=shoppers, what=products, quantity=quantities)
    def remove_from_cart(self, who, what, quantity) -> None:
        self.attempt(self.shop.carts.remove(self.caller(who), self.products[what], None, quantity))

    @rule(what=products, quantity=quantities)
    def gather_as_a_guest(self, what, quantity) -> None:
        adding = self.shop.carts.add(Guest(self.guest), self.products[what], None, quantity)
        if change := self.attempt(adding):
            self.guest = change.cart.cart.session_id

    @precondition(lambda self: self.guest)
    @rule(who=shoppers)
    def log_in_with_the_guests_cart(self, who) -> None:
        self.attempt(self.shop.carts.merge(self.caller(who), self.guest))

    @rule(
        who=shoppers,
        wanted=wishes,
        then=happenings,
        card=cards,
        cut=cuts,
        key=keys,
        country=countries,
    )
    def check_out(self, who, wanted, then, card, cut, key, country) -> None:
        self.fill_cart(who, wanted)
        purchase = Purchase(key=_key("checkout", key, country), shipping_address=_address(country))
        order = self.attempt(self.shop.checkout.check_out(self.caller(who), purchase, card), cut)
        assert order is None or (order.is_settled and order.user_id == self.users[who])
        self._and_then(then)

    @rule(
        who=shoppers,
        wanted=wishes,
        then=happenings,
        mode=_MODES,
        cut=cuts,
        key=keys,
        country=countries,
    )
    def open_session(self, who, wanted, then, mode, cut, key, country) -> None:
        self.fill_cart(who, wanted)
        request = SessionRequest(
            mode=mode,
            success_url="https://shop.example/thanks",
            origin="https://shop.example",
            shipping_address=_address(country),
            key=_key(mode, key, country),
        )
        opening = self.shop.payment_sessions.open_session(self.caller(who), request)
        self._check_opened(who, self.attempt(opening, cut))
        self._and_then(then)

    @rule(
        who=shoppers,
        wanted=wishes,
        then=happenings,
        cut=cuts,
        key=keys,
        country=countries,
        amount=st.sampled_from([None, 999]),
    )
    def open_intent(self, who, wanted, then, cut, key, country, amount) -> None:
        self.fill_cart(who, wanted)
        request = IntentRequest(
            amount=amount,
            shipping_address=_address(country),
            key=_key(f"intent {amount}", key, country),
        )
        opening = self.shop.payment_sessions.open_intent(self.caller(who), request)
        self._check_opened(who, self.attempt(opening, cut))
        self._and_then(then)

    def _and_then(self, then: list[str]) -> None:
        self.read_books()
        self.happen(then)

    def _check_opened(self, who: int, opened: Any) -> None:
        """What is opened can be paid, or has been."""
        if opened is None:
            return
        assert opened.order.user_id == self.users[who]
        assert opened.payment.amount == opened.order.total_amount
        if opened.status == "open":
            assert opened.order.is_pending
            assert opened.payment.reference
        else:
            assert opened.status == "complete"
            assert opened.order.is_settled

    @precondition(lambda self: self.books.sessions)
    @rule(who=shoppers, number=which, cut=cuts)
    def look_at_a_session(self, who, number, cut) -> None:
        shown = self._with_own(who, number, self.shop.payment_sessions.session, cut)
        if shown and shown.order.is_pending:
            assert shown.status == "open"

    @precondition(lambda self: self.books.sessions)
    @rule(who=shoppers, number=which, cut=cuts)
    def cancel_a_session(self, who, number, cut) -> None:
        shown = self._with_own(who, number, self.shop.payment_sessions.cancel_session, cut)
        if shown:
            assert (shown.status, shown.order.is_pending) == ("expired", False)

    def _with_own(self, who: int, number: int, do: Any, cut: Any) -> Any:
        """Do something with a session; somebody else's is not there."""
        session = latest(number, self.books.sessions)
        work = do(self.caller(who), session.reference)
        (owner,) = {each.user_id for each in self.books.orders if each.id == session.order_id}
        if owner == self.users[who]:
            return self.attempt(work, cut)
        try:
            self.run(work)
        except SessionNotFound:
            return None
        raise AssertionError("somebody got hold of the session of somebody else")

    @precondition(lambda self: self.books.opened)
    @rule(number=which, good=st.booleans())
    def try_a_card_where_it_was_opened(self, number, good) -> None:
        if self.books.opened:
            self.run(self.provider.try_card(latest(number, self.books.opened), good=good))

    @rule(who=shoppers, first=products, second=products, quantity=quantities, at_once=st.booleans())
    def place_order(self, who, first, second, quantity, at_once) -> None:
        lines = [Wanted(self.products[each], None, quantity) for each in (first, second)]
        order = self.attempt(self.shop.orders.place(self.caller(who), None, lines))
        if order and at_once:
            self.attempt(self.shop.checkout.pay(self.caller(who), order.id, None))

    @precondition(lambda self: self.books.orders)
    @rule(who=shoppers, number=which, card=cards, cut=cuts)
    def pay(self, who, number, card, cut) -> None:
        order_id = latest(number, self.books.orders).id
        order = self.attempt(self.shop.checkout.pay(self.caller(who), order_id, card), cut)
        assert order is None or order.is_settled


def _key(door: str, key: str | None, country: str | None) -> str | None:
    """Keys belong to one request: the same one with another body is refused before it is here."""
    return key and f"{door} {country} {key}"


def _address(country: str | None) -> dict[str, str] | None:
    return {"country": country} if country else None
