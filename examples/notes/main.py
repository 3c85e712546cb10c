from pathlib import Path

from app.container import Container
from app.factory import create_app
from app.http import App
from app.operation import Route
from domain.billing.usage import UsageMetric
from infrastructure.databases.db import SqlDatabase
from infrastructure.databases.extended import ExtendedDatabase
from infrastructure.databases.migrations import History
from notes.repository import SqlNotesTransaction
from notes.resource import Notes
from notes.service import LIMITS, NoteService

HISTORY = History(Path(__file__).parent / "alembic.ini", head="0001", table="notes_version")


def service(database: SqlDatabase) -> NoteService:
    return NoteService(ExtendedDatabase(database, SqlNotesTransaction))


def kept(database: SqlDatabase) -> UsageMetric:
    return UsageMetric("notes", service(database).count, LIMITS)


def create(shop: Container) -> App:
    """Build the shop's HTTP face with ours in it."""
    return create_app(
        shop,
        extra_routes=[Route("/api/v1/notes", Notes(service(shop.database)))],
        extra_connections=[shop.migrations.beside(HISTORY)],
    )
