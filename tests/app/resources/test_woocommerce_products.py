from typing import Any

import pytest
from support.woo_shelves import value_of

from domain.catalog.models import Variant

SYNC = "/api/v1/woocommerce/products/sync"


@pytest.fixture
def settings(settings, woo):
    return woo.told(settings)


def sync(admin, product, **wanted: Any):
    return admin.post(SYNC, {"product_id": product["id"]} | wanted)


def test_a_product_is_made_in_the_store(admin, woo) -> None:
    rose = admin.product(
        title="Black Rose",
        description="It blooms at night.",
        price_cents=29999,
        stock=5,
        sku="ROSE-1",
        image_url="https://cdn.example/rose.jpg",
        metadata={"collection": "Black Rose"},
    )

    synced = sync(admin, rose)

    assert synced.status_code == 200, synced.json
    made = woo.shelves.things[synced.json["woocommerce_product_id"]]
    assert synced.json["success"] is True
    assert synced.json["product_id"] == rose["id"]
    assert synced.json["synced_fields"] == [
        "name",
        "description",
        "price",
        "inventory",
        "images",
        "metadata",
    ]
    assert (made["type"], made["name"], made["sku"]) == ("simple", "Black Rose", "ROSE-1")
    assert made["description"] == "It blooms at night."
    assert made["regular_price"] == "299.99"
    assert (made["manage_stock"], made["stock_quantity"]) == (True, 5)
    assert list(woo.shelves.pictures.values()) == ["https://cdn.example/rose.jpg"]
    assert value_of(made, "collection") == "Black Rose"
    assert value_of(made, "peregrine_product_id") == rose["id"]


def test_the_same_product_is_changed_the_next_time(admin, woo) -> None:
    rose = admin.product(title="Rose", price_cents=1000)
    first = sync(admin, rose).json
    admin.patch(f"/admin/products/{rose['id']}", {"title": "Red Rose", "price_cents": 1250})

    second = sync(admin, rose).json

    assert second["woocommerce_product_id"] == first["woocommerce_product_id"]
    (only,) = woo.shelves.products()
    assert (only["name"], only["regular_price"]) == ("Red Rose", "12.50")


def test_variants_become_variations_with_a_choice(admin, woo) -> None:
    tee = admin.product(
        title="Tee",
        sku="TEE",
        price_cents=2000,
        stock=1,
        variants=[
            {"title": "Large", "sku": "TEE-L", "price_cents": 2200, "stock": 4},
            {"title": "large", "stock": 7, "image_url": "https://cdn.example/l.jpg"},
        ],
    )

    synced = sync(admin, tee).json

    parent = woo.shelves.things[synced["woocommerce_product_id"]]
    variations = woo.shelves.variations(parent["id"])
    assert (parent["type"], parent["sku"], parent["manage_stock"]) == ("variable", "", False)
    (attribute,) = parent["attributes"]
    assert attribute["variation"] is True
    assert attribute["options"] == ["Default", "Large", "large (2)"]
    assert [each["attributes"][0]["option"] for each in variations] == attribute["options"]
    assert [each["sku"] for each in variations] == ["TEE", "TEE-L", ""]
    assert [each["regular_price"] for each in variations] == ["20.00", "22.00", "20.00"]
    assert [each["stock_quantity"] for each in variations] == [1, 4, 7]
    assert synced["synced_fields"][-1] == "variants"
    assert synced["variations"] == [
        {"variant_id": variant["id"], "woocommerce_variation_id": there["id"]}
        for variant, there in zip(tee["variants"], variations, strict=True)
    ]


def test_a_second_variant_turns_a_simple_product_into_a_variable_one(run, admin, shop, woo) -> None:
    tee = admin.product(title="Tee", sku="TEE", stock=3)
    woo_id = sync(admin, tee).json["woocommerce_product_id"]
    run(shop.database.write(lambda tx: _add_variant(tx, tee["id"])))

    synced = sync(admin, tee)

    assert synced.status_code == 200, synced.json
    assert synced.json["woocommerce_product_id"] == woo_id
    parent = woo.shelves.things[woo_id]
    assert (parent["type"], parent["sku"]) == ("variable", "")
    assert [each["sku"] for each in woo.shelves.variations(woo_id)] == ["TEE", "TEE-XL"]


