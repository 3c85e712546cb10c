"""Carts that many hands reach into at the same moment: nothing counts twice, nothing is lost."""

import pytest
from support.client import PASSWORD
from support.crowd import Ask, all_at_once
from support.guests import CART, ITEMS, gather, held

SESSION = "a-session-of-my-own-making"


def login(client, shopper, session_id) -> Ask:
    body = {"username": shopper.email, "password": PASSWORD, "session_id": session_id}
    return Ask(client, "POST", "/login", body)


def merge(shopper, session_id) -> Ask:
    return Ask(shopper, "POST", f"{CART}/merge", {"session_id": session_id})


def look(shopper, session_id) -> Ask:
    return Ask(shopper, "GET", f"{CART}?session_id={session_id}")


def wish(client, product, session_id) -> Ask:
    return Ask(client, "POST", ITEMS, {"product_id": product["id"], "session_id": session_id})


def statuses(results) -> set[int]:
    return {each.status_code for each in results}


@pytest.mark.parametrize("has_cart", [True, False], ids=["with a cart", "without one"])
def test_two_logins_at_once_double_nothing(admin, client, shopper, has_cart) -> None:
    emma, pen = admin.product(title="Emma", stock=50), admin.product(title="Pen")
    if has_cart:
        gather(shopper, emma, 1)
    session_id = gather(client, emma, 3)["session_id"]
    gather(client, pen, 2, session_id=session_id)

    asks = [login(client, shopper, session_id), merge(shopper, session_id)]
    results = all_at_once(*asks * 3)

    assert statuses(results) == {200}
    assert held(shopper.get(CART).json) == {"Emma": 3 + has_cart, "Pen": 2}


def test_two_users_who_know_one_session_do_not_both_get_the_cart(admin, client) -> None:
    ada, eve = client.as_shopper(), client.as_shopper()
    session_id = gather(client, admin.product(title="Emma"), 3)["session_id"]

    results = all_at_once(*[merge(ada, session_id), merge(eve, session_id)] * 2)

    carts = [held(each.get(CART).json) for each in (ada, eve)]
    assert statuses(results) == {200}
    assert sorted(carts, key=len) == [{}, {"Emma": 3}]


def test_users_who_merge_the_same_sessions_in_other_orders_do_not_hang(admin, client) -> None:
    ada, eve = client.as_shopper(), client.as_shopper()
    book = admin.product(title="Emma", stock=50)
    first, second = (gather(client, book, 3)["session_id"] for _ in range(2))

    results = all_at_once(
        merge(ada, first), merge(eve, second), merge(ada, second), merge(eve, first),
        look(ada, first), look(eve, second),
    )  # fmt: skip

    total = sum(held(each.get(CART).json).get("Emma", 0) for each in (ada, eve))
    assert statuses(results) == {200}
    assert total == 6


def test_what_is_added_while_a_cart_is_merged_is_in_one_cart_or_the_other(
    admin, client, shopper
) -> None:
    book = admin.product(title="Emma", stock=50)
    gather(client, book, session_id=SESSION)

    results = all_at_once(
        *[wish(client, book, SESSION), merge(shopper, SESSION)] * 3, wish(client, book, SESSION)
    )

    left = client.get(f"{CART}?session_id={SESSION}")
    in_guests = held(left.json) if left.status_code == 200 else {}
    in_users = held(shopper.get(CART).json)
    assert statuses(results) == {200}
    assert in_guests.get("Emma", 0) + in_users.get("Emma", 0) == 5


def test_everybody_fills_one_new_session_at_once(admin, client) -> None:
    book = admin.product(title="Emma", stock=50)

    results = all_at_once(*[wish(client, book, SESSION)] * 8)

    assert statuses(results) == {200}
    assert len({each.json["cart"]["cart_id"] for each in results}) == 1
    assert held(client.get(f"{CART}?session_id={SESSION}").json) == {"Emma": 8}


def test_a_checkout_while_a_cart_is_merged_loses_nothing(admin, client, shopper) -> None:
    book = admin.product(title="Emma", stock=50)
    gather(shopper, book, 2)
    session_id = gather(client, book, 3)["session_id"]

    results = all_at_once(
        Ask(shopper, "POST", "/checkout", {}), merge(shopper, session_id),
        login(client, shopper, session_id),
    )  # fmt: skip

    orders = shopper.get("/orders/me").json["items"]
    bought = sum(line["quantity"] for order in orders for line in order["items"])
    assert statuses(results) == {200, 201}
    assert bought + held(shopper.get(CART).json).get("Emma", 0) == 5


def test_changing_and_removing_an_item_at_once_ends_one_way(admin, shopper) -> None:
    item_id = gather(shopper, admin.product(title="Emma"), 2)["items"][0]["item_id"]
    path = f"{ITEMS}/{item_id}"

    results = all_at_once(
        *[Ask(shopper, "PATCH", path, {"quantity": 3}), Ask(shopper, "DELETE", path)] * 2,
        Ask(shopper, "DELETE", CART),
    )

    assert statuses(results) <= {200, 404}
    assert held(shopper.get(CART).json) == {}
