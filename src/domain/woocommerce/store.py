"""The store, in our words: what we read there, and what we have it write."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from common.money import Money


class Place(NamedTuple):
    """Where a variant of ours is in the store."""

    product_id: int
    variation_id: int | None


class Kind(StrEnum):
    SIMPLE = "simple"
    VARIABLE = "variable"
    VARIATION = "variation"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class StoreStock:
    quantity: int | None
    """None, where the store does not count."""
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StoreProduct:
    """A product of the store, or a variation of one."""

    id: int
    kind: Kind
    sku: str | None
    owner: str | None
    """Our product's or variant's id, if it came from us."""
    parent_id: int | None
    pictures: tuple[int, ...]
    stock: StoreStock


@dataclass(frozen=True, slots=True)
class Picture:
    """One that the store has, by its id, or one that it is to fetch."""

    id: int | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class ProductDraft:
    """What a product in the store is to be. What is None stays as it is there."""

    product_id: str
    name: str
    description: str
    is_active: bool
    sku: str | None
    price: Money | None
    stock: int | None
    pictures: tuple[Picture, ...] | None
    metadata: Mapping[str, Any]
    options: Mapping[str, tuple[str, ...]] | None
    """What its variations differ in; None, where it has none."""


@dataclass(frozen=True, slots=True)
class VariationDraft:
    variant_id: str
    id: int | None
    """The variation to be changed; None makes one."""
    sku: str | None
    price: Money
    stock: int | None
    picture: Picture | None
    metadata: Mapping[str, Any]
    choices: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Customer:
    email: str
    first_name: str = ""
    last_name: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class OrderLine:
    """Something bought: a product the store knows, or else named by its SKU."""

    name: str
    quantity: int
    total: Money
    place: Place | None
    sku: str


@dataclass(frozen=True, slots=True)
class OrderDraft:
    """A paid order. Lines, shipping and fees add up to what was paid."""

    order_id: str
    order_number: str
    currency: str
    customer: Customer
    address: Mapping[str, str]
    lines: tuple[OrderLine, ...]
    shipping: Money
    fees: Mapping[str, Money]
    transaction_id: str | None


@dataclass(frozen=True, slots=True)
class StoreOrder:
    id: int
    number: str
    status: str
    total: str
    currency: str
    created_at: datetime | None
    reduced: Mapping[Place, int] = field(default_factory=dict)
    """What the store took from its stock for it."""