async def _add_variant(tx, product_id) -> None:
    product = await tx.catalog.get(product_id, lock=True)
    product.offer(Variant(title="XL", sku="TEE-XL", price_amount=2500, stock=2))


def test_what_is_switched_off_is_left_as_it_is(admin, woo) -> None:
    rose = admin.product(stock=5, image_url="https://cdn.example/r.jpg", metadata={"size": "M"})

    synced = sync(admin, rose, sync_inventory=False, sync_images=False, sync_metadata=False).json

    made = woo.shelves.things[synced["woocommerce_product_id"]]
    assert synced["synced_fields"] == ["name", "description", "price"]
    assert (made["manage_stock"], made["images"]) == (False, [])
    assert [each["key"] for each in made["meta_data"]] == ["peregrine_product_id"]


def test_a_picture_is_fetched_once_and_others_beside_it_stay(admin, woo) -> None:
    rose = admin.product(image_url="https://cdn.example/one.jpg")
    made = woo.shelves.things[sync(admin, rose).json["woocommerce_product_id"]]
    woo.shelves.pictures[999] = "of the store's people"
    made["images"].append({"id": 999})

    sync(admin, rose)
    after_the_second = dict(woo.shelves.pictures)
    admin.patch(f"/admin/products/{rose['id']}", {"image_url": "https://cdn.example/two.jpg"})
    sync(admin, rose)

    assert len(after_the_second) == 2
    assert list(woo.shelves.pictures.values())[-1] == "https://cdn.example/two.jpg"
    assert [woo.shelves.pictures[each["id"]] for each in made["images"]] == [
        "https://cdn.example/two.jpg",
        "of the store's people",
    ]


def test_a_picture_taken_off_here_is_taken_off_there(admin, woo) -> None:
    rose = admin.product(image_url="https://cdn.example/one.jpg")
    made = woo.shelves.things[sync(admin, rose).json["woocommerce_product_id"]]
    admin.patch(f"/admin/products/{rose['id']}", {"image_url": None})

    sync(admin, rose)

    assert made["images"] == []


def test_particulars_named_like_the_stores_own_are_not_sent(admin, woo) -> None:
    rose = admin.product(price_cents=5000, metadata={"_price": "0.01", "size": "M"})

    made = woo.shelves.things[sync(admin, rose).json["woocommerce_product_id"]]

    assert {each["key"] for each in made["meta_data"]} == {"size", "peregrine_product_id"}


@pytest.mark.parametrize(
    ("currency", "minor", "written"),
    [("JPY", 1999, "1999"), ("KWD", 1999, "1.999"), ("EUR", 100_000_000_000, "1000000000.00")],
)
def test_a_price_is_written_exactly(admin, woo, currency, minor, written) -> None:
    woo.currency = currency
    rose = admin.product(currency=currency, price_cents=minor)

    made = woo.shelves.things[sync(admin, rose).json["woocommerce_product_id"]]

    assert made["regular_price"] == written


def test_a_product_in_another_currency_than_the_store_is_refused(admin, woo) -> None:
    woo.currency = "EUR"

    refused = sync(admin, admin.product(currency="JPY"))

    assert refused.status_code == 409
    assert refused.json["error"] == "woocommerce_currency_differs"
    assert woo.shelves.things == {}


def test_a_product_that_is_withdrawn_becomes_a_draft(admin, woo) -> None:
    rose = admin.product()
    made = woo.shelves.things[sync(admin, rose).json["woocommerce_product_id"]]
    admin.delete(f"/products/{rose['id']}")

    sync(admin, rose)

    assert made["status"] == "draft"


def test_an_unknown_product_is_not_found(admin) -> None:
    refused = admin.post(SYNC, {"product_id": "3f2c8a52-0d5b-4b8c-9f57-7b1b4ad0c111"})

    assert (refused.status_code, refused.json["error"]) == (404, "product_not_found")
