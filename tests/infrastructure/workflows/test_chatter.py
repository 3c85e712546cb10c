import logging

import pytest

from common.logging import log
from infrastructure.workflows.chatter import Chatter


@pytest.fixture
def heard():
    """What reaches the log."""
    lines: list[str] = []
    sink = log.add(lines.append, format="{level} {message}")
    yield lines
    log.remove(sink)


@pytest.fixture
def dbos():
    """A logger that talks as DBOS's own does."""
    logger = logging.Logger("talkative")
    logger.addHandler(Chatter())
    return logger


def test_the_first_line_is_heard(dbos, heard) -> None:
    dbos.warning("The database is away\nand it is said at length why")

    assert heard == ["WARNING DBOS: The database is away\n"]


def test_a_traceback_in_the_middle_of_it_is_not_heard(dbos, heard) -> None:
    dbos.warning("Exception polling schedules: Traceback (most recent call last):\n  File")

    assert heard == ["WARNING DBOS: Exception polling schedules\n"]


def test_the_same_thing_is_heard_once(dbos, heard) -> None:
    for _ in range(3):
        dbos.warning("The database is away\nsince just now")
        dbos.warning("Something else")

    assert len(heard) == 2


def test_what_is_said_better_elsewhere_is_not_heard(dbos, heard) -> None:
    dbos.warning("Step being automatically retried (attempt 1 of 12)")

    assert heard == []


def test_an_error_comes_with_its_exception(dbos, heard) -> None:
    try:
        raise ZeroDivisionError("of all things")
    except ZeroDivisionError:
        dbos.exception("DBOS failed to launch:")

    (line,) = heard
    assert line.startswith("ERROR DBOS: DBOS failed to launch\n")
    assert "of all things" in line
