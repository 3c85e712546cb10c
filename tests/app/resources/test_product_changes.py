"""What happens to products that are there: revision, withdrawal, stock, caching."""

from typing import Any
from uuid import uuid4

import pytest
from support.client import Client
from support.crowd import Ask, all_at_once
from support.shelf import found


def patch(client: Client, product: dict[str, Any], **changes: object):
    return client.patch(f"/products/{product['id']}", changes)


def stock(client: Client, product: dict[str, Any], **change: object):
    return client.patch(f"/admin/products/{product['id']}/stock", change)


def shown(client: Client, product: dict[str, Any]) -> dict[str, Any]:
    return client.get(f"/products/{product['id']}").json


@pytest.mark.parametrize(
    "change",
    [
        {"title": "New"},
        {"author": "New"},
        {"author": None},
        {"series": "New"},
        {"series": None},
        {"description": "New"},
        {"description": ""},
        {"description": None},
        {"price_cents": 1234, "price": 12.34},
        {"price_cents": 0},
        {"price": 0.01},
        {"stock": 0},
        {"stock": 1_000_000_000},
        {"image_url": "https://img.example/new"},
        {"image_url": None},
        {"metadata": {"new": 1}},
        {"metadata": {}},
        {"title": "All", "author": None, "price_cents": 5, "stock": 6, "metadata": {"a": None}},
        {},
    ],
)
def test_a_revision_changes_what_it_names_and_nothing_else(admin, client, later, change) -> None:
    product = admin.product(
        author="Old", series="Old", description="Old", image_url="https://img.example/old",
        metadata={"old": 1}, variants=[{"title": "v", "price_cents": 7, "stock": 7}],
    )  # fmt: skip
    later(minutes=1)

    revised = patch(admin, product, **change)

    derived = {"price", "price_cents", "stock", "variants", "updated_at"}
    kept = product.keys() - derived - change.keys()
    assert revised.status_code == 200
    assert revised.json.items() >= change.items()
    assert {name: revised.json[name] for name in kept} == {name: product[name] for name in kept}
    assert revised.json["variants"][1] == product["variants"][1]
    assert revised.json["variants"][0]["price_cents"] == revised.json["price_cents"]
    assert revised.json["updated_at"] > product["updated_at"]
    assert shown(client, product) == revised.json


def test_the_counter_has_the_same_door_to_a_product(admin, client) -> None:
    product = admin.product()

    revised = admin.patch(f"/admin/products/{product['id']}", {"title": "New", "stock": 3})

    assert (revised.json["title"], revised.json["stock"]) == ("New", 3)
    assert shown(client, product) == revised.json


def test_a_revision_that_makes_no_sense_changes_nothing(admin, client) -> None:
    product = admin.product(currency="JPY", price_cents=100)
    senseless = {
        "title": [None, "", "x" * 256],
        "price": [None, 1.5, -1, "1"],
        "price_cents": [None, -1, 2**63],
        "stock": [None, -1, 1.5, 2**63],
        "metadata": [None, []],
        "is_active": [None, 1, "false"],
        "author": [""],
        "image_url": ["x"],
        "currency": ["JPY", "USD"],
        "sku": ["S-1"],
        "variants": [[]],
        "id": [product["id"]],
        "created_at": [product["created_at"]],
    }

    for field, values in senseless.items():
        for value in values:
            refused = admin.patch(f"/products/{product['id']}", {"series": "New", field: value})
            assert refused.status_code == 422, (field, value)
            assert list(refused.json["details"]) == [field]

    assert shown(client, product) == product


def test_prices_that_contradict_each_other_change_nothing(admin, client) -> None:
    product = admin.product()

    refused = patch(admin, product, price=5, price_cents=501, title="New")

    assert refused.status_code == 422
    assert shown(client, product) == product


