import pytest
from sqlalchemy import text


@pytest.fixture
def without_a_queue(client):
    """Take away the table that jobs are enqueued in, and put it back."""
    engine = client.shop.database.workflows._sys_db.engine
    schema = "" if engine.dialect.name == "sqlite" else "dbos."

    def rename(old: str, new: str) -> None:
        with engine.begin() as connection:
            connection.execute(text(f"ALTER TABLE {schema}{old} RENAME TO {new}"))

    rename("workflow_status", "mislaid")
    yield
    rename("mislaid", "workflow_status")
