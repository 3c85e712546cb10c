import pytest
from support.stores.reading import Naps

from common.errors import ConcurrentUpdate, DatabaseUnavailable, DomainError, Overloaded
from domain.patience import LONGEST_PAUSE, MOST_TRIES, patiently
from domain.woocommerce.errors import WooCommerceBusy


class Work:
    """Fails as often as it is told to before it succeeds."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)

    async def __call__(self) -> str:
        if self.failures:
            raise self.failures.pop(0)
        return "done"


@pytest.fixture
def naps() -> Naps:
    return Naps()


def test_what_cannot_be_taken_on_at_the_moment_is_done_after_pauses_that_double(run, naps) -> None:
    away = [DatabaseUnavailable(retry_after=1), Overloaded(retry_after=1), ConcurrentUpdate()]

    assert run(patiently(Work(*away), sleep=naps.sleep)) == "done"
    assert naps.taken == [1, 2, 4]


def test_a_pause_is_as_long_as_it_was_asked_for_at_least(run, naps) -> None:
    assert run(patiently(Work(WooCommerceBusy(retry_after=60)), sleep=naps.sleep)) == "done"
    assert naps.taken == [60]


def test_any_other_failure_is_not_waited_for(run, naps) -> None:
    class Broken(Exception):
        pass

    with pytest.raises(Broken):
        run(patiently(Work(Broken()), sleep=naps.sleep))

    assert naps.taken == []


def test_patience_ends(run, naps) -> None:
    work = Work(*(DatabaseUnavailable(retry_after=1) for _ in range(MOST_TRIES + 1)))

    with pytest.raises(DomainError):
        run(patiently(work, sleep=naps.sleep))

    assert len(naps.taken) == MOST_TRIES
    assert max(naps.taken) == LONGEST_PAUSE
    assert sum(naps.taken) > 600
