from uuid import uuid4

import pytest
from support.guests import CART, ITEMS, gather, held


@pytest.fixture(params=["a user", "a guest"])
def owner(request, client):
    """Somebody who shops, and how they say which cart is theirs, once there is one."""
    if request.param == "a user":
        return client.as_shopper(), lambda cart: ""
    return client, lambda cart: f"?session_id={cart['session_id']}"


def test_a_quantity_can_be_changed_up_and_down(admin, owner) -> None:
    shopper, which = owner
    cart = gather(shopper, admin.product(title="Emma", price_cents=14_999, stock=5), 2)
    item_id = cart["items"][0]["item_id"]

    for quantity in (5, 1, 3):
        updated = shopper.patch(f"{ITEMS}/{item_id}{which(cart)}", {"quantity": quantity})

        item = updated.json["updated_item"]
        assert (updated.status_code, updated.json["success"]) == (200, True)
        assert (item["item_id"], item["quantity"], item["price"]) == (item_id, quantity, 149.99)
        assert held(updated.json["cart"]) == {"Emma": quantity}
        assert updated.json["cart"]["total_cents"] == quantity * 14_999


def test_a_quantity_beyond_the_stock_is_refused_and_the_old_one_stays(admin, owner) -> None:
    shopper, which = owner
    cart = gather(shopper, admin.product(title="Emma", stock=3), 2)
    path = f"{ITEMS}/{cart['items'][0]['item_id']}{which(cart)}"

    refused = shopper.patch(path, {"quantity": 4})

    assert (refused.status_code, refused.json["error"]) == (400, "insufficient_inventory")
    assert (refused.json["available_quantity"], refused.json["requested_quantity"]) == (3, 4)
    assert held(shopper.get(f"{CART}{which(cart)}").json) == {"Emma": 2}


@pytest.mark.parametrize("quantity", [0, -1, 1.5, 10_000, "2", True, None])
def test_a_quantity_is_one_or_more(admin, shopper, quantity) -> None:
    item_id = gather(shopper, admin.product())["items"][0]["item_id"]

    refused = shopper.patch(f"{ITEMS}/{item_id}", {"quantity": quantity})

    assert refused.status_code == 422
    assert list(refused.json["details"]) == ["quantity"]


def test_what_is_no_longer_sold_can_only_be_taken_out(admin, owner) -> None:
    shopper, which = owner
    book = admin.product()
    cart = gather(shopper, book, 2)
    path = f"{ITEMS}/{cart['items'][0]['item_id']}{which(cart)}"
    admin.delete(f"/products/{book['id']}")

    changed = shopper.patch(path, {"quantity": 1})
    removed = shopper.delete(path)

    assert (changed.status_code, changed.json["error"]) == (400, "invalid_product")
    assert (removed.status_code, removed.json["cart"]["items"]) == (200, [])


def test_an_item_can_be_taken_out(admin, owner) -> None:
    shopper, which = owner
    emma, persuasion = admin.product(title="Emma"), admin.product(title="Persuasion")
    cart = gather(shopper, emma, 2)
    more = {"session_id": cart["session_id"]} if cart["session_id"] else {}
    gather(shopper, persuasion, **more)
    item_id = cart["items"][0]["item_id"]

    removed = shopper.delete(f"{ITEMS}/{item_id}{which(cart)}")
    again = shopper.delete(f"{ITEMS}/{item_id}{which(cart)}")

    assert (removed.status_code, removed.json["success"]) == (200, True)
    assert removed.json["removed_item_id"] == item_id
    assert held(removed.json["cart"]) == {"Persuasion": 1}
    assert removed.json["cart"]["total_cents"] == 1000
    assert (again.status_code, again.json["error"]) == (404, "cart_item_not_found")


