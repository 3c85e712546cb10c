from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.clock import utc_now
from common.money import Money
from domain.cart.errors import CartItemNotFound
from domain.cart.models import MAX_ATTRIBUTES, MAX_LINES, MAX_QUANTITY, Cart
from domain.catalog.details import Offer
from domain.catalog.errors import BeyondStock, InvalidProduct

NOW = utc_now()
LATER = NOW + timedelta(minutes=1)

quantities = st.integers(1, 20)
stocks = st.integers(0, 30)


def tea(
    variant: str = "green",
    price: int = 450,
    stock: int = 10,
    currency: str = "EUR",
    is_active: bool = True,
) -> Offer:
    return Offer(
        "tea", variant, f"Tea - {variant}", Money(price, currency), stock, is_active, None, {}
    )


def adas(*wishes: tuple[Offer, int]) -> Cart:
    return _filled(Cart(user_id="ada"), wishes)


def guests(*wishes: tuple[Offer, int]) -> Cart:
    return _filled(Cart(session_id="sess_0123456789"), wishes)


def _filled(cart: Cart, wishes: tuple[tuple[Offer, int], ...]) -> Cart:
    for offer, quantity in wishes:
        cart.add(offer, quantity, NOW)
    return cart


def merged(ours: Cart, theirs: Cart, *today: Offer) -> dict[str, int]:
    """Merge two carts, on a day with these offers, and tell what is held then."""
    ours.absorb(theirs, {offer.variant_id: offer for offer in today}, LATER)
    return {item.variant_id: item.quantity for item in ours.items}


def test_quantities_add_up_and_new_things_move_in() -> None:
    ours = adas((tea("green"), 1))
    theirs = guests((tea("green"), 2), (tea("black"), 3))

    assert merged(ours, theirs, tea("green"), tea("black")) == {"green": 3, "black": 3}
    assert ours.updated_at == LATER


@pytest.mark.parametrize(
    "today",
    [tea(stock=0), tea(is_active=False), tea("green", currency="USD")],
    ids=["sold out", "withdrawn", "in another currency"],
)
def test_what_cannot_be_had_stays_behind(today) -> None:
    ours, theirs = adas((tea("black"), 1)), guests((tea("green"), 2))

    assert merged(ours, theirs, today) == {"black": 1}


def test_what_is_held_already_is_never_made_less() -> None:
    ours, theirs = adas((tea(stock=9), 5)), guests((tea(stock=9), 2))

    assert merged(ours, theirs, tea(stock=3)) == {"green": 5}


def test_a_full_cart_takes_no_new_things() -> None:
    offers = [tea(str(number)) for number in range(MAX_LINES + 1)]
    ours = adas(*((offer, 1) for offer in offers[:MAX_LINES]))
    theirs = guests((offers[0], 2), (offers[MAX_LINES], 2))

    held = merged(ours, theirs, *offers)

    assert len(held) == MAX_LINES
    assert held["0"] == 3


@pytest.mark.parametrize(
    ("our_price", "their_price", "today", "told"),
    [(450, 450, 450, 450), (400, 450, 450, 400), (450, 400, 450, 400), (400, 420, 450, 400)],
)
def test_a_price_that_changed_for_either_is_told(our_price, their_price, today, told) -> None:
    ours, theirs = adas((tea(price=our_price), 1)), guests((tea(price=their_price), 1))

    merged(ours, theirs, tea(price=today))

    assert ours.items[0].price_amount == told


def test_what_moves_in_keeps_its_price_its_particulars_and_its_id() -> None:
    ours, theirs = adas(), guests()
    item = theirs.add(tea(price=400), 2, NOW, {"gift": True})

    merged(ours, theirs, tea(price=450))

    moved = ours.items[0]
    assert (moved.id, moved.price_amount, moved.attributes) == (item.id, 400, {"gift": True})
    assert ours.currency == "EUR"
    assert theirs.items == []


def test_what_was_said_last_about_a_thing_counts() -> None:
    ours, theirs = adas(), guests()
    ours.add(tea(), 1, NOW, {"ribbon": "red", "card": "Happy birthday"})
    theirs.add(tea(), 1, NOW, {"ribbon": "blue"})

    merged(ours, theirs, tea())

    assert ours.items[0].attributes == {"ribbon": "blue", "card": "Happy birthday"}


@given(held=quantities, brought=quantities, stock=stocks)
def test_a_merge_never_asks_for_more_than_there_is_unless_the_user_did(
    held, brought, stock
) -> None:
    ours, theirs = adas((tea(stock=99), held)), guests((tea(stock=99), brought))

    quantity = merged(ours, theirs, tea(stock=stock))["green"]

    assert held <= quantity <= max(held, min(stock, MAX_QUANTITY))
    assert quantity == held + brought or quantity == max(held, stock)


def test_only_so_much_is_kept_of_what_is_said_about_a_thing() -> None:
    cart = Cart(user_id="ada")
    old = {f"old {n}": n for n in range(MAX_ATTRIBUTES)}
    item = cart.add(tea(), 1, NOW, old)

    cart.add(tea(), 1, NOW, {"old 0": "said again", "new": True})

    assert len(item.attributes) == MAX_ATTRIBUTES
    assert (item.attributes["old 0"], item.attributes["new"]) == ("said again", True)
    assert "old 1" not in item.attributes


def test_a_quantity_is_set_within_what_there_is() -> None:
    cart = adas((tea(), 2))
    item = cart.items[0]

    with pytest.raises(BeyondStock) as raised:
        cart.set_quantity(item, tea(stock=3), 4, LATER)
    with pytest.raises(InvalidProduct):
        cart.set_quantity(item, tea(is_active=False), 1, LATER)
    assert (item.quantity, cart.updated_at) == (2, NOW)
    cart.set_quantity(item, tea(stock=3), 3, LATER)

    assert raised.value.details["available_quantity"] == 3
    assert (item.quantity, cart.updated_at) == (3, LATER)


def test_an_item_is_found_by_its_id_and_taken_out() -> None:
    cart = adas((tea("green"), 1), (tea("black"), 1))
    green = cart.items[0]

    cart.remove_item(cart.item(green.id), LATER)

    assert [item.variant_id for item in cart.items] == ["black"]
    with pytest.raises(CartItemNotFound):
        cart.item(green.id)


def test_a_cleared_cart_takes_any_currency() -> None:
    cart = adas((tea(currency="JPY"), 1))

    cart.clear(LATER)
    cart.add(tea(currency="EUR"), 1, LATER)

    assert cart.currency == "EUR"
