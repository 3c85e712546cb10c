"""Everything that is mapped, in one place, for migrations to compare with what is there."""

from typing import Any

from domain.cart import models as cart
from domain.catalog import models as catalog
from domain.entity import Entity
from domain.idempotency import models as idempotency
from domain.identity import models as identity
from domain.order import models as order
from domain.payment import models as payment
from infrastructure.databases import tables

__all__ = ["cart", "catalog", "idempotency", "identity", "is_ours", "metadata", "order"]
__all__ += ["payment", "tables"]

metadata = Entity.metadata

_SEARCH_INDEXES = ("search_index", "ix_search_documents_words")


def is_ours(thing: object, name: str | None, kind: str, reflected: bool, compared: Any) -> bool:
    """Leave out full-text indexes: each database has its own kind, made by hand."""
    return not (name or "").startswith(_SEARCH_INDEXES)
