from pathlib import Path

import pytest

from infrastructure.databases.urls import database_url, is_sqlite
from infrastructure.workflows.slots import Slots, slots_for


@pytest.fixture
def slots(settings, tmp_path):
    """Make the slots of one process more."""
    made: list[Slots] = []

    def one_more() -> Slots:
        made.append(slots_for(settings.database, tmp_path / "var"))
        return made[-1]

    yield one_more
    for each in made:
        each.release()


def test_each_process_has_a_name_of_its_own(slots, settings) -> None:
    names = [slots().claim(), slots().claim()]

    assert names == (["shop", None] if is_sqlite(settings.database) else ["worker-0", "worker-1"])


def test_a_name_is_free_again_once_it_is_released(slots) -> None:
    first, second = slots(), slots()
    name = first.claim()

    first.release()

    assert second.claim() == name
    assert second.still_held()
    assert not first.still_held()


def test_a_name_is_claimed_again_after_it_was_released(slots) -> None:
    one = slots()
    name = one.claim()

    one.release()

    assert one.claim() == name


@pytest.mark.parametrize("name", ["local", "worker-x", "worker--1", ""])
def test_a_name_that_no_process_can_hold_is_dead(slots, name) -> None:
    one = slots()
    one.claim()

    assert one.seize(name)
    one.let_go(name)


def test_our_own_name_is_not_for_us_to_inherit(slots) -> None:
    one = slots()
    name = one.claim()

    assert not one.seize(name)


def test_shops_in_one_folder_do_not_stand_in_each_others_way(tmp_path: Path) -> None:
    mine, yours = (
        slots_for(database_url(f"sqlite:///{tmp_path / name}"), tmp_path)
        for name in ("mine.db", "yours.db")
    )

    names = [mine.claim(), yours.claim()]
    mine.release()
    yours.release()

    assert names == ["shop", "shop"]


@pytest.mark.parametrize("database_uri", ["postgres"], indirect=True)
def test_the_dead_are_known_from_the_living(slots) -> None:
    living, dying, watching = slots(), slots(), slots()
    names = [each.claim() for each in (living, dying, watching)]

    dying.release()

    assert [watching.seize(name) for name in names] == [False, True, False]


@pytest.mark.parametrize("database_uri", ["postgres"], indirect=True)
def test_nobody_takes_a_name_while_its_work_is_being_given_away(slots) -> None:
    dying, watching, successor = slots(), slots(), slots()
    name = dying.claim()
    watching.claim()
    dying.release()

    watching.seize(name)
    meanwhile = successor.claim()
    watching.let_go(name)
    successor.release()

    assert meanwhile == "worker-2"
    assert successor.claim() == name


@pytest.mark.parametrize("database_uri", ["postgres"], indirect=True)
def test_after_a_break_a_name_is_ours_unless_somebody_was_faster(slots, run, postgres) -> None:
    slow, fast = slots(), slots()
    name = slow.claim()

    run(postgres.drop_connections())
    kept = slow.still_held()
    run(postgres.drop_connections())
    taken = fast.claim()

    assert kept
    assert taken == name
    assert not slow.still_held()
