"""Tables that hold no entities: search indexes, and the books of the stand-in payment provider."""

from sqlalchemy import (
    JSON,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
)

from domain.entity import ID, Entity, UtcDateTime

search_documents = Table(
    "search_documents",
    Entity.metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column(
        "product_id",
        ID,
        ForeignKey("products.id", ondelete="CASCADE"),
        nullable=False,
        unique=True,
    ),
    Column("title", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("series", Text, nullable=False),
    Column("description", Text, nullable=False),
)

search_trigrams = Table(
    "search_trigrams",
    Entity.metadata,
    Column("trigram", String(3), primary_key=True),
    Column("term", String, primary_key=True),
    Index(None, "term"),
)

stand_in_objects = Table(
    "stand_in_objects",
    Entity.metadata,
    Column("id", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("key", String, unique=True),
    Column("asked", String),
    Column("body", JSON, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime),
    Index(None, "due_at"),
)
