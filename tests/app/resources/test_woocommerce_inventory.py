from datetime import timedelta
from typing import Any

import pytest
from support.shopping import buy, fill
from support.woo_shelves import stamp

from common.clock import utc_now

SYNC = "/api/v1/woocommerce/inventory/sync"


@pytest.fixture
def settings(settings, woo):
    return woo.told(settings)


@pytest.fixture
def rose(admin):
    """A product with ten in stock, here and in the store."""
    rose = admin.product(title="Rose", stock=10)
    synced = admin.post("/api/v1/woocommerce/products/sync", {"product_id": rose["id"]})
    return rose | {"woo_id": synced.json["woocommerce_product_id"]}


def sync(admin, product, direction: str, **more: Any):
    body = {"product_id": product["id"], "sync_direction": direction} | more
    return admin.post(SYNC, body)


def stocks(answer) -> tuple[int, int]:
    assert answer.status_code == 200, answer.json
    return answer.json["platform_quantity"], answer.json["woocommerce_quantity"]


def in_store(woo, product, quantity: int | None = None, *, later: int = 60) -> int:
    """Tell the store's stock; set it, a moment from now, if a quantity is given."""
    thing = woo.shelves.things[product["woo_id"]]
    if quantity is not None:
        thing["stock_quantity"] = quantity
        thing["date_modified_gmt"] = stamp(utc_now() + timedelta(seconds=later))
    return thing["stock_quantity"]


def test_a_quantity_given_becomes_the_stock_of_both(admin, woo, rose) -> None:
    synced = sync(admin, rose, "to_woocommerce", quantity=50)

    assert synced.json == {
        "success": True,
        "product_id": rose["id"],
        "variant_id": rose["variants"][0]["id"],
        "platform_quantity": 50,
        "woocommerce_quantity": 50,
        "sync_direction": "to_woocommerce",
        "conflict": None,
        "sync_timestamp": synced.json["sync_timestamp"],
    }
    assert (admin.stock_of(rose), in_store(woo, rose)) == (50, 50)


def test_without_a_quantity_the_store_gets_ours(admin, woo, rose) -> None:
    in_store(woo, rose, 99)

    assert stocks(sync(admin, rose, "to_woocommerce")) == (10, 10)
    assert in_store(woo, rose) == 10


def test_ours_becomes_the_stores(admin, woo, rose) -> None:
    in_store(woo, rose, 7)

    assert stocks(sync(admin, rose, "from_woocommerce")) == (7, 7)
    assert admin.stock_of(rose) == 7


def test_a_variant_is_synced_by_itself(admin, woo) -> None:
    tee = admin.product(stock=3, variants=[{"title": "L", "stock": 4}])
    synced = admin.post("/api/v1/woocommerce/products/sync", {"product_id": tee["id"]}).json
    large = synced["variations"][1]

    answer = sync(admin, tee, "to_woocommerce", variant_id=large["variant_id"], quantity=9)

    assert stocks(answer) == (9, 9)
    there = woo.shelves.things
    assert there[large["woocommerce_variation_id"]]["stock_quantity"] == 9
    assert there[synced["variations"][0]["woocommerce_variation_id"]]["stock_quantity"] == 3
    assert admin.stock_of(tee) == 3


def test_only_we_have_changed_so_ours_goes_over(admin, woo, rose) -> None:
    admin.patch(f"/admin/products/{rose['id']}/stock", {"stock": 4})

    answer = sync(admin, rose, "bidirectional")

    assert stocks(answer) == (4, 4)
    assert answer.json["conflict"] is None
    assert in_store(woo, rose) == 4


def test_only_the_store_has_changed_so_its_stock_comes_over(admin, woo, rose) -> None:
    in_store(woo, rose, 8, later=-3600)

    answer = sync(admin, rose, "bidirectional")

    assert stocks(answer) == (8, 8)
    assert answer.json["conflict"] is None
    assert admin.stock_of(rose) == 8


def test_nobody_has_changed_so_nothing_is_written(admin, woo, rose) -> None:
    asked = len(woo.requests("PUT"))

    assert stocks(sync(admin, rose, "bidirectional")) == (10, 10)
    assert len(woo.requests("PUT")) == asked


@pytest.mark.parametrize(
    ("later", "winner", "level"), [(60, "woocommerce", 8), (-60, "platform", 4)]
)
def test_both_have_changed_so_the_later_wins_and_the_conflict_is_told(
    admin, woo, rose, later, winner, level
) -> None:
    admin.patch(f"/admin/products/{rose['id']}/stock", {"stock": 4})
    in_store(woo, rose, 8, later=later)

    answer = sync(admin, rose, "bidirectional")

    assert stocks(answer) == (level, level)
    conflict = answer.json["conflict"]
    assert (conflict["platform_quantity"], conflict["woocommerce_quantity"]) == (4, 8)
    assert (conflict["agreed_quantity"], conflict["winner"]) == (10, winner)
    assert (admin.stock_of(rose), in_store(woo, rose)) == (level, level)
    assert sync(admin, rose, "bidirectional").json["conflict"] is None


