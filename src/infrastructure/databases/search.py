"""Full-text search behind one face: FTS5 on SQLite, tsvector on Postgres.

Both index the same words, already stripped of case and accents, so that both find the same.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Float,
    FromClause,
    Text,
    bindparam,
    column,
    func,
    literal_column,
    table,
)

from common.text import words
from infrastructure.databases.tables import search_documents

type Query = Sequence[Sequence[str]]
"""Every group must be met, by any of the prefixes in it."""

# Must be the very expression of the index ``ix_search_documents_words``.
VECTOR = (
    "(setweight(to_tsvector('simple', search_documents.title), 'A') || "
    "setweight(to_tsvector('simple', search_documents.author), 'B') || "
    "setweight(to_tsvector('simple', search_documents.series), 'B') || "
    "setweight(to_tsvector('simple', search_documents.description), 'D'))"
)

# A title weighs more than any number of mentions in a description. Postgres wants D, C, B, A.
_WEIGHTS: ColumnElement[Any] = literal_column("CAST('{0.001, 0.01, 0.1, 1}' AS float4[])")

_MOST_WORDS = 16
_index = table("search_index", column("rowid"))


def parsed(typed: str) -> Query:
    """Read what somebody typed: all the words, each perhaps unfinished."""
    return [[word[:64]] for word in words(typed)[:_MOST_WORDS]]


def joined(dialect: str, products: FromClause, product_id: ColumnElement[str]) -> FromClause:
    """Join products with their documents, in whatever form the dialect searches them."""
    documents = products.join(search_documents, search_documents.c.product_id == product_id)
    if dialect == "sqlite":
        return documents.join(_index, _index.c.rowid == search_documents.c.number)
    return documents


def matches(dialect: str) -> ColumnElement[Any]:
    """Whether a document meets the parameter ``words``."""
    if dialect == "sqlite":
        return column("search_index").op("MATCH", is_comparison=True)(bindparam("words"))
    return literal_column(VECTOR).op("@@", is_comparison=True)(_ts_query())


def rank(dialect: str) -> ColumnElement[Any]:
    """How well a document meets ``words``; the smaller the better."""
    if dialect == "sqlite":
        return literal_column("bm25(search_index, 1000.0, 100.0, 100.0, 1.0)")
    return -func.ts_rank_cd(_WEIGHTS, literal_column(VECTOR), _ts_query(), type_=Float)


def _ts_query() -> ColumnElement[Any]:
    return func.to_tsquery(literal_column("'simple'"), bindparam("words", type_=Text))


def written(dialect: str, query: Query) -> str:
    """Write a query in the dialect's own language. Words hold letters and digits only."""
    if dialect == "sqlite":
        return " AND ".join(
            f"({' OR '.join(f'"{prefix}"*' for prefix in group)})" for group in query
        )
    return " & ".join(f"({' | '.join(f'{prefix}:*' for prefix in group)})" for group in query)
