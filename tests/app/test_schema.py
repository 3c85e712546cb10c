"""Where JSON, JSON Schema and Python disagree about a value, JSON is right."""

import pytest

from app.patterns import mismatch


@pytest.fixture
def book(admin):
    return admin.product(title="The Last Battle", price_cents=899, stock=5)


@pytest.mark.parametrize("quantity", [2, 2.0])
def test_two_is_two_however_it_is_written(shopper, book, quantity) -> None:
    cart = shopper.post("/cart/add", {"product_id": book["id"], "quantity": quantity})

    assert cart.status_code == 200
    assert cart.json["items"][0]["quantity"] == 2


@pytest.mark.parametrize("quantity", [2.5, "2", True, None, [2], 2**63, 1e300, -2.0, 0.0])
def test_a_quantity_is_a_whole_number_and_nothing_like_one(shopper, book, quantity) -> None:
    refused = shopper.post("/cart/add", {"product_id": book["id"], "quantity": quantity})

    assert refused.status_code == 422
    assert list(refused.json["details"]) == ["quantity"]
    assert shopper.get("/cart").json["items"] == []


@pytest.mark.parametrize(("price", "cents"), [(8.99, 899), (9, 900), (9.0, 900), (0.29, 29)])
def test_a_price_is_taken_to_the_cent(admin, price, cents) -> None:
    assert admin.product(price=price, price_cents=cents)["price_cents"] == cents


@pytest.mark.parametrize("price", ["8.99", True, None, [8.99], -0.01, 1e300])
def test_a_price_is_a_number_and_nothing_like_one(admin, price) -> None:
    refused = admin.post("/admin/products", {"title": "Costly", "price": price})

    assert refused.status_code == 422
    assert list(refused.json["details"]) == ["price"]


@pytest.mark.parametrize("field", ["role", "is_active"])
def test_what_may_be_left_out_may_not_be_null(admin, shopper, field) -> None:
    refused = admin.patch(f"/users/{shopper.user_id}", {field: None})

    assert refused.status_code == 422
    assert list(refused.json["details"]) == [field]


def test_nothing_at_all_is_enough_where_nothing_is_required(shopper, book) -> None:
    shopper.post("/cart/add", {"product_id": book["id"]})

    assert shopper.post("/checkout").status_code == 201


def test_nothing_at_all_is_too_little_where_one_of_two_is_required(admin, book) -> None:
    assert admin.patch(f"/admin/products/{book['id']}/stock").status_code == 400


@pytest.mark.parametrize("name", ["", "\0", "a\0b", "n" * 65])
def test_a_name_of_metadata_that_cannot_be_kept_is_refused(admin, name) -> None:
    given = {"title": "Odd", "price_cents": 1, "metadata": {name: "value"}}

    assert admin.post("/admin/products", given).status_code == 422


@pytest.mark.parametrize("title", ["", " ", " \t\n", "\0", "a\0b"])
def test_a_title_says_something(admin, title) -> None:
    refused = admin.post("/admin/products", {"title": title, "price_cents": 899})

    assert refused.status_code == 422
    assert list(refused.json["details"]) == ["title"]


@pytest.mark.parametrize(
    ("path", "body", "field", "said"),
    [
        ("/auth/signup", {"email": "ada"}, "email", "an e-mail address, such as ada@example.com"),
        ("/cart/add", {"product_id": "7"}, "product_id", "a UUID"),
        ("/admin/products", {"title": " "}, "title", "text that is not blank, without NUL"),
        ("/api/v1/competitors", {"url": "shop"}, "url", "the address of a store, such as"),
        ("/admin/webhook-endpoints", {"url": "hook"}, "url", "an http or https address, such as"),
        ("/admin/webhook-endpoints", {"event_types": ["x"]}, "event_types.0", "a type of event"),
    ],
)
def test_a_text_of_the_wrong_look_is_refused_in_words(admin, path, body, field, said) -> None:
    refused = admin.post(path, body)

    assert refused.status_code == 422
    assert refused.json["details"][field].startswith(f"Input should be {said}")


def test_every_pattern_of_ours_can_be_said_in_words(client) -> None:
    asked_for = set(patterns_in(client.get("/openapi.json").json["components"]))

    unsaid = {each for each in asked_for if "text that matches" in mismatch(each)}

    assert len(asked_for) > 10
    assert unsaid == set()


def patterns_in(schema):
    """List the patterns that bodies have to match."""
    if isinstance(schema, list):
        return [found for each in schema for found in patterns_in(each)]
    if not isinstance(schema, dict):
        return []
    own = [schema["pattern"]] if isinstance(schema.get("pattern"), str) else []
    return own + [found for each in schema.values() for found in patterns_in(each)]
