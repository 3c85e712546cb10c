from alembic import context

from app.settings import load_settings
from infrastructure.databases.environment import run_migrations
from notes.main import HISTORY
from notes.models import NotesEntity

metadata = NotesEntity.metadata


def is_ours(thing: object, name: str | None, kind: str, reflected: bool, compared: object) -> bool:
    return kind != "table" or name in metadata.tables


url = context.config.attributes.get("url") or load_settings().migrated_database
run_migrations(url, metadata, is_ours, table=HISTORY.table)
