from uuid import uuid4

import pytest
from support.client import PASSWORD
from support.guests import CART, ITEMS, gather, held, log_in

from domain.cart.models import MAX_LINES, MAX_QUANTITY


def by_name(client, shopper, session_id):
    login = {"username": shopper.email, "password": PASSWORD, "session_id": session_id}
    return client.post("/login", login)


def by_address(client, shopper, session_id):
    login = {"email": shopper.email, "password": PASSWORD, "session_id": session_id}
    return client.post("/auth/login", login)


def by_merging(client, shopper, session_id):
    return shopper.post(f"{CART}/merge", {"session_id": session_id})


def by_looking(client, shopper, session_id):
    return shopper.get(f"{CART}?session_id={session_id}")


WAYS = [by_name, by_address, by_merging, by_looking]


@pytest.mark.parametrize("way", WAYS)
def test_what_a_guest_gathered_is_in_the_users_cart_afterwards(admin, client, shopper, way) -> None:
    emma, pen = admin.product(title="Emma"), admin.product(title="Pen")
    gather(shopper, emma, 2)
    guests = gather(client, emma, 3)
    guests = gather(client, pen, session_id=guests["session_id"], metadata={"ink": "blue"})

    merged = way(client, shopper, guests["session_id"])

    cart = shopper.get(CART).json
    assert merged.status_code == 200
    assert held(cart) == {"Emma": 5, "Pen": 1}
    assert cart["items"][1]["metadata"] == {"ink": "blue"}
    assert cart["user_id"] == shopper.user_id
    assert client.get(f"{CART}?session_id={guests['session_id']}").status_code == 404


@pytest.mark.parametrize("way", WAYS)
def test_merging_again_adds_nothing(admin, client, shopper, way) -> None:
    session_id = gather(client, admin.product(title="Emma"), 2)["session_id"]
    by_merging(client, shopper, session_id)

    again = way(client, shopper, session_id)

    assert again.status_code == 200
    assert held(shopper.get(CART).json) == {"Emma": 2}


def test_merging_answers_with_the_users_cart(admin, client, shopper) -> None:
    session_id = gather(client, admin.product(), 2)["session_id"]

    merged = by_merging(client, shopper, session_id)
    unknown = by_merging(client, shopper, f"sess_{uuid4()}")

    assert merged.json == {"success": True, "cart": shopper.get(CART).json}
    assert (unknown.status_code, unknown.json) == (200, merged.json)


def test_an_item_keeps_its_id_when_its_cart_is_merged(admin, client, shopper) -> None:
    guests = gather(client, admin.product(), 2)
    item_id = guests["items"][0]["item_id"]

    updated = shopper.patch(f"{ITEMS}/{item_id}?session_id={guests['session_id']}", {"quantity": 3})

    assert updated.status_code == 200
    assert updated.json["cart"] == shopper.get("/cart").json
    assert updated.json["updated_item"]["item_id"] == item_id


def test_a_user_who_names_a_session_while_adding_has_both(admin, client, shopper) -> None:
    emma, pen = admin.product(title="Emma"), admin.product(title="Pen")
    session_id = gather(client, emma)["session_id"]

    cart = gather(shopper, pen, session_id=session_id)

    assert held(cart) == {"Emma": 1, "Pen": 1}
    assert (cart["user_id"], cart["session_id"]) == (shopper.user_id, None)


def test_who_signs_up_brings_their_cart_along(admin, client) -> None:
    session_id = gather(client, admin.product(title="Emma"), 2)["session_id"]

    signed_up = client.post(
        "/auth/signup",
        {"email": "ada@example.com", "password": PASSWORD, "session_id": session_id},
    )

    ada = client.bearing(signed_up.json["access_token"])
    assert signed_up.status_code == 201
    assert held(ada.get("/cart").json) == {"Emma": 2}


@pytest.mark.parametrize("session_id", [None, "sess_0d434625-7ee4-4fb4-9fcd-121fac34f1d8"])
def test_a_login_does_not_mind_a_session_without_a_cart(client, shopper, session_id) -> None:
    for way in (by_name, by_address):
        assert way(client, shopper, session_id).status_code == 200

    assert shopper.get(CART).json["cart_id"] is None


def test_a_failed_login_leaves_the_guests_cart_alone(admin, client, shopper) -> None:
    guests = gather(client, admin.product(), 2)
    wrong = {"email": shopper.email, "password": "wrong", "session_id": guests["session_id"]}

    assert client.post("/auth/login", wrong).status_code == 401

    assert client.get(f"{CART}?session_id={guests['session_id']}").json == guests


def test_a_session_of_the_wrong_shape_is_refused_by_name(client, shopper) -> None:
    for way in (by_name, by_address, by_merging, by_looking):
        refused = way(client, shopper, "short")
        assert (refused.status_code, list(refused.json["details"])) == (422, ["session_id"])


