"""Everything that is mapped, in one place, for migrations to compare with what is there."""

from typing import Any

from dbos._schemas.system_database import SystemSchema

from domain.alert import models as alert
from domain.assistant import models as assistant
from domain.billing import models as billing
from domain.cart import models as cart
from domain.catalog import models as catalog
from domain.competitor import models as competitor
from domain.entity import Entity
from domain.idempotency import models as idempotency
from domain.identity import models as identity
from domain.notice import models as notice
from domain.order import models as order
from domain.payment import models as payment
from domain.source import models as source
from domain.webhook import models as webhook
from domain.webhook_endpoint import models as webhook_endpoint
from domain.woocommerce import models as woocommerce
from infrastructure.databases import tables

__all__ = ["alert", "assistant", "billing", "competitor", "source", "webhook_endpoint"]
__all__ += ["cart", "catalog", "idempotency", "identity", "is_ours", "metadata", "notice"]
__all__ += ["order", "payment", "tables", "webhook", "woocommerce"]

metadata = Entity.metadata

_OF_DBOS = {table.name for table in SystemSchema.metadata_obj.tables.values()}
_OF_DBOS.add("dbos_migrations")
_SEARCH_INDEXES = ("search_index", "ix_search_documents_words")


def is_ours(thing: object, name: str | None, kind: str, reflected: bool, compared: Any) -> bool:
    """Leave out full-text indexes, of which each database has its own kind, and DBOS's tables."""
    return name not in _OF_DBOS and not (name or "").startswith(_SEARCH_INDEXES)
