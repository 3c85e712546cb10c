"""What a WooCommerce store does with orders, as its documentation says."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from support.woo_shelves import Json, Refused, Shelves, merged_meta, stamp, value_of

_CENT = Decimal("0.01")


class Till:
    """Orders. Paid ones take from the stock of what they hold, as far as the store counts it."""

    def __init__(self, shelves: Shelves) -> None:
        self._shelves = shelves
        self.orders: dict[int, Json] = {}
        self.tax_percent = 0
        """What the store adds to goods of its own accord."""

    def of(self, order_id: str) -> list[Json]:
        """List the store's orders for one of ours."""
        return [
            each
            for each in self.orders.values()
            if value_of(each, "peregrine_order_id") == order_id
        ]

    def find(self, wanted: dict[str, str]) -> list[Json]:
        found = sorted(self.orders.values(), key=lambda each: -each["id"])
        if search := wanted.get("search"):
            found = [each for each in found if search in each["billing"].get("email", "")]
        if after := wanted.get("after"):
            moment = stamp(datetime.fromisoformat(after).astimezone(UTC))
            found = [each for each in found if each["date_created_gmt"] > moment]
        return found

    def create(self, body: Json) -> Json:
        email = body.get("billing", {}).get("email", "a@b.test")
        if "@" not in email:
            message = "Invalid parameter(s): billing"
            raise Refused(400, "rest_invalid_param", message, params={"billing": "Invalid email"})
        order_id = next(self._shelves.ids)
        now = stamp()
        order = {
            "id": order_id,
            "number": str(order_id),
            "status": "pending",
            "currency": body.get("currency", "USD"),
            "billing": body.get("billing", {}),
            "shipping": body.get("shipping", {}),
            "payment_method": body.get("payment_method", ""),
            "transaction_id": body.get("transaction_id", ""),
            "line_items": [self._line(each) for each in body.get("line_items", [])],
            "shipping_lines": body.get("shipping_lines", []),
            "fee_lines": body.get("fee_lines", []),
            "meta_data": merged_meta([], body.get("meta_data", ()), self._shelves.ids),
            "date_created_gmt": now,
            "date_modified_gmt": now,
        }
        self._add_up(order)
        if body.get("set_paid"):
            order["status"] = "processing"
            self._take_stock(order)
        self.orders[order_id] = order
        return order

    def update(self, order_id: int, body: Json) -> Json:
        order = self.orders.get(order_id)
        if order is None:
            raise Refused(400, "woocommerce_rest_shop_order_invalid_id", "Invalid ID.")
        order["fee_lines"] = [*order["fee_lines"], *body.get("fee_lines", [])]
        self._add_up(order)
        return order

    def _line(self, given: Json) -> Json:
        """Take a line. The product need not be there, but something has to be named."""
        things = self._shelves.things
        thing_id = given.get("variation_id") or given.get("product_id")
        if sku := given.get("sku"):
            thing_id = next((each["id"] for each in things.values() if each["sku"] == sku), 0)
        elif not thing_id:
            message = "Product ID or SKU is required."
            raise Refused(400, "woocommerce_rest_required_product_reference", message)
        thing = things.get(thing_id or 0)
        parent = thing["parent_id"] if thing else 0
        return given | {
            "id": next(self._shelves.ids),
            "product_id": (parent or thing["id"]) if thing else 0,
            "variation_id": thing["id"] if thing and parent else 0,
            "meta_data": [],
        }

    def _add_up(self, order: Json) -> None:
        goods = _sum(order["line_items"])
        tax = (goods * self.tax_percent / 100).quantize(_CENT)
        total = goods + tax + _sum(order["shipping_lines"]) + _sum(order["fee_lines"])
        order["total_tax"], order["total"] = str(tax), str(total)

    def _take_stock(self, order: Json) -> None:
        for line in order["line_items"]:
            thing = self._shelves.things.get(line["variation_id"] or line["product_id"])
            if thing and thing["manage_stock"] is True:
                thing["stock_quantity"] -= line["quantity"]
                meta: dict[str, Any] = {"key": "_reduced_stock", "value": str(line["quantity"])}
                line["meta_data"] = [meta | {"id": next(self._shelves.ids)}]


def _sum(lines: list[Json]) -> Decimal:
    return sum(_totals(lines), start=Decimal("0.00"))


def _totals(lines: list[Json]) -> Iterator[Decimal]:
    for line in lines:
        if not isinstance(line["total"], str):
            raise Refused(400, "rest_invalid_param", "Invalid parameter(s): total")
        yield Decimal(line["total"])
