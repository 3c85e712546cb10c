"""Tables that hold no entities: search indexes, and what the stand-in gateway remembers."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
)

from domain.entity import ID, Entity

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

stand_in_charges = Table(
    "stand_in_charges",
    Entity.metadata,
    Column("key", String, primary_key=True),
    Column("reference", String, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("currency", String, nullable=False),
    Column("paid", Boolean, nullable=False),
    Column("decline_code", String),
)
