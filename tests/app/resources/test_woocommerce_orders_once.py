"""Each paid order is placed once and takes from the stock once, whatever happens in between."""

from typing import Any

import pytest
from support.crowd import Ask, all_at_once
from support.shopping import buy
from support.woo_store import problem

ORDERS = "/api/v1/woocommerce/orders"


@pytest.fixture
def settings(settings, woo):
    return woo.told(settings)


@pytest.fixture
def rose(admin):
    """A product that is in the store as well."""
    rose = admin.product(title="Rose", price_cents=14950, stock=10, sku="ROSE")
    synced = admin.post("/api/v1/woocommerce/products/sync", {"product_id": rose["id"]})
    return rose | {"woo_id": synced.json["woocommerce_product_id"]}


def create(admin, order, **more: Any):
    return admin.post(ORDERS, {"order_id": order["id"]} | more)


def test_a_sale_that_reached_the_store_is_counted_once(admin, shopper, woo, rose) -> None:
    order = buy(shopper, rose, 2)

    create(admin, order)
    body = {"product_id": rose["id"], "sync_direction": "bidirectional"}
    answer = admin.post("/api/v1/woocommerce/inventory/sync", body).json

    assert (answer["platform_quantity"], answer["woocommerce_quantity"]) == (8, 8)
    assert answer["conflict"] is None


def test_a_sale_told_before_its_order_came_is_counted_once(admin, shopper, woo, rose) -> None:
    order = buy(shopper, rose, 2)
    body = {"product_id": rose["id"], "sync_direction": "bidirectional"}
    admin.post("/api/v1/woocommerce/inventory/sync", body)

    create(admin, order)
    taken_twice = woo.shelves.things[rose["woo_id"]]["stock_quantity"]
    answer = admin.post("/api/v1/woocommerce/inventory/sync", body).json

    assert taken_twice == 6
    assert (answer["platform_quantity"], answer["woocommerce_quantity"]) == (8, 8)


def test_an_order_whose_making_we_never_heard_of_is_found(admin, shopper, woo, rose, later) -> None:
    order = buy(shopper, rose)
    woo.fails("POST /orders", after=True)

    broken = create(admin, order, customer={"email": "customer@example.com"})
    too_early = create(admin, order)
    later(seconds=31)
    created = create(admin, order)

    assert (broken.status_code, too_early.status_code) == (502, 409)
    assert too_early.json["error"] == "woocommerce_sync_in_progress"
    assert created.status_code == 201
    (there,) = woo.till.orders.values()
    assert created.json["woocommerce_order_id"] == there["id"]


def test_an_order_the_store_has_from_us_is_found_though_we_have_forgotten(
    admin, shopper, woo, rose
) -> None:
    order = buy(shopper, rose)
    meta = [{"key": "peregrine_order_id", "value": order["id"]}]
    there = woo.till.create({"billing": {"email": shopper.email}, "meta_data": meta})
    there["total"] = "149.50"

    created = create(admin, order)

    assert created.json["woocommerce_order_id"] == there["id"]
    assert len(woo.till.orders) == 1


def test_an_order_placed_by_many_at_once_is_one_order(admin, shopper, woo, rose) -> None:
    order = buy(shopper, rose)

    answers = all_at_once(*(Ask(admin, "POST", ORDERS, {"order_id": order["id"]}),) * 5)

    assert {answer.status_code for answer in answers} <= {201, 409}
    assert create(admin, order).status_code == 201
    assert len(woo.till.orders) == 1


def test_what_is_paid_goes_to_the_store_by_itself(admin, shopper, woo, rose, carried_out) -> None:
    order = buy(shopper, rose)

    carried_out()

    (there,) = woo.till.of(order["id"])
    assert (there["status"], there["billing"]["email"]) == ("processing", shopper.email)
    assert create(admin, order).json["woocommerce_order_id"] == there["id"]


def test_a_store_that_is_away_is_asked_again_when_the_workflow_is(
    run, shop, admin, shopper, woo, rose, carried_out
) -> None:
    order = buy(shopper, rose)
    woo.fails("POST /orders", 400, problem(400, "no", "Not today."))

    carried_out(failing_is_fine=True)
    assert woo.till.of(order["id"]) == []
    run(shop.woocommerce.orders.place(order["id"]))

    assert len(woo.till.of(order["id"])) == 1


def test_what_was_refunded_before_it_was_placed_is_not_placed(
    run, shop, admin, shopper, woo, rose
) -> None:
    order = buy(shopper, rose)
    refund = admin.post(f"/orders/{order['id']}/refunds", {}).json
    run(shop.refunds.carry_out(refund["id"]))

    assert run(shop.woocommerce.orders.place(order["id"])) is None
    assert create(admin, order).json["error"] == "order_not_paid"