def test_both_have_changed_to_the_same_so_there_is_no_conflict(admin, woo, rose) -> None:
    admin.patch(f"/admin/products/{rose['id']}/stock", {"stock": 6})
    in_store(woo, rose, 6)

    answer = sync(admin, rose, "bidirectional")

    assert stocks(answer) == (6, 6)
    assert answer.json["conflict"] is None


def test_a_sale_here_and_a_sale_there_are_both_counted(admin, shopper, woo, rose) -> None:
    buy(shopper, rose, 3)
    in_store(woo, rose, 9)

    answer = sync(admin, rose, "bidirectional")

    assert stocks(answer) == (6, 6)
    assert answer.json["conflict"] is None
    assert (admin.stock_of(rose), in_store(woo, rose)) == (6, 6)


def test_what_is_reserved_here_is_not_for_sale_again(admin, shopper, woo, rose) -> None:
    fill(shopper, rose, 10)
    shopper.post("/orders", {"items": [{"product_id": rose["id"], "quantity": 10}]})

    answer = sync(admin, rose, "from_woocommerce")

    assert stocks(answer) == (0, 10)
    assert admin.stock_of(rose) == 0
    assert shopper.post("/checkout", {}).status_code == 409


def test_stock_never_falls_below_zero(admin, woo, rose) -> None:
    in_store(woo, rose, -5)

    assert stocks(sync(admin, rose, "from_woocommerce")) == (0, -5)
    assert stocks(sync(admin, rose, "bidirectional")) == (0, 0)


def test_a_stock_that_the_store_does_not_count_cannot_come_over(admin, woo, rose) -> None:
    woo.shelves.update(rose["woo_id"], {"manage_stock": False})

    refused = sync(admin, rose, "from_woocommerce")

    assert (refused.status_code, refused.json["error"]) == (409, "woocommerce_stock_not_managed")
    assert stocks(sync(admin, rose, "bidirectional")) == (10, 10)
    assert in_store(woo, rose) == 10


@pytest.mark.parametrize("gone", [False, True])
def test_what_is_not_in_the_store_has_to_be_synced_first(admin, woo, rose, gone) -> None:
    product = rose if gone else admin.product(stock=2)
    if gone:
        woo.shelves.delete(rose["woo_id"], force=True)

    refused = sync(admin, product, "to_woocommerce")

    assert (refused.status_code, refused.json["error"]) == (409, "product_not_synced")


def test_a_quantity_for_what_is_not_in_the_store_changes_nothing(admin) -> None:
    product = admin.product(stock=2)

    assert sync(admin, product, "to_woocommerce", quantity=5).status_code == 409
    assert admin.stock_of(product) == 2


def test_a_push_we_never_heard_of_is_seen_by_the_number(admin, shopper, woo, rose) -> None:
    buy(shopper, rose, 3)
    woo.fails("PUT /products", after=True)

    broken = sync(admin, rose, "to_woocommerce")
    answer = sync(admin, rose, "bidirectional")

    assert broken.status_code == 502
    assert stocks(answer) == (7, 7)
    assert admin.stock_of(rose) == 7


def test_a_push_that_failed_leaves_everything_to_the_next(admin, shopper, woo, rose) -> None:
    buy(shopper, rose, 3)
    woo.fails("PUT /products", 400, b'{"code": "no", "message": "Not today."}')

    broken = sync(admin, rose, "to_woocommerce")
    in_store(woo, rose, 9)
    answer = sync(admin, rose, "bidirectional")

    assert broken.json["details"]["reason"] == "Not today."
    assert stocks(answer) == (6, 6)


MALFORMED = [
    ({"quantity": -1}, "quantity"),
    ({"quantity": 1.5}, "quantity"),
    ({"quantity": 10**10}, "quantity"),
    ({"quantity": 5, "sync_direction": "from_woocommerce"}, "quantity"),
    ({"sync_direction": "sideways"}, "sync_direction"),
    ({"variant_id": "first"}, "variant_id"),
    ({"colour": "red"}, "colour"),
]


def test_a_malformed_request_changes_nothing_and_names_its_fault(admin, woo, rose) -> None:
    for body, field in MALFORMED:
        refused = admin.post(SYNC, {"product_id": rose["id"]} | body)
        assert refused.status_code == 422, body
        assert list(refused.json["details"]) == [field]
    assert (admin.stock_of(rose), in_store(woo, rose)) == (10, 10)


def test_a_variant_of_another_product_is_not_found(admin, rose) -> None:
    other = admin.product()["variants"][0]["id"]

    refused = sync(admin, rose, "to_woocommerce", variant_id=other)

    assert (refused.status_code, refused.json["error"]) == (404, "variant_not_found")
