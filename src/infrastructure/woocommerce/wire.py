"""WooCommerce's JSON, as far as we read it, and the JSON we send."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from math import floor
from typing import Annotated, Any

import msgspec

from common.money import Money
from domain.woocommerce.store import (
    Customer,
    Kind,
    OrderDraft,
    Picture,
    Place,
    ProductDraft,
    StoreOrder,
    StoreProduct,
    StoreStock,
    VariationDraft,
)

PRODUCT_ID = "peregrine_product_id"
VARIANT_ID = "peregrine_variant_id"
ORDER_ID = "peregrine_order_id"
ORDER_NUMBER = "peregrine_order_number"

_FARTHEST = 10**12
_COUNT = re.compile(r"[0-9]{1,9}")
_ADDRESS = ("first_name", "last_name", "company", "address_1", "address_2", "city", "state",
            "postcode", "country", "phone")  # fmt: skip


Id = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Word = Annotated[str, msgspec.Meta(max_length=100, pattern=r"^[^\x00]*$")]
Total = Annotated[str, msgspec.Meta(pattern=r"^-?[0-9]{1,15}(\.[0-9]{1,8})?$")]


class Meta(msgspec.Struct):
    key: str = ""
    value: Any = None


class Image(msgspec.Struct):
    id: Id = 0


class Failure(msgspec.Struct):
    code: str = ""
    message: str = ""
    data: Any = None


class Product(msgspec.Struct):
    """A product or a variation, or what became of one in a batch."""

    id: Id
    type: str = "simple"
    sku: str | None = None
    parent_id: Id = 0
    manage_stock: bool | str = False
    stock_quantity: float | None = None
    date_modified_gmt: str | None = None
    images: list[Image] = []
    image: Image | None = None
    meta_data: list[Meta] = []
    variations: list[Id] = []
    error: Failure | None = None

    @property
    def stock(self) -> StoreStock:
        quantity = self.stock_quantity if self.manage_stock is True else None
        if quantity is not None:
            quantity = floor(min(max(quantity, -_FARTHEST), _FARTHEST))
        return StoreStock(quantity, moment(self.date_modified_gmt))

    def shown(self, owner_key: str = PRODUCT_ID) -> StoreProduct:
        images = [self.image] if self.image else self.images
        known = self.type in (Kind.SIMPLE, Kind.VARIABLE, Kind.VARIATION)
        return StoreProduct(
            id=self.id,
            kind=Kind(self.type) if known else Kind.OTHER,
            sku=self.sku or None,
            owner=meta_value(self.meta_data, owner_key),
            parent_id=self.parent_id or None,
            pictures=tuple(image.id for image in images),
            stock=self.stock,
        )


class Batch(msgspec.Struct):
    create: list[Product] = []
    update: list[Product] = []


class LineItem(msgspec.Struct):
    product_id: Id = 0
    variation_id: Id = 0
    meta_data: list[Meta] = []


class Order(msgspec.Struct):
    id: Id
    status: Word
    total: Total
    currency: Word
    number: Word | int = ""
    date_created_gmt: str | None = None
    meta_data: list[Meta] = []
    line_items: list[LineItem] = []

    def shown(self) -> StoreOrder:
        reduced: dict[Place, int] = {}
        for item in self.line_items:
            place = Place(item.product_id, item.variation_id or None)
            taken = meta_value(item.meta_data, "_reduced_stock") or "0"
            if _COUNT.fullmatch(taken):
                reduced[place] = reduced.get(place, 0) + int(taken)
        return StoreOrder(
            id=self.id,
            number=str(self.number or self.id),
            status=self.status,
            total=self.total,
            currency=self.currency,
            created_at=moment(self.date_created_gmt),
            reduced=reduced,
        )


class Currency(msgspec.Struct):
    code: str


def meta_value(meta: Iterable[Meta], key: str) -> str | None:
    return next((str(each.value) for each in meta if each.key == key), None)


def moment(text: str | None) -> datetime | None:
    """Read a moment of the store's: UTC, though it does not say so."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC) if text else None
    except ValueError:
        return None