def test_a_guest_has_nothing_to_merge_with(admin, client) -> None:
    session_id = gather(client, admin.product())["session_id"]

    assert by_merging(client, client, session_id).status_code == 401


def test_together_they_are_no_more_than_there_is(admin, client, shopper) -> None:
    few = admin.product(title="Few", stock=4)
    scarce = admin.product(title="Scarce", stock=9)
    gather(shopper, few, 3)
    gather(shopper, scarce, 5)
    session_id = gather(client, few, 3)["session_id"]
    gather(client, scarce, 2, session_id=session_id)
    admin.patch(f"/admin/products/{scarce['id']}/stock", {"stock": 4})

    by_merging(client, shopper, session_id)

    assert held(shopper.get(CART).json) == {"Few": 4, "Scarce": 5}


def test_a_line_holds_only_so_much_after_a_merge(admin, client, shopper) -> None:
    plenty = admin.product(title="Plenty", stock=1_000_000)
    gather(shopper, plenty, MAX_QUANTITY - 1)
    session_id = gather(client, plenty, 7)["session_id"]

    by_merging(client, shopper, session_id)

    assert held(shopper.get(CART).json) == {"Plenty": MAX_QUANTITY}


def test_what_cannot_be_had_is_left_out(admin, client, shopper) -> None:
    good, gone = admin.product(title="Good"), admin.product(title="Gone")
    sold_out = admin.product(title="Sold out")
    session_id = gather(client, gone)["session_id"]
    for product in (sold_out, good):
        gather(client, product, session_id=session_id)
    admin.delete(f"/products/{gone['id']}")
    admin.patch(f"/admin/products/{sold_out['id']}/stock", {"stock": 0})

    by_merging(client, shopper, session_id)

    assert held(shopper.get(CART).json) == {"Good": 1}


def test_the_users_cart_keeps_its_currency(admin, client, shopper) -> None:
    gather(shopper, admin.product(title="Pen", currency="USD"))
    session_id = gather(client, admin.product(currency="EUR"))["session_id"]

    by_merging(client, shopper, session_id)

    cart = shopper.get(CART).json
    assert (held(cart), cart["currency"]) == ({"Pen": 1}, "USD")


def test_an_empty_cart_takes_the_guests_currency(admin, client, shopper) -> None:
    pen = admin.product(currency="USD")
    gather(shopper, pen)
    shopper.delete(CART)
    session_id = gather(client, admin.product(currency="JPY", price_cents=500), 2)["session_id"]

    by_merging(client, shopper, session_id)

    cart = shopper.get(CART).json
    assert (cart["currency"], cart["total"]) == ("JPY", 1000)


def test_a_full_cart_takes_more_of_what_it_has_and_nothing_else(admin, client, shopper) -> None:
    box = admin.product(title="Box", variants=[{"title": f"{n}", "stock": 9} for n in range(100)])
    variants = [variant["id"] for variant in box["variants"]]
    for variant in variants[1:]:
        gather(shopper, box, variant_id=variant)
    session_id = gather(client, box, 2, variant_id=variants[0])["session_id"]
    gather(client, box, 2, variant_id=variants[1], session_id=session_id)

    by_merging(client, shopper, session_id)

    items = {each["variant_id"]: each["quantity"] for each in shopper.get(CART).json["items"]}
    assert len(items) == MAX_LINES
    assert variants[0] not in items
    assert items[variants[1]] == 3


def test_a_price_that_changed_before_the_login_is_told_before_it_is_charged(
    admin, client, shopper
) -> None:
    book, pen = admin.product(title="Emma", price_cents=1000), admin.product(price_cents=100)
    session_id = gather(client, book)["session_id"]
    gather(client, pen, session_id=session_id)
    admin.patch(f"/admin/products/{book['id']}", {"price_cents": 1200})
    admin.patch(f"/admin/products/{pen['id']}", {"price_cents": 120})
    gather(shopper, pen)

    log_in(client, shopper, session_id=session_id)

    shown = [each["previous_price_cents"] for each in shopper.get(CART).json["items"]]
    assert sorted(shown) == [100, 1000]
    assert shopper.post("/checkout", {}).json["error"] == "price_changed"
    assert shopper.post("/checkout", {}).json["total_cents"] == 1440


def test_after_a_merge_the_session_may_be_filled_anew(admin, client, shopper) -> None:
    book = admin.product(title="Emma")
    session_id = gather(client, book, 2)["session_id"]
    by_merging(client, shopper, session_id)

    guests = gather(client, book, session_id=session_id)
    by_merging(client, shopper, session_id)

    assert held(guests) == {"Emma": 1}
    assert held(shopper.get(CART).json) == {"Emma": 3}
