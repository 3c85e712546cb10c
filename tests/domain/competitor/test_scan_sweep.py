"""A scan whose job is gone must not keep the next one waiting forever."""

import pytest
from support.scripted_store import Crash, counts

from domain.competitor.scanning import INTERRUPTED


def test_a_scan_that_waits_or_runs_is_let_be(watch, later) -> None:
    scan_id = watch.enqueue()
    later(hours=20)

    assert watch.run(watch.service.sweep()) == 0
    assert watch.look(scan_id).status == "queued"


@pytest.mark.parametrize("begun", [False, True], ids=["queued", "running"])
def test_a_scan_whose_job_is_gone_fails(watch, later, begun) -> None:
    watch.store.sells("mug", "cup", "pot")
    scan_id = watch.enqueue()
    if begun:
        watch.store.breaks_at = {1: Crash()}
        with pytest.raises(Crash):
            watch.carry_out(scan_id)
    forget_jobs(watch)
    later(minutes=2)

    assert watch.run(watch.service.sweep()) == 1
    scan = watch.look(scan_id)
    assert (scan.status, scan.error) == ("failed", INTERRUPTED)
    assert watch.competitor.status == "error"
    assert counts(watch.scan())["seen"] == 3


def test_a_scan_that_has_just_been_asked_for_is_let_be(watch) -> None:
    scan_id = watch.enqueue()
    forget_jobs(watch)

    assert watch.run(watch.service.sweep()) == 0
    assert watch.look(scan_id).status == "queued"


def test_a_scan_that_breaks_down_for_a_reason_of_ours_fails(watch) -> None:
    scan_id = watch.enqueue()

    assert watch.run(watch.service.give_up(scan_id))
    assert watch.look(scan_id).error == INTERRUPTED
    assert not watch.run(watch.service.give_up(scan_id))


def test_scans_wait_in_a_queue_of_their_own(watch) -> None:
    watch.enqueue()

    jobs = watch.owner.shop.database.workflows.list_workflows(name="scan")
    assert [job.queue_name for job in jobs] == ["scans"]


def forget_jobs(watch) -> None:
    """Lose every job, as somebody does who restores half a backup."""
    jobs = watch.owner.shop.database.workflows
    for job in jobs.list_workflows():
        jobs.cancel_workflow(job.workflow_id)
