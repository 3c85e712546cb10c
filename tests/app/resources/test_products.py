"""Putting products on the shelves, and looking at one."""

from uuid import UUID, uuid4

import pytest

BOOK = {
    "title": "Prince Caspian",
    "author": "C. S. Lewis",
    "series": "NARNIA",
    "description": "The return to Narnia.",
    "price_cents": 899,
    "currency": "EUR",
    "stock": 5,
    "image_url": "https://img.example/caspian.jpg?size=2",
    "metadata": {
        "pages": 240,
        "signed": False,
        "weight": 0.3,
        "isbn": "9780064471053",
        "bin": None,
    },
}


def refusal(result) -> dict[str, str]:
    """Tell which fields were refused, and why."""
    assert result.status_code == 422, result.json
    assert result.json["error"] == "validation_error"
    return result.json["details"]


def add(client, **fields):
    return client.post("/products", {"title": "Thing"} | fields)


@pytest.mark.parametrize("door", ["/products", "/admin/products"])
def test_a_product_shows_everything_it_was_given(admin, client, door) -> None:
    result = admin.post(door, BOOK | {"sku": "NC-1"})

    product = result.json
    assert result.status_code == 201
    assert {name: product[name] for name in BOOK} == BOOK
    assert product["price"] == 8.99
    assert product["is_active"] is True
    assert product["created_at"] == product["updated_at"]
    assert product["created_at"].endswith("Z")
    assert UUID(product["id"]).version == 4
    assert client.get(f"/products/{product['id']}").json == product


def test_a_product_needs_only_a_title_and_a_price(admin) -> None:
    product = add(admin, price_cents=0).json

    assert (product["price"], product["currency"], product["stock"]) == (0, "USD", 0)
    assert product["metadata"] == {}
    for name in ("author", "series", "description", "image_url"):
        assert product[name] is None


def test_every_product_has_a_default_variant_with_its_price_and_stock(admin) -> None:
    product = add(admin, price=19.99, stock=7, sku="T-1").json

    [variant] = product["variants"]
    assert variant["is_default"] is True
    assert (variant["price"], variant["price_cents"]) == (19.99, 1999)
    assert (variant["stock"], variant["sku"]) == (7, "T-1")


@pytest.mark.parametrize(
    ("given", "price", "cents"),
    [
        ({"price": 19.99}, 19.99, 1999),
        ({"price": 1e2}, 100, 10_000),
        ({"price_cents": 1999}, 19.99, 1999),
        ({"price": 19.99, "price_cents": 1999}, 19.99, 1999),
        ({"price": 1_000_000_000}, 1_000_000_000, 100_000_000_000),
        ({"price": 1200, "currency": "JPY"}, 1200, 1200),
        ({"price": 1.234, "currency": "KWD"}, 1.234, 1234),
        ({"price": 1.2, "price_cents": 1200, "currency": "KWD"}, 1.2, 1200),
    ],
)
def test_a_price_may_be_given_in_either_unit(admin, given, price, cents) -> None:
    product = add(admin, **given).json

    assert (product["price"], product["price_cents"]) == (price, cents)


def test_a_price_that_is_missing_contradictory_or_too_fine_is_refused(admin, client) -> None:
    refused = [
        {},
        {"price": 19.99, "price_cents": 2000},
        {"price": 19.999},
        {"price": 0.30000000000000004},
        {"price": 1.5, "currency": "JPY"},
        {"price": 1.2345, "currency": "KWD"},
        {"price": -0.01},
        {"price": 1_000_000_000.01},
        {"price": 100_000_000.001, "currency": "KWD"},
        {"price": "19.99"},
        {"price": True},
        {"price": None},
        {"price": [0, [1, 9], -1]},
    ]

    for given in refused:
        assert list(refusal(add(admin, **given))) == ["price"], given

    assert client.get("/products").json["total"] == 0


def test_a_field_that_makes_no_sense_is_named(admin, client) -> None:
    senseless = {
        "title": ["", None, 7, "x" * 256, "nul\0"],
        "author": ["", 7, "x" * 256],
        "series": ["", "x" * 256],
        "description": ["x" * 20_001, "nul\0"],
        "price_cents": [-1, 9.5, "100", True, None, 100_000_000_001, 2**63, 10**400],
        "currency": ["usd", "XXX", "", 978, None],
        "stock": [-1, 1.5, "5", True, None, 1_000_000_001, 2**63],
        "sku": ["", 7, "x" * 256],
        "image_url": ["javascript:alert(1)", "https://a b", "https://" + "x" * 2000, ""],
        "metadata": [[], "x", None, {str(number): 1 for number in range(51)}],
        "variants": [{}, None, [{"title": "v"}] * 101],
        "is_active": [False],
        "id": [str(uuid4())],
        "colour": ["red", None],
    }

    for field, values in senseless.items():
        for value in values:
            result = add(admin, **({"price_cents": 100} | {field: value}))
            assert list(refusal(result)) == [field], (field, value)

    assert client.get("/products").json["total"] == 0


