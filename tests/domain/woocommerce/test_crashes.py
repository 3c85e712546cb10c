"""The process dies beside any call of the store; somebody carries on, and all adds up."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import pytest
from support.bank import Cut, PowerCut
from support.shopping import buy

from domain.woocommerce.drafting import Wanted
from domain.woocommerce.errors import WooCommerceBusy
from domain.woocommerce.inventory import InventorySyncService, StockRequest
from domain.woocommerce.orders import WooOrderService
from domain.woocommerce.products import ProductSyncService
from domain.woocommerce.stock import Direction

CUTS = [Cut.BEFORE, Cut.AFTER]


@pytest.fixture
def settings(settings, woo):
    return woo.told(settings)


class Wire:
    """A store whose wire is cut beside one of its calls, and with it the power."""

    def __init__(self, store: Any, call: str, cut: Cut) -> None:
        self._store, self._call, self._cut = store, call, cut

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        asked = getattr(self._store, name)
        if name != self._call:
            return asked

        async def call(*arguments: Any) -> Any:
            if self._cut is Cut.AFTER:
                await asked(*arguments)
            raise PowerCut

        return call


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("call", ["save_product", "variations", "save_variations"])
def test_a_product_is_made_once(run, admin, shop, clock, woo, later, call, cut) -> None:
    tee = admin.product(title="Tee", sku="T", variants=[{"title": "L"}, {"title": "XL"}])
    products = shop.woocommerce.products
    wire = Wire(shop.woocommerce.store, call, cut)

    with pytest.raises(PowerCut):
        run(ProductSyncService(shop.database, wire, clock).sync(tee["id"], Wanted()))
    with pytest.raises(WooCommerceBusy):
        run(products.sync(tee["id"], Wanted()))
    later(seconds=31)
    synced = run(products.sync(tee["id"], Wanted()))

    (made,) = woo.shelves.products()
    assert synced.woo_id == made["id"]
    assert len(woo.shelves.variations(made["id"])) == 3


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("call", ["find_order", "known", "place_order", "add_fee"])
def test_an_order_is_placed_once(run, admin, shopper, shop, clock, woo, later, call, cut) -> None:
    woo.till.tax_percent = 10
    order = buy(shopper, admin.product(price_cents=1000))
    orders = shop.woocommerce.orders
    wire = Wire(shop.woocommerce.store, call, cut)

    with pytest.raises(PowerCut):
        run(WooOrderService(shop.database, wire, clock).place(order["id"]))
    with pytest.raises(WooCommerceBusy):
        run(orders.place(order["id"]))
    later(seconds=31)
    placed = run(orders.place(order["id"]))

    (there,) = woo.till.of(order["id"])
    assert placed == there["id"]
    assert there["total"] == "10.00"


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("call", ["stock", "set_stock"])
@pytest.mark.parametrize("direction", list(Direction))
def test_stock_adds_up(run, admin, shopper, shop, clock, woo, direction, call, cut) -> None:
    rose = admin.product(stock=10)
    run(shop.woocommerce.products.sync(rose["id"], Wanted()))
    buy(shopper, rose, 3)
    (there,) = woo.shelves.products()
    there["stock_quantity"] -= 1
    wire = Wire(shop.woocommerce.store, call, cut)
    asked = StockRequest(rose["id"], None, direction)

    with suppress(PowerCut):
        run(InventorySyncService(shop.database, wire, clock).sync(asked))
    left = 7 if there["stock_quantity"] == 7 else 6  # a push goes over the store's own sale
    answer = run(shop.woocommerce.inventory.sync(StockRequest(rose["id"], None, Direction.BOTH)))

    assert (answer.ours, answer.store, answer.conflict) == (left, left, None)
    assert admin.stock_of(rose) == left
