"""What every stored thing has in common."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, MetaData, String
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import DeclarativeBase, MappedAsDataclass
from sqlalchemy.types import TypeDecorator, TypeEngine


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC moment, on databases that keep time zones and on those that lose them.

    SQLite keeps it as sortable text, read in one step: lists are full of moments.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return (
            _SQLITE_MOMENT
            if dialect.name == "sqlite"
            else dialect.type_descriptor(self.impl_instance)
        )

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value and value.astimezone(UTC)

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        """Give the end of time its zone, which asyncpg takes for infinite and returns without."""
        if dialect.name == "sqlite":
            return super().result_processor(dialect, coltype)
        return lambda value: value and (value if value.tzinfo else value.replace(tzinfo=UTC))


class _SqliteMoment(sqlite.DATETIME):
    def bind_processor(self, dialect: Dialect) -> Any:
        return lambda value: value and value.replace(tzinfo=None).isoformat(" ", "microseconds")

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        return lambda value: value and datetime.fromisoformat(f"{value}+00:00")


_SQLITE_MOMENT: TypeEngine[Any] = _SqliteMoment()  # type: ignore[no-untyped-call]

ID = String(36)


class Entity(MappedAsDataclass, DeclarativeBase, kw_only=True, eq=False):
    """A mapped class that is complete the moment it is built, saved or not."""

    type_annotation_map = {datetime: UtcDateTime}
    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
        }
    )
