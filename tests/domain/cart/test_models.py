from datetime import timedelta

import pytest

from common.clock import utc_now
from common.money import Money
from domain.cart.errors import CartFull, CurrencyMismatch, ItemNotInCart
from domain.cart.models import MAX_LINES, MAX_QUANTITY, Cart
from domain.catalog.details import Offer
from domain.catalog.errors import BeyondStock, InvalidProduct

NOW = utc_now()
LATER = NOW + timedelta(minutes=1)


def tea(
    variant: str = "green",
    price: int = 450,
    stock: int = 10,
    currency: str = "EUR",
    is_active: bool = True,
) -> Offer:
    return Offer(
        product_id="tea",
        variant_id=variant,
        title=f"Tea - {variant}",
        price=Money(price, currency),
        stock=stock,
        is_active=is_active,
        image_url=None,
        attributes={},
    )


def cart_of(*offers: Offer) -> Cart:
    cart = Cart(user_id="ada")
    for offer in offers:
        cart.add(offer, 1, NOW)
    return cart


def lines(cart: Cart) -> list[tuple[str, int, int]]:
    return [(item.variant_id, item.quantity, item.price_amount) for item in cart.items]


def test_a_new_cart_is_whole_before_it_is_saved() -> None:
    cart = Cart(user_id="ada")

    assert len(cart.id) == 36
    assert cart.items == []
    assert cart.currency is None


def test_the_first_thing_added_decides_the_currency() -> None:
    cart = cart_of(tea(currency="JPY"))

    assert cart.currency == "JPY"
    with pytest.raises(CurrencyMismatch):
        cart.add(tea("black", currency="EUR"), 1, NOW)


def test_an_emptied_cart_takes_any_currency() -> None:
    cart = cart_of(tea(currency="JPY"))
    cart.remove("tea", "green", None, NOW)

    cart.add(tea(currency="EUR"), 1, NOW)

    assert cart.currency == "EUR"


def test_adding_twice_makes_one_line_at_the_newer_price() -> None:
    cart = Cart(user_id="ada")

    cart.add(tea(price=450), 2, NOW)
    cart.add(tea(price=500), 3, NOW)

    assert lines(cart) == [("green", 5, 500)]


def test_variants_are_lines_of_their_own() -> None:
    assert lines(cart_of(tea("green"), tea("black"))) == [("green", 1, 450), ("black", 1, 450)]


def test_stock_limits_what_is_held_not_what_is_added() -> None:
    cart = Cart(user_id="ada")
    cart.add(tea(stock=3), 2, NOW)

    with pytest.raises(BeyondStock) as raised:
        cart.add(tea(stock=3), 2, NOW)

    assert raised.value.details["available_quantity"] == 3
    assert raised.value.details["requested_quantity"] == 4
    assert lines(cart) == [("green", 2, 450)]


def test_what_is_no_longer_sold_cannot_be_added() -> None:
    cart = Cart(user_id="ada")

    with pytest.raises(InvalidProduct):
        cart.add(tea(is_active=False), 1, NOW)

    assert cart.items == []


def test_a_line_holds_only_so_much() -> None:
    cart = Cart(user_id="ada")
    cart.add(tea(stock=1_000_000), MAX_QUANTITY, NOW)

    with pytest.raises(CartFull):
        cart.add(tea(stock=1_000_000), 1, NOW)

    assert cart.items[0].quantity == MAX_QUANTITY


def test_a_cart_holds_only_so_many_lines_but_more_of_each() -> None:
    cart = cart_of(*(tea(str(number)) for number in range(MAX_LINES)))

    with pytest.raises(CartFull):
        cart.add(tea("one more"), 1, NOW)
    cart.add(tea("0"), 1, NOW)

    assert len(cart.items) == MAX_LINES
    assert cart.items[0].quantity == 2


@pytest.mark.parametrize(("quantity", "left"), [(1, [("green", 2, 450)]), (3, []), (None, [])])
def test_removing_takes_some_or_all_of_a_line(quantity, left) -> None:
    cart = Cart(user_id="ada")
    cart.add(tea(), 3, NOW)

    cart.remove("tea", "green", quantity, NOW)

    assert lines(cart) == left


def test_only_what_is_held_can_be_removed() -> None:
    cart = cart_of(tea("green"))

    for product_id, variant_id in (("tea", "black"), ("coffee", "green")):
        with pytest.raises(ItemNotInCart):
            cart.remove(product_id, variant_id, 1, NOW)
    assert lines(cart) == [("green", 1, 450)]


def test_taking_what_was_bought_never_takes_more_than_is_there() -> None:
    cart = cart_of(tea("green"), tea("black"))

    cart.take("tea", "green", 5)
    cart.take("tea", "white", 1)

    assert lines(cart) == [("black", 1, 450)]


def test_changing_a_cart_marks_the_time() -> None:
    cart = cart_of(tea())

    cart.add(tea(), 1, LATER)
    assert cart.updated_at == LATER

    cart.remove("tea", "green", 1, LATER + timedelta(minutes=1))
    assert cart.updated_at == LATER + timedelta(minutes=1)
