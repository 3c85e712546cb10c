"""The database is nowhere to be found for a moment: its name, or its socket, is gone."""

import pytest

from common.logging import log
from infrastructure.workflows.steps import durable_step


@pytest.fixture
def said():
    """What reaches the log."""
    lines: list[str] = []
    sink = log.add(lines.append, format="{message}")
    yield lines
    log.remove(sink)


@pytest.mark.parametrize("database_uri", ["postgres"], indirect=True)
def test_what_was_under_way_goes_on_when_the_database_is_found_again(
    postgres, begin, enqueue, ended, until, said
) -> None:
    done: list[str] = []

    async def lose_the_database() -> None:
        done.append("once")
        await postgres.hide()

    async def work() -> None:
        await durable_step("lose the database", lose_the_database)

    begin({"loss": work})
    enqueue("loss", "loss-1")
    try:
        until(lambda: any("Database connection failed" in line for line in said))
    finally:
        postgres.show()

    assert ended("loss-1") == "succeeded"
    assert done == ["once"]
