"""A store that takes long to read does not keep the others waiting until it is read."""

import pytest
from support.scripted_store import counts

from domain.competitor.scanning import INTERRUPTED


@pytest.fixture
def interrupted(watch, later):
    """A scan whose first turn was over after one page of three; the name of it."""

    async def takes_long() -> None:
        later(minutes=10)

    watch.store.sells("mug", "cup", "pot", page_size=1)
    watch.store.meanwhile = takes_long
    scan_id = watch.enqueue()
    watch.carry_out(scan_id)
    return scan_id


def jobs(watch) -> list[str]:
    """Name the jobs of scans, the first begun first."""
    found = watch.owner.shop.database.workflows.list_workflows(name="scan")
    return [each.workflow_id for each in found]


def test_after_its_turn_a_scan_stands_in_line_again(watch, interrupted) -> None:
    scan = watch.look(interrupted)

    assert (scan.status, scan.pages_read, scan.turn) == ("running", 1, 1)
    assert jobs(watch) == [f"scan:{interrupted}", f"scan:{interrupted}:1"]
    assert watch.on_sale() == ["Mug"]


def test_in_its_next_turn_it_goes_on_where_it_was(watch, interrupted) -> None:
    watch.run(watch.service.run(interrupted, 1))

    scan = watch.look(interrupted)
    assert (scan.status, counts(scan)["new"], counts(scan)["seen"]) == ("completed", 3, 3)
    assert len(watch.store.remembered) == 3
    assert watch.on_sale() == ["Cup", "Mug", "Pot"]


def test_who_is_late_for_a_turn_does_nothing(watch, interrupted) -> None:
    watch.carry_out(interrupted)

    assert watch.look(interrupted).pages_read == 1
    assert not watch.run(watch.service.give_up(interrupted))
    assert len(jobs(watch)) == 2


def test_a_scan_whose_next_turn_waits_is_let_be(watch, interrupted, later) -> None:
    later(hours=1)

    assert watch.run(watch.service.sweep()) == 0
    assert watch.look(interrupted).status == "running"


def test_a_scan_whose_next_turn_is_gone_fails(watch, interrupted, later) -> None:
    watch.owner.shop.database.workflows.cancel_workflow(f"scan:{interrupted}:1")
    later(hours=1)

    assert watch.run(watch.service.sweep()) == 1
    assert watch.look(interrupted).error == INTERRUPTED
