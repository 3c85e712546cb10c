"""``python -m bench.competitors``: how fast lists of what competitors sell are, on SQLite."""

import argparse
import asyncio
import random
import sqlite3
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import closing
from itertools import batched
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from app.container import Container, assemble
from app.resources.competitor_products import CompetitorProductList, CompetitorProductView
from app.schema import encode
from app.settings import Settings
from common.ids import new_id
from common.pagination import PageRequest
from domain.competitor.listing import ProductFilter, ProductOrder
from domain.competitor.models import CompetitorProduct, Platform, PricePoint, ProductStatus
from domain.competitor.titles import sort_title
from domain.identity.caller import Caller, Role
from domain.identity.users import NewUser
from infrastructure.databases.migrations import Migrations

_WORDS = (Path(__file__).parent / "words.txt").read_text().split()
_COMPETITORS = 10
_GOAL = 50  # ms
_AGAIN = 15
_MOMENT = "2026-01-01 00:00:00.000000"

type Ask = Callable[[], Awaitable[object]]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.competitors", description=__doc__)
    parser.add_argument("--products", type=int, default=100_000)
    parser.add_argument("--points", type=int, default=10, help="prices of each")
    options = parser.parse_args()
    with TemporaryDirectory(prefix="peregrine-bench-") as folder:
        asyncio.run(_bench(Path(folder) / "shop.db", options.products, options.points))


async def _bench(path: Path, products: int, points: int) -> None:
    settings = Settings(
        _env_file=None, sqlite_uri=f"sqlite:///{path}", secret_key="x" * 40, rate_limits="off"
    )
    shop = assemble(settings)
    await Migrations(settings.database, automatic=True).open()
    await shop.database.open()
    try:
        owner = await shop.users.register(NewUser("owner@example.com", "x" * 10, role=Role.ADMIN))
        caller = owner.caller
        competitors = [
            await shop.competitors.competitors.add(
                caller, f"Rival {each}", "https://rival.example", Platform.SHOPIFY
            )
            for each in range(_COMPETITORS)
        ]
        ids = [each.id for each in competitors]
        began = time.perf_counter()
        await asyncio.to_thread(_fill, path, owner.id, ids, products, points)
        took = time.perf_counter() - began
        print(f"{products:,} products, {products * points:,} prices: filled in {took:.0f} s\n")
        slowest = [await _time(name, ask) for name, ask in _lists(shop, caller, ids, products)]
        verdict = "met" if max(slowest) < _GOAL else "MISSED"
        print(f"\nslowest {max(slowest):.1f} ms, goal {_GOAL} ms: {verdict}")
        await _delete(shop, caller, ids[-1])
    finally:
        await shop.database.close()


def _fill(path: Path, user_id: str, competitors: list[str], products: int, points: int) -> None:
    chance = random.Random(5)  # noqa: S311 - the same rivals every time
    with closing(sqlite3.connect(path)) as connection:
        rows = (_product(chance, user_id, competitors, each) for each in range(products))
        for some in batched(rows, 5000, strict=False):
            _insert(connection, CompetitorProduct.__table__, some)
            prices = [
                {
                    "product_id": row["id"],
                    "at": f"2026-01-{day % 28 + 1:02} 00:00:00.000000",
                    "price_amount": chance.randint(100, 99_999),
                    "currency": "USD",
                }
                for row in some
                for day in range(points)
            ]
            _insert(connection, PricePoint.__table__, prices)
        connection.commit()


def _insert(connection: sqlite3.Connection, table: Any, rows: Sequence[dict[str, object]]) -> None:
    statement = str(table.insert().compile(column_keys=list(rows[0])))
    connection.executemany(statement, rows)


