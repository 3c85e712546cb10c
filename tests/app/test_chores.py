import pytest
from loguru import logger

from app.chores import SWEEP, TIDY, do_chores
from app.workflows import workflows
from common.errors import ConcurrentUpdate, DatabaseUnavailable, Overloaded


@pytest.fixture
def said():
    """What the log says, a line each."""
    lines = []
    sink = logger.add(lambda message: lines.append(message.record["message"]), level="INFO")
    yield lines
    logger.remove(sink)


def raising(error):
    async def chore() -> int:
        raise error

    return chore


def counting(rounds):
    async def chore() -> int:
        rounds.append("done")
        return 1

    return chore


@pytest.mark.parametrize(
    "moment",
    [Overloaded(retry_after=1), DatabaseUnavailable(retry_after=1), ConcurrentUpdate()],
    ids=lambda error: error.code,
)
def test_what_comes_at_a_bad_moment_is_left_to_the_next_round(run, moment, said) -> None:
    done = []

    run(do_chores({"orders settled": raising(moment), "scans given up": counting(done)}))

    assert done == ["done"]
    assert any("orders settled: left to the next round" in line for line in said)


def test_a_failure_is_known_once_the_round_is_over(run) -> None:
    done = []

    with pytest.raises(ZeroDivisionError):
        run(do_chores({"broken": raising(ZeroDivisionError()), "whole": counting(done)}))

    assert done == ["done"]


@pytest.mark.parametrize("name", [SWEEP, TIDY])
def test_a_shop_with_nothing_to_do_has_nothing_to_say(run, client, clock, name, said) -> None:
    run(workflows(client.shop, None)[name](clock(), None))

    assert said == []
