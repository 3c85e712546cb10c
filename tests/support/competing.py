"""Competitors that somebody keeps an eye on, and what they sell, written past the scanner."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import Table, func, insert, select

from common.ids import new_id
from domain.competitor.models import CompetitorProduct, PricePoint
from domain.competitor.titles import sort_title
from infrastructure.databases.transaction import SqlTransaction
from support.client import Client

COMPETITORS = "/api/v1/competitors"
PRODUCTS = "/api/v1/products"
URL = "https://rival-gadgets.com"
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)

_products: Any = CompetitorProduct.__table__
_points: Any = PricePoint.__table__
_numbers = count(1)


def watched(owner: Client, **fields: Any) -> dict[str, Any]:
    """Keep an eye on a store."""
    answer = owner.post(COMPETITORS, {"name": "Rival Gadgets", "url": URL} | fields)
    assert answer.status_code == 201, answer.json
    shown: dict[str, Any] = answer.json
    return shown


def at(competitor: dict[str, Any]) -> str:
    """Tell where a competitor is found."""
    return f"{COMPETITORS}/{competitor['id']}"


def sold(
    competitor: dict[str, Any], title: str = "Earbuds", *prices: int, **fields: Any
) -> dict[str, Any]:
    """Describe a product as it is stored, with the prices it has had, a day apart."""
    number = next(_numbers)
    return (
        {
            "id": new_id(),
            "competitor_id": competitor["id"],
            "user_id": competitor["user_id"],
            "key": f"key-{number}",
            "title": title,
            "sort_title": sort_title(title),
            "url": f"{URL}/products/{number}",
            "image_url": None,
            "price_amount": prices[-1] if prices else None,
            "currency": "USD" if prices else None,
            "in_stock": True,
            "brand": None,
            "gtin": None,
            "sku": None,
            "status": "active",
            "seen_in": 1,
            "first_seen": LONG_AGO,
            "last_seen": LONG_AGO,
            "created_at": LONG_AGO,
            "updated_at": LONG_AGO,
        }
        | fields
        | {"history": prices}
    )


def put_on_sale(client: Client, products: Sequence[dict[str, Any]]) -> list[str]:
    """Store products with the history of their prices; return their ids."""
    rows = [{name: each[name] for name in each if name != "history"} for each in products]
    points = [point for each in products for point in _points_of(each)]

    async def unit(tx: SqlTransaction) -> None:
        await tx.session.run(insert(_products), rows)
        if points:
            await tx.session.run(insert(_points), points)

    client._run(client.shop.database.write(unit))
    return [row["id"] for row in rows]


def _points_of(product: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for day, amount in enumerate(product["history"]):
        yield {
            "product_id": product["id"],
            "at": LONG_AGO + timedelta(days=day),
            "price_amount": amount,
            "currency": product["currency"],
        }


def rows_of(client: Client, *tables: Table) -> int:
    """Count all the rows there are in some tables."""

    async def unit(tx: SqlTransaction) -> int:
        counts = [await tx.session.rows(select(func.count()).select_from(each)) for each in tables]
        return sum(rows[0][0] for rows in counts)

    counted: int = client._run(client.shop.database.read(unit))
    return counted


def listed(owner: Client, query: str = "", path: str = PRODUCTS) -> list[str]:
    """Tell the titles in a list of products, in its order."""
    answer = owner.get(f"{path}?{query}")
    assert answer.status_code == 200, answer.json
    return [item["title"] for item in answer.json["items"]]
