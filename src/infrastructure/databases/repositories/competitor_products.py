from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import batched
from typing import Any

from common.money import Money
from common.pagination import Page, PageRequest
from common.text import words
from domain.competitor.listing import Price, ProductFilter, TrackedProduct
from domain.competitor.models import Competitor, CompetitorProduct, ProductStatus
from infrastructure.databases.repositories import competitor_product_queries as queries
from infrastructure.databases.repositories.competitor_product_queries import Scope
from infrastructure.databases.repository import SqlRepository
from infrastructure.databases.session import Record

_FEW = 500
"""So many are sorted; of more, each page is found soon by going through all in their order."""
_MOST_WORDS = 16
_AT_ONCE = 500  # competitors: statements take so many parameters and no more


class SqlCompetitorProductRepository(SqlRepository[CompetitorProduct]):
    entity = CompetitorProduct

    async def get(self, key: str, *, lock: bool = False) -> CompetitorProduct | None:
        found = await super().get(key, lock=lock)
        if found is None:
            return None
        competitor = await self._session.get(Competitor, found.competitor_id)
        return found if competitor and competitor.user_id else None

    async def details(self, user_id: str, product_id: str) -> TrackedProduct | None:
        wanted = {"product": product_id, "user": user_id}
        for row in await self._session.rows(queries.ONE, wanted):
            history = await self._session.rows(queries.HISTORY, {"product": product_id})
            return _tracked(row, history)
        return None

    async def page(
        self, user_id: str, which: ProductFilter, request: PageRequest
    ) -> Page[TrackedProduct]:
        wanted = words(which.words)[:_MOST_WORDS]
        if which.words.strip() and not wanted:  # no title has what is no word
            return Page([], 0, request.page, request.per_page)
        scope = Scope(which.status is not None, len(wanted))
        params: dict[str, Any] = {"status": which.status} if which.status else {}
        params |= {f"word{number}": f"% {word}%" for number, word in enumerate(wanted)}
        theirs = [which.competitor_id] if which.competitor_id else await self._own(user_id)
        part = {"limit": request.per_page, "offset": request.offset}
        found = await self._few(theirs, scope, params) if wanted else None
        if found is not None:
            ids = await self._ids(queries.among(which.order), part | {"ids": found})
            total = len(found)
        else:
            ids = await self._in_order(user_id, which, scope, params | part)
            total = await self._count(theirs, scope, params)
        return Page(await self._shown(ids), total, request.page, request.per_page)

    async def count_of(self, user_id: str) -> int:
        on_sale = {"status": ProductStatus.ACTIVE}
        return await self._count(await self._own(user_id), Scope(of_status=True), on_sale)

    async def _own(self, user_id: str) -> list[str]:
        return await self._ids(queries.OWN, {"user": user_id})

    async def _few(
        self, competitors: Sequence[str], scope: Scope, params: dict[str, Any]
    ) -> list[str] | None:
        """Tell all that are wanted, unless they are many."""
        found: list[str] = []
        for some in batched(competitors, _AT_ONCE, strict=False):
            told = params | {"competitors": some, "limit": _FEW + 1 - len(found)}
            found += await self._ids(queries.few(scope), told)
            if len(found) > _FEW:
                return None
        return found

    async def _in_order(
        self, user_id: str, which: ProductFilter, scope: Scope, params: dict[str, Any]
    ) -> list[str]:
        if which.competitor_id:
            of_one = {"competitor": which.competitor_id}
            return await self._ids(queries.of_competitor(scope, which.order), params | of_one)
        theirs = {"user": user_id}
        leaving = bool((await self._session.rows(queries.LEAVING, theirs))[0][0])
        statement = queries.of_user(scope, which.order, leaving=leaving)
        return await self._ids(statement, params | theirs)

    async def _count(self, competitors: Sequence[str], scope: Scope, params: dict[str, Any]) -> int:
        total = 0
        for some in batched(competitors, _AT_ONCE, strict=False):
            told = params | {"competitors": some}
            total += (await self._session.rows(queries.count(scope), told))[0][0]
        return total

    async def _ids(self, statement: Any, params: dict[str, Any]) -> list[str]:
        return [row.id for row in await self._session.rows(statement, params)]

    async def _shown(self, ids: Sequence[str]) -> list[TrackedProduct]:
        if not ids:
            return []
        rows = {row.id: row for row in await self._session.rows(queries.ROWS, {"ids": ids})}
        points = await self._session.rows(queries.LATEST, {"ids": ids})
        history = defaultdict(list)
        for point in points:
            history[point.product_id].append(point)
        return [_tracked(rows[each], history[each]) for each in ids]


def _tracked(row: Record, history: Iterable[Record]) -> TrackedProduct:
    *told, amount, currency = row
    price = None if amount is None or currency is None else Money(amount, currency)
    points = sorted(history, key=lambda each: int(each.number))
    prices = [Price(each.at, Money(each.price_amount, each.currency)) for each in points]
    return TrackedProduct(price, prices, *told)
