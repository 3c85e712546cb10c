"""Which product of the store is which of ours, whatever happened before."""

import pytest
from support.woo_shelves import value_of

SYNC = "/api/v1/woocommerce/products/sync"


@pytest.fixture
def settings(settings, woo):
    return woo.told(settings)


def sync(admin, product):
    return admin.post(SYNC, {"product_id": product["id"]})


def test_a_product_the_store_has_by_hand_is_taken_over_by_its_sku(admin, woo) -> None:
    by_hand = woo.shelves.create({"name": "A mug", "sku": "MUG", "regular_price": "3.00"})
    mug = admin.product(title="Mug", sku="MUG", price_cents=999)

    synced = sync(admin, mug).json

    assert synced["woocommerce_product_id"] == by_hand["id"]
    assert (by_hand["name"], by_hand["regular_price"]) == ("Mug", "9.99")
    assert value_of(by_hand, "peregrine_product_id") == mug["id"]


def test_a_variation_the_store_has_by_hand_is_taken_over_with_its_product(admin, woo) -> None:
    parent = woo.shelves.create({"name": "Tee", "type": "variable"})
    by_hand = woo.shelves.create({"sku": "TEE-M"}, parent["id"])
    tee = admin.product(title="Tee", sku="TEE-M")

    synced = sync(admin, tee).json

    assert synced["woocommerce_product_id"] == parent["id"]
    assert parent["type"] == "variable"
    assert [each["woocommerce_variation_id"] for each in synced["variations"]] == [by_hand["id"]]


def test_a_sku_of_another_product_of_ours_is_a_conflict(admin, woo) -> None:
    other = woo.shelves.create({"name": "Cup", "sku": "MUG"})
    other["meta_data"] = [{"key": "peregrine_product_id", "value": "somebody else's"}]

    refused = sync(admin, admin.product(title="Mug", sku="MUG"))

    assert (refused.status_code, refused.json["error"]) == (409, "woocommerce_sku_taken")
    assert refused.json["details"] == {"sku": "MUG", "woocommerce_product_id": other["id"]}
    assert other["name"] == "Cup"


def test_a_sku_in_the_trash_is_a_conflict_that_names_what_has_it(admin, woo) -> None:
    gone = woo.shelves.create({"name": "Cup", "sku": "MUG"})
    woo.shelves.delete(gone["id"], force=False)

    refused = sync(admin, admin.product(title="Mug", sku="MUG"))

    assert refused.json["error"] == "woocommerce_sku_taken"
    assert refused.json["details"]["woocommerce_product_id"] == gone["id"]


def test_a_sku_conflict_of_a_variation_is_told_and_the_next_sync_goes_on(admin, woo) -> None:
    tee = admin.product(sku="T1", variants=[{"title": "L", "sku": "T2"}])
    gone = woo.shelves.create({"name": "Cup", "sku": "T2"})
    woo.shelves.delete(gone["id"], force=False)

    refused = sync(admin, tee)
    woo.shelves.delete(gone["id"], force=True)
    synced = sync(admin, tee)

    assert refused.json["error"] == "woocommerce_sku_taken"
    assert synced.status_code == 200
    assert len(woo.shelves.products()) == 1
    assert [each["sku"] for each in woo.shelves.things.values() if each["sku"]] == ["T1", "T2"]


def test_a_product_deleted_in_the_store_is_made_again(admin, woo) -> None:
    tee = admin.product(image_url="https://cdn.example/t.jpg", variants=[{"title": "L"}])
    first = sync(admin, tee).json["woocommerce_product_id"]
    woo.shelves.delete(first, force=True)

    synced = sync(admin, tee)

    assert synced.status_code == 200, synced.json
    assert synced.json["woocommerce_product_id"] != first
    assert len(woo.shelves.variations(synced.json["woocommerce_product_id"])) == 2
    assert list(woo.shelves.pictures.values()) == ["https://cdn.example/t.jpg"] * 2


def test_a_product_in_the_trash_comes_back(admin, woo) -> None:
    rose = admin.product()
    made = woo.shelves.things[sync(admin, rose).json["woocommerce_product_id"]]
    woo.shelves.delete(made["id"], force=False)

    sync(admin, rose)

    assert made["status"] == "publish"


def test_a_variation_deleted_in_the_store_is_made_again(admin, woo) -> None:
    tee = admin.product(variants=[{"title": "L", "stock": 2}])
    first = sync(admin, tee).json
    woo.shelves.delete(first["variations"][1]["woocommerce_variation_id"], force=True)

    second = sync(admin, tee).json

    assert second["variations"][0] == first["variations"][0]
    there = woo.shelves.variations(second["woocommerce_product_id"])
    assert [each["stock_quantity"] for each in there] == [10, 2]


def test_a_product_whose_making_we_never_heard_of_is_found_by_our_mark(admin, woo, later) -> None:
    rose = admin.product(title="Rosé & Thorns (2nd ed.)")
    woo.fails("POST /products", after=True)

    broken = sync(admin, rose)
    too_early = sync(admin, rose)
    later(seconds=31)
    synced = sync(admin, rose)

    assert (broken.status_code, broken.json["error"]) == (502, "woocommerce_sync_failed")
    assert (too_early.status_code, too_early.json["error"]) == (
        409,
        "woocommerce_sync_in_progress",
    )
    assert int(too_early.headers["retry-after"]) in range(1, 32)
    assert synced.status_code == 200
    assert len(woo.shelves.products()) == 1


def test_variations_whose_making_we_never_heard_of_are_found_by_our_mark(admin, woo, later) -> None:
    tee = admin.product(variants=[{"title": "L"}, {"title": "XL"}])
    woo.fails("POST /products/", 500, b"<p>There has been a critical error.</p>", after=True)

    broken = sync(admin, tee)
    later(seconds=31)
    synced = sync(admin, tee)

    assert broken.status_code == 502
    assert synced.status_code == 200
    assert len(woo.shelves.variations(synced.json["woocommerce_product_id"])) == 3
