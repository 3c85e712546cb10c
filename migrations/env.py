"""Runs migrations on the database the settings name, or on the one a caller hands in.

DBOS then brings its own tables up to date.
"""

from alembic import context

from app.settings import load_settings
from infrastructure.databases.environment import run_migrations
from infrastructure.databases.metadata import is_ours, metadata
from infrastructure.workflows.system import migrate_system

url = context.config.attributes.get("url") or load_settings().migrated_database
run_migrations(url, metadata, is_ours)
if not context.is_offline_mode():
    migrate_system(url)