def _product(
    chance: random.Random, user_id: str, competitors: list[str], number: int
) -> dict[str, object]:
    title = " ".join(chance.choices(_WORDS, k=5)).title() + f" {number}"
    seen = f"2026-02-{number % 28 + 1:02} 00:00:00.000000"
    return {
        "id": new_id(),
        "competitor_id": competitors[number % len(competitors)],
        "user_id": user_id,
        "key": str(number),
        "title": title,
        "sort_title": sort_title(title),
        "url": f"https://rival.example/products/{number}",
        "image_url": f"https://rival.example/images/{number}.jpg",
        "price_amount": chance.randint(100, 99_999) if number % 100 else None,
        "currency": "USD",
        "in_stock": 1,
        "status": ProductStatus.REMOVED if number % 500 == 0 else ProductStatus.ACTIVE,
        "seen_in": 1,
        "first_seen": _MOMENT,
        "last_seen": seen,
        "created_at": _MOMENT,
        "updated_at": _MOMENT,
    }


def _lists(
    shop: Container, caller: Caller, competitors: list[str], products: int
) -> Iterator[tuple[str, Ask]]:
    filters = {
        "all": ProductFilter(),
        "active": ProductFilter(status=ProductStatus.ACTIVE),
        "removed (1 in 500)": ProductFilter(status=ProductStatus.REMOVED),
        "a competitor": ProductFilter(competitors[3]),
        "a competitor, removed": ProductFilter(competitors[3], ProductStatus.REMOVED),
        "q=common word": ProductFilter(words=_WORDS[0]),
        "q=two words": ProductFilter(words=f"{_WORDS[0]} {_WORDS[1]}"),
        "q=one product": ProductFilter(words=str(products - 7)),
        "q=no product": ProductFilter(words="unheard"),
    }
    for name, which in filters.items():
        for order in ProductOrder:
            wanted = ProductFilter(which.competitor_id, which.status, which.words, order)
            yield f"{name}, by {order}", _asking(shop, caller, wanted, PageRequest())
    last = PageRequest(products // 20, 20)
    yield "all, the last page", _asking(shop, caller, ProductFilter(), last)
    hundred = PageRequest(1, 100)
    yield "all, 100 at once", _asking(shop, caller, ProductFilter(), hundred)


def _asking(shop: Container, caller: Caller, which: ProductFilter, part: PageRequest) -> Ask:
    async def ask() -> bytes:
        page = await shop.competitors.products.page(caller, which, part)
        return encode(CompetitorProductList.of(page, CompetitorProductView.of))

    return ask


async def _time(name: str, ask: Ask) -> float:
    took, worked = [], []
    for _ in range(_AGAIN):
        began, busy = time.perf_counter(), time.process_time()
        await ask()
        took.append((time.perf_counter() - began) * 1000)
        worked.append((time.process_time() - busy) * 1000)
    print(f"{name:40} {median(took):7.1f} ms, of which we worked {median(worked):5.1f}", flush=True)
    return median(worked)


async def _delete(shop: Container, caller: Caller, competitor_id: str) -> None:
    """Delete a competitor, and tell for how long at most it kept other writers waiting."""
    began = time.perf_counter()
    await shop.competitors.competitors.delete(caller, competitor_id)
    answered = time.perf_counter() - began
    erasing = asyncio.create_task(shop.competitors.competitors.erase(competitor_id))
    waits, slow = [], []
    while not erasing.done():
        started = time.perf_counter()
        await shop.database.write(lambda tx: tx.ping())
        waits.append(time.perf_counter() - started)
        started = time.perf_counter()
        await shop.competitors.products.page(caller, ProductFilter(), PageRequest())
        slow.append(time.perf_counter() - started)
        await asyncio.sleep(0.02)
    await erasing
    took = time.perf_counter() - began
    print(
        f"deleting a competitor: answered in {answered * 1000:.0f} ms, erased in {took:.1f} s, "
        f"in which other writes waited {max(waits) * 1000:.0f} ms at most, "
        f"and the first page took {median(slow) * 1000:.0f} ms"
    )


if __name__ == "__main__":
    main()
