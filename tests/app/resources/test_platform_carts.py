import pytest
from support.guests import CART, ITEMS, gather, held
from support.plans import subscribed

SOME_ID = "1f45db0f-1d53-4bae-be11-4ae90f709313"
SESSION = "a-session-of-my-own-making"
NO_SESSIONS = [
    "",
    "x" * 7,
    "x" * 129,
    "with a space in it",
    "sess_' OR 1=1 --",
    "sess_ä_0123456789",
]
MALFORMED_ITEMS = [
    ({}, "product_id"),
    ({"product_id": "emma"}, "product_id"),
    ({"product_id": SOME_ID, "variant_id": None}, "variant_id"),
    ({"product_id": SOME_ID, "quantity": 0}, "quantity"),
    ({"product_id": SOME_ID, "quantity": 10_000}, "quantity"),
    ({"product_id": SOME_ID, "quantity": "2"}, "quantity"),
    ({"product_id": SOME_ID, "price": 0.01}, "price"),
    ({"product_id": SOME_ID, "user_id": SOME_ID}, "user_id"),
    ({"product_id": SOME_ID, "session_id": "short"}, "session_id"),
    ({"product_id": SOME_ID, "session_id": 7}, "session_id"),
    ({"product_id": SOME_ID, "metadata": []}, "metadata"),
    ({"product_id": SOME_ID, "metadata": {"scene": {"x": 1}}}, "metadata.scene"),
    ({"product_id": SOME_ID, "metadata": {"scene": "x" * 256}}, "metadata.scene"),
    ({"product_id": SOME_ID, "metadata": {"scene": "a\0b"}}, "metadata.scene"),
    ({"product_id": SOME_ID, "metadata": {f"{n}": n for n in range(21)}}, "metadata"),
]


def test_a_guest_who_adds_something_gets_a_cart_to_hold_on_to(admin, client) -> None:
    ring = admin.product(title="Rose Ring", price_cents=29_999, image_url="https://x.example/r.jpg")

    added = client.post(ITEMS, {"product_id": ring["id"], "quantity": 2})

    cart, item = added.json["cart"], added.json["added_item"]
    assert added.status_code == 200
    assert added.json["success"] is True
    assert cart["session_id"].startswith("sess_")
    assert len(cart["session_id"]) >= 40
    assert cart["user_id"] is None
    assert (cart["subtotal"], cart["total"], cart["currency"]) == (599.98, 599.98, "USD")
    assert (item["product_id"], item["variant_id"]) == (ring["id"], ring["variants"][0]["id"])
    assert (item["quantity"], item["price"], item["price_cents"]) == (2, 299.99, 29_999)
    assert [each["item_id"] for each in cart["items"]] == [item["item_id"]]
    assert cart["items"][0]["image_url"] == "https://x.example/r.jpg"


def test_a_guest_finds_the_cart_again_by_its_session(admin, client) -> None:
    cart = gather(client, admin.product(), 2)

    found = client.get(f"{CART}?session_id={cart['session_id']}")

    assert found.status_code == 200
    assert found.json == cart


def test_a_guest_adds_more_to_the_cart_by_its_session(admin, client) -> None:
    emma, persuasion = admin.product(title="Emma"), admin.product(title="Persuasion")
    first = gather(client, emma)

    by_body = gather(client, persuasion, session_id=first["session_id"])
    by_url = client.post(f"{ITEMS}?session_id={first['session_id']}", {"product_id": emma["id"]})

    assert by_body["cart_id"] == by_url.json["cart"]["cart_id"] == first["cart_id"]
    assert held(by_url.json["cart"]) == {"Emma": 2, "Persuasion": 1}
    assert by_url.json["added_item"]["quantity"] == 1


def test_a_session_in_the_body_goes_before_one_in_the_url(admin, client) -> None:
    book = admin.product()
    one, other = gather(client, book), gather(client, book)

    added = client.post(
        f"{ITEMS}?session_id={one['session_id']}",
        {"product_id": book["id"], "session_id": other["session_id"]},
    )

    assert added.json["cart"]["cart_id"] == other["cart_id"]


def test_every_guest_without_a_session_gets_a_cart_of_their_own(admin, client) -> None:
    book = admin.product()

    carts = [gather(client, book) for _ in range(3)]

    assert len({cart["session_id"] for cart in carts}) == 3
    assert len({cart["cart_id"] for cart in carts}) == 3


def test_a_guest_may_bring_a_session_of_their_own(admin, client) -> None:
    cart = gather(client, admin.product(), session_id=SESSION)

    assert cart["session_id"] == SESSION
    assert client.get(f"{CART}?session_id={SESSION}").json == cart


@pytest.mark.parametrize("session_id", NO_SESSIONS)
def test_what_is_no_session_is_refused(admin, client, session_id) -> None:
    product_id = admin.product()["id"]

    shown = client.get(f"{CART}?session_id={session_id}")
    added = client.post(ITEMS, {"product_id": product_id, "session_id": session_id})

    for refused in (shown, added):
        assert refused.status_code == 422
        assert list(refused.json["details"]) == ["session_id"]


