import pytest
from sqlalchemy import text


@pytest.fixture
def without_a_queue(shop):
    """Take away the table that jobs are enqueued in, and put it back."""
    engine = shop.database.workflows._sys_db.engine
    schema = "" if engine.dialect.name == "sqlite" else "dbos."

    def rename(old: str, new: str) -> None:
        with engine.begin() as connection:
            connection.execute(text(f"ALTER TABLE {schema}{old} RENAME TO {new}"))

    rename("workflow_status", "mislaid")
    yield
    rename("mislaid", "workflow_status")


def test_a_shop_is_alive_and_ready(client) -> None:
    assert client.get("/healthz").json == {"status": "ok"}
    assert client.get("/readyz").json == {"status": "ok"}


def test_a_shop_that_cannot_enqueue_what_follows_is_alive_and_not_ready(
    client, without_a_queue
) -> None:
    alive, ready = client.get("/healthz"), client.get("/readyz")

    assert alive.status_code == 200
    assert ready.status_code == 503
    assert ready.json["error"] == "not_ready"
    assert ready.json["message"] == "What follows after an answer cannot be enqueued."