def money(value: Money) -> str:
    return format(value.major, "f")


def product_json(draft: ProductDraft) -> dict[str, Any]:
    body: dict[str, Any] = {
        "name": draft.name,
        "description": draft.description,
        "status": "publish" if draft.is_active else "draft",
        "type": Kind.SIMPLE if draft.options is None else Kind.VARIABLE,
        "sku": draft.sku or "",
        "meta_data": _meta({**draft.metadata, PRODUCT_ID: draft.product_id}),
    }
    if draft.price is not None:
        body["regular_price"] = money(draft.price)
    if draft.options is not None:
        body["manage_stock"] = False  # its variations do
        body["attributes"] = [
            {"name": name, "position": at, "visible": True, "variation": True, "options": values}
            for at, (name, values) in enumerate(draft.options.items())
        ]
    if draft.pictures is not None:
        body["images"] = [_picture(each) for each in draft.pictures]
    return body | _stock(draft.stock)


def variation_json(draft: VariationDraft) -> dict[str, Any]:
    body: dict[str, Any] = {
        "regular_price": money(draft.price),
        "sku": draft.sku or "",
        "attributes": [{"name": name, "option": value} for name, value in draft.choices.items()],
        "meta_data": _meta({**draft.metadata, VARIANT_ID: draft.variant_id}),
    }
    if draft.id is not None:
        body["id"] = draft.id
    if draft.picture is not None:
        body["image"] = _picture(draft.picture)
    return body | _stock(draft.stock)


def order_json(draft: OrderDraft) -> dict[str, Any]:
    address = {name: draft.address[name] for name in _ADDRESS if draft.address.get(name)}
    person = _person(draft.customer)
    body: dict[str, Any] = {
        "set_paid": True,
        "payment_method": "stripe" if draft.transaction_id else "other",
        "payment_method_title": "Card" if draft.transaction_id else "Other",
        "currency": draft.currency,
        "billing": address
        | person
        | ({"email": draft.customer.email} if draft.customer.email else {}),
        "shipping": person | address,
        "line_items": [_line(line) for line in draft.lines],
        "fee_lines": [fee_json(name, fee) for name, fee in draft.fees.items()],
        "meta_data": _meta({ORDER_ID: draft.order_id, ORDER_NUMBER: draft.order_number}),
    }
    if draft.transaction_id:
        body["transaction_id"] = draft.transaction_id
    if draft.shipping.amount:
        body["shipping_lines"] = [
            {"method_id": "flat_rate", "method_title": "Shipping", "total": money(draft.shipping)}
        ]
    return body


def fee_json(name: str, fee: Money) -> dict[str, Any]:
    return {"name": name, "total": money(fee), "tax_status": "none"}


def _line(line: Any) -> dict[str, Any]:
    """Write a line. A SKU that the store does not have makes a line without a product."""
    total = money(line.total)
    body = {"name": line.name, "quantity": line.quantity, "subtotal": total, "total": total}
    if line.place is None:
        return body | {"sku": line.sku}
    product_id, variation_id = line.place
    return (
        body | {"product_id": product_id} | ({"variation_id": variation_id} if variation_id else {})
    )


def _person(customer: Customer) -> dict[str, str]:
    given = {
        "first_name": customer.first_name,
        "last_name": customer.last_name,
        "phone": customer.phone,
    }
    return {name: value for name, value in given.items() if value}


def _meta(values: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"key": key, "value": value} for key, value in values.items()]


def _picture(picture: Picture) -> dict[str, Any]:
    return {"id": picture.id} if picture.id is not None else {"src": picture.url}


def _stock(quantity: int | None) -> dict[str, Any]:
    return {} if quantity is None else {"manage_stock": True, "stock_quantity": quantity}
