"""Suppliers' feeds, and products of competitors that sources are found for."""

from itertools import count
from typing import Any

from falcon.testing import Result
from sqlalchemy import func, select

from common.clock import utc_now
from domain.competitor.models import Competitor, CompetitorProduct
from domain.source.models import SupplierFeed, SupplierOffer
from infrastructure.databases.transaction import SqlTransaction
from support.client import Client

FEEDS = "/api/v1/supplier-feeds"
SOURCES = "/api/v1/products/{}/sources"
BULK = "/api/v1/sources/bulk"
CSV = "text/csv"
JSON = "application/json"
NDJSON = "application/x-ndjson"

_numbers = count(1)


def send(
    client: Client,
    body: str | bytes,
    media: str = CSV,
    *,
    query: str = "supplier=Acme",
    **more: Any,
) -> Result:
    """Send a feed."""
    headers = {"Content_Type": media} | more.pop("headers", {})
    return client.send("POST", f"{FEEDS}?{query}", body=body, headers=headers, **more)


def kept(client: Client, *rows: str, supplier: str = "Acme") -> dict[str, Any]:
    """Have a feed kept whose rows are title,price,currency,brand,gtin,sku,url."""
    header = "title,price,currency,brand,gtin,sku,url"
    answer = send(client, "\n".join([header, *rows]), query=f"supplier={supplier}")
    assert answer.status_code == 201, answer.json
    shown: dict[str, Any] = answer.json
    return shown


def track(client: Client, *titles: str, **fields: Any) -> list[str]:
    """Have products tracked, as if a scan had found them; tell their ids."""
    own = {"price_amount": 10000, "currency": "USD"} | fields
    now = utc_now()

    async def unit(tx: SqlTransaction) -> list[str]:
        competitor = Competitor(user_id=client.user_id, name="Rival", url="https://rival.example")
        tx.session.add(competitor)
        await tx.session.flush()
        products = [
            CompetitorProduct(
                competitor_id=competitor.id,
                user_id=client.user_id,
                key=f"product-{next(_numbers)}",
                title=title,
                sort_title=title.lower(),
                url="https://rival.example/thing",
                first_seen=now,
                last_seen=now,
                **own,
            )
            for title in titles
        ]
        for product in products:
            tx.session.add(product)
        return [product.id for product in products]

    ids: list[str] = client._run(client.shop.database.write(unit))
    return ids


def found(client: Client, product_id: str) -> list[dict[str, Any]]:
    """Have sources found for a product, and return them."""
    answer = client.post(SOURCES.format(product_id))
    assert answer.status_code == 201, answer.json
    items: list[dict[str, Any]] = answer.json["items"]
    return items


def left(client: Client) -> tuple[int, int]:
    """Count the feeds and offers that are in the database, seen or not."""

    async def unit(tx: SqlTransaction) -> tuple[int, int]:
        feeds = await tx.session.rows(select(func.count()).select_from(SupplierFeed))
        offers = await tx.session.rows(select(func.count()).select_from(SupplierOffer))
        return feeds[0][0], offers[0][0]

    counts: tuple[int, int] = client._run(client.shop.database.read(unit))
    return counts