def test_metadata_holds_plain_values_only(admin) -> None:
    for value in ({"nested": 1}, [1], 2**53 + 1, -(2**53) - 1, 10**400, "x" * 2001, "nul\0"):
        result = add(admin, price_cents=100, metadata={"good": 1, "bad": value})

        assert list(refusal(result)) == ["metadata.bad"], value


def test_every_fault_is_named_at_once(admin) -> None:
    result = admin.post("/products", {"stock": -1, "colour": "red", "variants": [{"sku": 1}]})

    names = {"title", "stock", "colour", "variants.0.title", "variants.0.sku"}
    assert set(refusal(result)) == names


def test_variants_have_their_own_price_stock_and_sku(admin, client) -> None:
    product = add(
        admin,
        price_cents=1500,
        stock=3,
        variants=[
            {"title": "Hardcover", "price": 24.5, "stock": 1, "sku": "H"},
            {"title": "Audio", "price_cents": 0, "metadata": {"hours": 6}},
            {"title": "Twin", "image_url": "http://img.example/twin"},
        ],
    ).json

    default, hardcover, audio, twin = product["variants"]
    assert [variant["is_default"] for variant in product["variants"]] == [True, False, False, False]
    assert (default["price_cents"], default["stock"], default["sku"]) == (1500, 3, None)
    assert (hardcover["price_cents"], hardcover["stock"], hardcover["sku"]) == (2450, 1, "H")
    assert (audio["price_cents"], audio["stock"], audio["metadata"]) == (0, 0, {"hours": 6})
    assert (twin["price_cents"], twin["image_url"]) == (1500, "http://img.example/twin")
    assert (product["price_cents"], product["stock"]) == (1500, 3)
    assert client.get(f"/products/{product['id']}").json == product


def test_a_fault_in_a_variant_names_the_variant(admin) -> None:
    twice = {"title": "v", "price": 2, "price_cents": 300}

    result = add(admin, price_cents=100, variants=[{"title": "v"}, twice])

    assert list(refusal(result)) == ["variants.1.price"]


@pytest.mark.parametrize(
    "second",
    [
        {"sku": "S-1"},
        {"variants": [{"title": "v", "sku": "S-1"}]},
        {"sku": "S-2", "variants": [{"title": "v", "sku": "S-2"}]},
        {"variants": [{"title": "v", "sku": "S-3"}, {"title": "w", "sku": "S-3"}]},
    ],
)
def test_a_sku_is_given_once(admin, client, second) -> None:
    add(admin, price_cents=100, sku="S-1")

    result = add(admin, price_cents=100, **second)

    assert (result.status_code, result.json["error"]) == (409, "sku_taken")
    assert result.json["details"]["sku"].startswith("S-")
    assert client.get("/products").json["total"] == 1


def test_a_sku_stays_taken_when_its_product_is_withdrawn(admin) -> None:
    product = add(admin, price_cents=100, sku="S-1").json
    admin.delete(f"/products/{product['id']}")

    assert add(admin, price_cents=100, sku="S-1").status_code == 409


def test_an_unknown_product_is_not_found(client) -> None:
    result = client.get(f"/products/{uuid4()}")

    assert (result.status_code, result.json["error"]) == (404, "product_not_found")


def test_what_is_no_id_is_refused(client) -> None:
    unhyphened = uuid4().hex
    for written in (
        "1",
        "%00",
        "%FF",
        "%ED%A0%80",
        "x" * 4000,
        unhyphened,
        f"{uuid4()}%0A",
        "٣" * 36,
    ):
        result = client.get(f"/products/{written}")

        assert (result.status_code, result.json["error"]) == (400, "malformed_id"), written


def test_an_id_may_be_written_in_capitals(admin, client) -> None:
    product = admin.product()

    assert client.get(f"/products/{product['id'].upper()}").json == product


def test_only_administrators_change_the_catalogue(admin, client, shopper) -> None:
    product = admin.product(title="Mine", stock=1)
    body = {"title": "Theirs", "price_cents": 0, "stock": 1_000}
    one = f"/products/{product['id']}"
    changes = [
        ("POST", "/products"),
        ("POST", "/admin/products"),
        ("PATCH", one),
        ("PATCH", f"/admin{one}"),
        ("PATCH", f"/admin{one}/stock"),
        ("DELETE", one),
    ]

    for verb, path in changes:
        assert client.send(verb, path, json=body).status_code == 401, (verb, path)
        assert shopper.send(verb, path, json=body).status_code == 403, (verb, path)

    assert client.get("/products").json["items"] == [product]