def test_nothing_is_done_to_a_product_that_was_never_there(admin) -> None:
    nowhere = {"id": str(uuid4())}

    answers = [
        patch(admin, nowhere, title="New"),
        stock(admin, nowhere, delta=1),
        admin.delete(f"/products/{nowhere['id']}"),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert {answer.json["error"] for answer in answers} == {"product_not_found"}


def test_a_withdrawn_product_is_gone_for_everybody(admin, client) -> None:
    product, other = admin.product(title="Rarity", series="S"), admin.product(series="S")

    withdrawn = admin.delete(f"/products/{product['id']}")

    assert (withdrawn.status_code, withdrawn.text) == (204, "")
    for somebody in (client, admin):
        assert somebody.get(f"/products/{product['id']}").status_code == 404
        assert somebody.get("/products?series=S").json["items"] == [other]
        assert somebody.get("/products?series=S").json["total"] == 1
        assert found(somebody, "rarity") == []


def test_a_product_is_withdrawn_once(admin) -> None:
    product = admin.product()
    admin.delete(f"/products/{product['id']}")

    again = admin.delete(f"/products/{product['id']}")

    assert (again.status_code, again.json["error"]) == (404, "product_not_found")


def test_a_withdrawn_product_can_be_brought_back_as_it_was(admin, client) -> None:
    product = admin.product(title="Rarity", variants=[{"title": "v", "stock": 2}])
    admin.delete(f"/products/{product['id']}")

    back = patch(admin, product, is_active=True)

    assert back.json | {"updated_at": ""} == product | {"updated_at": ""}
    assert shown(client, product) == back.json
    assert found(client, "rarity") == ["Rarity"]
    assert client.get("/products").json["items"] == [back.json]


def test_a_revision_can_withdraw_too(admin, client) -> None:
    product = admin.product()

    assert patch(admin, product, is_active=False).json["is_active"] is False
    assert client.get(f"/products/{product['id']}").status_code == 404


def test_stock_is_set_or_moved(admin) -> None:
    product = admin.product(stock=5)

    assert stock(admin, product, stock=9).json["stock"] == 9
    assert stock(admin, product, delta=3).json["stock"] == 12
    assert stock(admin, product, delta=-12).json["stock"] == 0
    assert stock(admin, product, stock=1_000_000_000).json["stock"] == 1_000_000_000
    assert stock(admin, product, delta=0).json["stock"] == 1_000_000_000


@pytest.mark.parametrize("delta", [-6, -1_000_000_000, 999_999_996, 1_000_000_000])
def test_stock_stays_in_its_range(admin, client, delta) -> None:
    product = admin.product(stock=5)

    refused = stock(admin, product, delta=delta)

    assert (refused.status_code, refused.json["error"]) == (409, "negative_stock")
    assert shown(client, product) == product


def test_moves_that_make_no_sense_are_refused(admin, client) -> None:
    product = admin.product(stock=5)
    senseless: list[dict[str, object]] = [
        {},
        {"stock": 1, "delta": 1},
        {"stock": -1},
        {"stock": None},
        {"stock": None, "delta": 1},
        {"delta": None},
        {"delta": 1.5},
        {"delta": "1"},
        {"delta": 2**63},
        {"delta": -(10**400)},
        {"delta": 1, "variant_id": None},
        {"delta": 1, "variant_id": "first"},
        {"delta": 1, "reason": "found one"},
    ]

    for change in senseless:
        assert stock(admin, product, **change).status_code == 422, change

    assert shown(client, product) == product


def test_each_variant_has_its_own_stock(admin) -> None:
    product = admin.product(stock=5, variants=[{"title": "v", "stock": 2}])
    variant = product["variants"][1]["id"]

    stock(admin, product, delta=-1)
    moved = stock(admin, product, variant_id=variant.upper(), delta=4).json

    assert [each["stock"] for each in moved["variants"]] == [4, 6]
    assert moved["stock"] == 4


def test_a_variant_of_another_product_is_not_found(admin, client) -> None:
    product, other = admin.product(), admin.product()
    variant = other["variants"][0]["id"]

    refused = stock(admin, product, variant_id=variant, stock=99)

    assert (refused.status_code, refused.json["error"]) == (404, "variant_not_found")
    assert (shown(client, product), shown(client, other)) == (product, other)


def test_moves_at_the_same_moment_all_count(admin, client) -> None:
    product = admin.product(stock=5)
    path = f"/admin/products/{product['id']}/stock"

    answers = all_at_once(*(Ask(admin, "PATCH", path, {"delta": -1}) for _ in range(8)))

    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [409] * 3
    assert client.stock_of(product) == 0


def test_what_has_not_changed_is_not_sent_again(admin, client) -> None:
    product = admin.product(title="Atlas")

    for path in (f"/products/{product['id']}", "/products?page=1", "/products/search?q=atlas"):
        first = client.get(path)
        etag = first.headers["etag"]

        for known in (etag, f"W/{etag}", f'"other", {etag}', "*"):
            again = client.get(path, If_None_Match=known)
            assert (again.status_code, again.content) == (304, b""), known
            assert again.headers["etag"] == etag
            assert again.headers["cache-control"] == first.headers["cache-control"]

        assert first.headers["cache-control"] == "public, max-age=0, must-revalidate"
        for unknown in ('"other"', "", "\xff", etag[:-2] + '"'):
            assert client.get(path, If_None_Match=unknown).status_code == 200, unknown


def test_any_change_changes_the_etag(admin, client, shopper) -> None:
    product = admin.product(stock=5)
    path = f"/products/{product['id']}"
    etags = [client.get(path).headers["etag"]]

    for change in ({"title": "New"}, {"metadata": {"a": 1}}, {"stock": 4}):
        patch(admin, product, **change)
        etags.append(client.get(path).headers["etag"])
    shopper.post("/cart/add", {"product_id": product["id"]})
    shopper.post("/checkout", {})
    etags.append(client.get(path).headers["etag"])

    assert len(set(etags)) == 5
    assert client.get(path, If_None_Match=etags[0]).status_code == 200


def test_only_what_everybody_may_read_is_cached(admin, client) -> None:
    product = admin.product()

    private = [
        admin.post("/products", {"title": "New", "price_cents": 1}),
        patch(admin, product, title="New"),
        admin.get("/users"),
        client.get(f"/products/{uuid4()}"),
    ]

    assert {answer.headers["cache-control"] for answer in private} == {"no-store"}
    assert not any("etag" in answer.headers for answer in private)
