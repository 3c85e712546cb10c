"""The floor's reads."""
# ruff: noqa: S608 - the statements are put together from our own words only

import json
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from bench.floor_database import database, iso

type Row = tuple[Any, ...]
type Json = dict[str, Any]

_PRODUCT = (
    "p.id, p.title, p.author, p.series, p.description, p.currency, p.is_active, p.image_url, "
    "p.metadata, p.created_at, p.updated_at"
)
_VARIANT = "v.id, v.title, v.sku, v.price_amount, v.stock, v.image_url, v.metadata, v.position"
_GET = (
    f"SELECT {_PRODUCT}, {_VARIANT} FROM products p JOIN variants v ON v.product_id = p.id "
    "WHERE p.id = ? ORDER BY v.position"
)
_LIST = (
    f"SELECT {_PRODUCT}, {_VARIANT} FROM (SELECT * FROM products WHERE is_active = 1 "
    "ORDER BY created_at DESC, id DESC LIMIT ? OFFSET ?) p "
    "JOIN variants v ON v.product_id = p.id ORDER BY p.created_at DESC, p.id DESC, v.position"
)
_COUNT = "SELECT count(*) FROM products WHERE is_active = 1"
_FOUND = (
    "FROM search_index JOIN search_documents d ON d.number = search_index.rowid "
    "JOIN products p ON p.id = d.product_id WHERE p.is_active = 1 AND search_index MATCH ?"
)
_SEARCH = (
    f"SELECT {_PRODUCT}, {_VARIANT} FROM (SELECT p.*, bm25(search_index, 10.0, 4.0, 4.0, 1.0) "
    f"AS rank {_FOUND} ORDER BY rank, p.id LIMIT ? OFFSET ?) p "
    "JOIN variants v ON v.product_id = p.id ORDER BY p.rank, p.id, v.position"
)
_COUNT_FOUND = f"SELECT count(*) {_FOUND}"


def get_product(product_id: str) -> Json:
    return next(_products(database.execute(_GET, (product_id,))))


def list_products(page: int, per_page: int) -> Json:
    (total,) = database.execute(_COUNT).fetchone()
    rows = database.execute(_LIST, (per_page, (page - 1) * per_page))
    return {"items": [*_products(rows)], "total": total, "page": page, "per_page": per_page}


def search_products(words: str, page: int, per_page: int) -> Json:
    query = " AND ".join(f'("{word}"*)' for word in words.lower().split())
    (total,) = database.execute(_COUNT_FOUND, (query,)).fetchone()
    rows = database.execute(_SEARCH, (query, per_page, (page - 1) * per_page))
    return {"items": [*_products(rows)], "total": total, "page": page, "per_page": per_page}


def _products(rows: Iterable[Row]) -> Iterator[Json]:
    for _, group in groupby(rows, key=lambda row: row[0]):
        lines = list(group)
        first = lines[0]
        yield {
            "id": first[0],
            "title": first[1],
            "author": first[2],
            "series": first[3],
            "description": first[4],
            "price": first[14] / 100,
            "price_cents": first[14],
            "currency": first[5],
            "stock": first[15],
            "is_active": bool(first[6]),
            "image_url": first[7],
            "metadata": json.loads(first[8]),
            "variants": [_variant(line) for line in lines],
            "created_at": iso(first[9]),
            "updated_at": iso(first[10]),
        }


def _variant(row: Row) -> Json:
    return {
        "id": row[11],
        "title": row[12],
        "sku": row[13],
        "price": row[14] / 100,
        "price_cents": row[14],
        "stock": row[15],
        "image_url": row[16],
        "metadata": json.loads(row[17]),
        "is_default": row[18] == 0,
    }
