"""DBOS's own tables: in the shop's database, so that a job is enqueued with the fact it follows.

On SQLite they are in the very same file, on Postgres in the schema ``dbos``.
"""

from typing import Any

from dbos import DBOS, DBOSClient, DBOSConfig, DBOSPortableJSONSerializer
from dbos import error as dbos_errors
from sqlalchemy import URL, Engine, ExceptionContext, create_engine, event

from infrastructure.databases.sqlite import teach_milliseconds
from infrastructure.databases.urls import is_sqlite

APPLICATION = "peregrine"
VERSION = "1"
"""Never raised: DBOS leaves what one version has begun to processes of that version, and after a
release there is none. A workflow whose steps change gets another name instead, and the old one
stays until it has run dry."""
SERIALIZER = DBOSPortableJSONSerializer()

_PATIENCE = 30_000  # milliseconds that DBOS waits for SQLite's write lock
_CONNECTIONS = 10
_IN_LIBPQS_WORDS = {"host": "host", "port": "port", "ssl": "sslmode"}


def system_url(url: URL) -> str:
    """Say where DBOS's tables are, in the words of its synchronous drivers."""
    if is_sqlite(url):
        return url.set(drivername="sqlite").render_as_string(hide_password=False)
    query = {
        _IN_LIBPQS_WORDS[name]: url.query[name] for name in _IN_LIBPQS_WORDS & url.query.keys()
    }
    plain = url.set(drivername="postgresql", query=query | {"connect_timeout": "5"})
    return plain.render_as_string(hide_password=False)


def system_engine(url: URL) -> Engine | None:
    """Make the engine that DBOS is to use; nothing, where its own will do."""
    if not is_sqlite(url):
        return None
    engine = create_engine(system_url(url))

    @event.listens_for(engine, "connect")
    def connected(connection: Any, _: object) -> None:
        connection.isolation_level = "IMMEDIATE"  # as DBOS has it: reads take no lock
        connection.execute(f"PRAGMA busy_timeout = {_PATIENCE}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
        teach_milliseconds(connection)

    return engine


def executor_config(url: URL, name: str) -> DBOSConfig:
    """Say how an executor is to be set up."""
    config: DBOSConfig = {
        "name": APPLICATION,
        "system_database_url": system_url(url),
        "sys_db_pool_size": _CONNECTIONS,
        "application_version": VERSION,
        "executor_id": name,
        "serializer": SERIALIZER,
        "enable_otlp": False,
        "log_level": "WARNING",
        "run_migrations": False,  # that was done, or refused, when the database was opened
    }
    if engine := system_engine(url):
        config["system_database_engine"] = engine
    return config


def wait_out_outages(engine: Engine) -> None:
    """Have DBOS wait for a database that it cannot connect to, whatever the reason.

    It tells by their words which failures pass, and does not know all: a name that is not resolved
    or a socket that is gone for a moment would be the end of the workflow that ran into it.
    """

    @event.listens_for(engine, "handle_error")
    def failed(context: ExceptionContext) -> None:
        if context.connection is None and not context.is_pre_ping:
            context.is_disconnect = True


class _Client(DBOSClient):
    def destroy(self) -> None:
        super().destroy()
        self._sys_db.engine.dispose()  # DBOS leaves an engine alone that it has not made


def system_client(url: URL) -> DBOSClient:
    """Make a client, which does not connect before it has to, and waits for no lost database."""
    return _Client(
        system_database_url=system_url(url),
        system_database_engine=system_engine(url),
        serializer=SERIALIZER,
        application_name=APPLICATION,
        lazy=True,
        retry_connection_errors=False,
    )


def system_is_current(url: URL) -> bool:
    """Tell whether DBOS's tables are as this release needs them."""
    client = system_client(url)
    try:
        client._sys_db.verify_migrations()
    except dbos_errors.DBOSInitializationError:
        return False
    finally:
        client.destroy()
    return True


def migrate_system(url: URL) -> None:
    """Bring DBOS's tables up to date. Two processes may do so at once."""
    DBOS.migrate(system_url(url))