def test_a_cleared_cart_is_still_there(admin, owner) -> None:
    shopper, which = owner
    cart = gather(shopper, admin.product(), 2)

    cleared = shopper.delete(f"{CART}{which(cart)}")
    again = shopper.delete(f"{CART}{which(cart)}")

    empty = cleared.json["cart"]
    assert (cleared.status_code, cleared.json["success"]) == (200, True)
    assert cleared.json["message"] == "Cart cleared successfully"
    assert (empty["items"], empty["total"], empty["total_cents"]) == ([], 0, 0)
    assert (empty["cart_id"], empty["session_id"]) == (cart["cart_id"], cart["session_id"])
    assert again.status_code == 200
    assert shopper.get(f"{CART}{which(cart)}").json["items"] == []


def test_nobody_reaches_anothers_items(admin, client) -> None:
    book = admin.product(title="Emma")
    ada, eve = client.as_shopper(), client.as_shopper()
    adas = gather(ada, book, 2)
    guests, other_guests = gather(client, book, 2), gather(client, book)
    sessions = f"?session_id={other_guests['session_id']}"

    for item in (adas["items"][0]["item_id"], guests["items"][0]["item_id"]):
        for thief, which in ((eve, ""), (client, sessions)):
            for verb, body in (("PATCH", {"quantity": 1}), ("DELETE", None)):
                refused = thief.send(verb, f"{ITEMS}/{item}{which}", json=body)
                assert (refused.status_code, refused.json["error"]) == (404, "cart_item_not_found")

    assert held(ada.get(CART).json) == {"Emma": 2}
    assert client.get(f"{CART}?session_id={guests['session_id']}").json == guests


def test_an_items_id_is_a_uuid(shopper) -> None:
    malformed = shopper.patch(f"{ITEMS}/item_abc123", {"quantity": 1})
    unknown = shopper.delete(f"{ITEMS}/{uuid4()}")

    assert (malformed.status_code, malformed.json["error"]) == (400, "malformed_id")
    assert (unknown.status_code, unknown.json["error"]) == (404, "cart_item_not_found")


def test_the_shoppers_particulars_are_shown_over_the_products(admin, owner) -> None:
    shopper, which = owner
    ring = admin.product(metadata={"collection": "Black Rose", "size": "Standard"})

    cart = gather(shopper, ring, metadata={"size": "7", "source": "3d_experience", "gift": True})

    expected = {
        "collection": "Black Rose", "size": "7", "source": "3d_experience", "gift": True
    }  # fmt: skip
    assert cart["items"][0]["metadata"] == expected
    assert shopper.get(f"{CART}{which(cart)}").json == cart
    assert shopper.get(f"/products/{ring['id']}").json["metadata"] == ring["metadata"]


def test_adding_again_adds_up_and_updates_the_particulars(admin, shopper) -> None:
    ring = admin.product(title="Ring")
    gather(shopper, ring, 2, metadata={"engraving": "A.", "source": "3d_experience"})

    again = gather(shopper, ring, 3, metadata={"engraving": "A. & E."})
    without = gather(shopper, ring)

    assert held(again) == {"Ring": 5}
    assert again["items"][0]["metadata"] == {"engraving": "A. & E.", "source": "3d_experience"}
    assert without["items"][0]["metadata"] == again["items"][0]["metadata"]


def test_a_price_that_changed_is_shown_beside_the_one_there_was(admin, owner) -> None:
    shopper, which = owner
    book = admin.product(price_cents=1000)
    cart = gather(shopper, book, 2)
    admin.patch(f"/admin/products/{book['id']}", {"price_cents": 1100})

    shown = shopper.get(f"{CART}{which(cart)}").json
    path = f"{ITEMS}/{cart['items'][0]['item_id']}{which(cart)}"
    changed = shopper.patch(path, {"quantity": 1}).json["cart"]

    assert (cart["items"][0]["price_changed"], cart["items"][0]["previous_price"]) == (False, None)
    for each, total in ((shown, 2200), (changed, 1100)):
        item = each["items"][0]
        assert (item["price_changed"], item["price"], item["price_cents"]) == (True, 11, 1100)
        assert (item["previous_price"], item["previous_price_cents"]) == (10, 1000)
        assert each["total_cents"] == total