def test_what_a_guest_cannot_have_opens_no_cart(admin, client) -> None:
    rare = admin.product(stock=1)

    too_many = client.post(ITEMS, {"product_id": rare["id"], "quantity": 2, "session_id": SESSION})
    unknown = client.post(ITEMS, {"product_id": SOME_ID, "session_id": SESSION})

    assert (too_many.status_code, too_many.json["error"]) == (400, "insufficient_inventory")
    assert (too_many.json["available_quantity"], too_many.json["requested_quantity"]) == (1, 2)
    assert (unknown.status_code, unknown.json["error"]) == (400, "invalid_product")
    assert client.get(f"{CART}?session_id={SESSION}").status_code == 404


@pytest.mark.parametrize(
    ("verb", "path", "body"),
    [
        ("GET", CART, None),
        ("DELETE", CART, None),
        ("PATCH", f"{ITEMS}/{SOME_ID}", {"quantity": 1}),
        ("DELETE", f"{ITEMS}/{SOME_ID}", None),
    ],
)
def test_a_guest_is_known_by_a_session_and_by_nothing_else(client, verb, path, body) -> None:
    nobody = client.send(verb, path, json=body)
    unknown = client.send(verb, f"{path}?session_id={SESSION}", json=body)

    assert (nobody.status_code, nobody.json["error"]) == (401, "authentication_required")
    assert (unknown.status_code, unknown.json["error"]) == (404, "cart_not_found")
    assert SESSION not in unknown.text


@pytest.mark.parametrize("verb", ["GET", "DELETE"])
def test_bad_credentials_make_nobody_a_guest(admin, client, verb) -> None:
    session_id = gather(client, admin.product())["session_id"]

    refused = client.bearing("no token").send(verb, f"{CART}?session_id={session_id}")

    assert refused.status_code == 401
    assert client.get(f"{CART}?session_id={session_id}").json["items"] != []


def test_both_surfaces_show_the_same_cart(admin, shopper) -> None:
    book = admin.product()
    shopper.post("/cart/add", {"product_id": book["id"]})

    added = shopper.post(ITEMS, {"product_id": book["id"], "quantity": 2}).json

    assert added["cart"]["items"][0]["quantity"] == 3
    assert added["added_item"]["quantity"] == 2
    assert added["cart"]["user_id"] == shopper.user_id
    assert added["cart"]["session_id"] is None
    for path in ("/cart", CART, "/api/cart", "/cart/", "/api/cart/"):
        assert shopper.get(path).json == added["cart"]


def test_a_user_who_has_put_nothing_in_a_cart_sees_an_empty_one(shopper) -> None:
    shown = shopper.get(CART)
    cleared = shopper.delete(CART)

    assert (shown.status_code, shown.json["items"], shown.json["cart_id"]) == (200, [], None)
    assert (cleared.status_code, cleared.json["cart"]) == (200, shown.json)


def test_a_users_cart_is_not_found_by_anything_a_guest_can_send(admin, client, shopper) -> None:
    shopper.post("/cart/add", {"product_id": admin.product()["id"]})
    cart = shopper.get("/cart").json

    for guess in (cart["cart_id"], shopper.user_id, cart["items"][0]["item_id"]):
        assert client.get(f"{CART}?session_id={guess}").status_code == 404


def test_a_malformed_item_names_its_fault(client) -> None:
    for body, field in MALFORMED_ITEMS:
        refused = client.post(ITEMS, body)
        assert (refused.status_code, list(refused.json["details"])) == (422, [field]), body


def test_a_key_that_may_only_read_shows_a_cart_and_changes_none(admin, client, shopper) -> None:
    session_id = gather(client, admin.product())["session_id"]
    key = subscribed(shopper).post("/api/v1/api-keys", {"scopes": ["read"]}).json["key"]

    shown = client.get(CART, X_API_Key=key)
    merged = client.get(f"{CART}?session_id={session_id}", X_API_Key=key)

    assert shown.status_code == 200
    assert (merged.status_code, merged.json["error"]) == (403, "insufficient_scope")
    assert len(client.get(f"{CART}?session_id={session_id}").json["items"]) == 1


def test_a_guests_request_that_is_sent_twice_makes_one_cart(admin, client) -> None:
    wish = {"product_id": admin.product()["id"]}

    first = client.post(ITEMS, wish, Idempotency_Key="a-guests-own")
    again = client.post(ITEMS, wish, Idempotency_Key="a-guests-own")

    assert again.json == first.json
    assert again.headers["idempotency-replayed"] == "true"


def test_one_cart_is_in_one_currency_for_guests_too(admin, client) -> None:
    cart = gather(client, admin.product(currency="JPY", price_cents=1999), 3)
    euros = {"product_id": admin.product(currency="EUR")["id"], "session_id": cart["session_id"]}

    refused = client.post(ITEMS, euros)

    assert (cart["total"], cart["total_cents"]) == (5997, 5997)
    assert (refused.status_code, refused.json["error"]) == (409, "currency_mismatch")
