from collections.abc import Iterator
from typing import Any

from rapidfuzz.distance import OSA
from sqlalchemy import bindparam, delete, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from common.text import trigrams, words
from domain.catalog.models import Product
from infrastructure.databases.search import Query
from infrastructure.databases.session import SqlSession
from infrastructure.databases.tables import search_documents, search_trigrams

_FORGET = delete(search_documents).where(search_documents.c.product_id == bindparam("product"))
_PUT = insert(search_documents)
_LEARN: dict[str, Any] = {
    "sqlite": sqlite.insert(search_trigrams).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(search_trigrams).on_conflict_do_nothing(),
}
_CANDIDATES = (
    select(search_trigrams.c.term)
    .where(search_trigrams.c.trigram.in_(bindparam("trigrams", expanding=True)))
    .group_by(search_trigrams.c.term)
    .order_by(func.count().desc(), search_trigrams.c.term)
    .limit(200)
)
_ALTERNATIVES = 3


class SqlSearchIndex:
    """Keeps the words of each product, and guesses what a mistyped one was meant to be.

    Words are only ever learned: one that no product uses any more finds nothing, which is
    what it would have found anyway.
    """

    def __init__(self, session: SqlSession) -> None:
        self._session = session

    async def put(self, product: Product) -> None:
        fields = {
            name: words(getattr(product, name) or "")
            for name in ("title", "author", "series", "description")
        }
        await self._session.run(_FORGET, {"product": product.id})
        await self._session.run(
            _PUT,
            {"product_id": product.id} | {name: " ".join(found) for name, found in fields.items()},
        )
        terms = {term[:64] for found in fields.values() for term in found}
        learned = [
            {"trigram": trigram, "term": term}
            for term in sorted(terms)
            for trigram in trigrams(term)
        ]
        if learned:
            await self._session.run(_LEARN[self._session.dialect], learned)

    async def corrected(self, query: Query) -> list[list[str]]:
        """Put likely words in the place of mistyped ones; nothing if one is beyond guessing."""
        groups = [await self._alternatives(group[0]) for group in query]
        return groups if all(groups) else []

    async def _alternatives(self, word: str) -> list[str]:
        tolerance = 0 if len(word) < 3 else 1 if len(word) < 6 else 2
        if not tolerance:
            return [word]
        parts = {part for spelling in _spellings(word) for part in trigrams(spelling)}
        rows = await self._session.rows(_CANDIDATES, {"trigrams": sorted(parts)})
        near = sorted(
            (distance, term)
            for (term,) in rows
            if (distance := _distance(word, term, tolerance)) <= tolerance
        )
        if near and near[0][0] == 0:
            return [word]  # it is a word, or the beginning of some
        return [term for distance, term in near if distance == near[0][0]][:_ALTERNATIVES]


def _spellings(word: str) -> Iterator[str]:
    """Yield the word, and with each two neighbours swapped: a swap can spoil every trigram."""
    yield word
    for at in range(len(word) - 1):
        yield word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _distance(word: str, term: str, tolerance: int) -> int:
    """Count the slips of the fingers between a word, perhaps unfinished, and a known term."""
    return min(
        OSA.distance(word, start, score_cutoff=tolerance)
        for start in {term, term[: len(word)], term[: len(word) + 1]}
    )
