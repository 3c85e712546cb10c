import asyncio

from common.errors import BadGateway, Conflict
from infrastructure.workflows.steps import durable_step


class StoreAway(BadGateway):
    code = "store_away_in_a_test"
    message = "The store is away."


class Refused(Conflict):
    code = "refused_in_a_test"
    message = "That will never do."


class Diary:
    """Does what steps do, and writes down that it was done; some things fail for a while."""

    def __init__(self) -> None:
        self.entries: list[str] = []
        self.failures: list[Exception] = []

    async def write(self, entry: str, *about: str) -> None:
        self.entries.append(entry)

    async def fail(self, entry: str, *about: str) -> None:
        self.entries.append(entry)
        if self.failures:
            raise self.failures.pop(0)

    def workflow(self, *steps):
        """Make a workflow of one step after another."""

        async def work(*arguments: str) -> None:
            for number, step in enumerate(steps):
                await durable_step(f"step {number}", step, str(number), *arguments)

        return work


def test_a_job_runs_once_for_its_id(begin, enqueue, ended) -> None:
    diary = Diary()
    begin({"note": diary.workflow(diary.write)})

    for _ in range(3):
        enqueue("note", "note-1")
    first = ended("note-1")
    enqueue("note", "note-1")

    assert first == ended("note-1") == "succeeded"
    assert diary.entries == ["0"]


def test_what_was_enqueued_before_there_was_an_engine_runs_when_there_is_one(
    begin, enqueue, ended
) -> None:
    diary = Diary()
    enqueue("note", "early")

    begin({"note": diary.workflow(diary.write)})

    assert ended("early") == "succeeded"


def test_a_step_that_fails_is_tried_again_and_those_before_it_are_not(
    begin, enqueue, ended
) -> None:
    diary = Diary()
    diary.failures = [StoreAway()]
    begin({"sale": diary.workflow(diary.write, diary.fail, diary.write)})

    enqueue("sale", "sale-1")

    assert ended("sale-1") == "succeeded"
    assert diary.entries == ["0", "1", "1", "2"]


def test_a_step_that_fails_for_no_reason_we_know_is_tried_again(begin, enqueue, ended) -> None:
    diary = Diary()
    diary.failures = [ZeroDivisionError("of all things")]
    begin({"sale": diary.workflow(diary.fail)})

    enqueue("sale", "sale-1")

    assert ended("sale-1") == "succeeded"
    assert diary.entries == ["0", "0"]


def test_a_refusal_ends_the_workflow_and_an_administrator_can_have_it_go_on(
    begin, enqueue, ended, admin
) -> None:
    diary = Diary()
    diary.failures = [Refused()]
    begin({"sale": diary.workflow(diary.write, diary.fail, diary.write)})
    enqueue("sale", "sale-1", "an order")

    assert ended("sale-1") == "failed"
    failed = admin.get("/admin/workflows?status=failed").json["items"]
    steps = admin.get("/admin/workflows/sale-1").json["steps"]
    again = admin.post("/admin/workflows/sale-1/rerun")

    assert [(run["id"], run["arguments"], run["error"]) for run in failed] == [
        ("sale-1", ["an order"], "That will never do.")
    ]
    assert [(step["name"], step["error"]) for step in steps] == [
        ("step 0", None),
        ("step 1", "That will never do."),
    ]
    assert again.status_code == 202
    assert ended("sale-1") == "succeeded"
    assert diary.entries == ["0", "1", "1", "2"]
    assert admin.get("/admin/workflows/sale-1").json["error"] is None


def test_a_workflow_that_fails_outside_of_its_steps_is_run_from_its_beginning(
    begin, enqueue, ended, admin
) -> None:
    diary = Diary()
    diary.failures = [ZeroDivisionError("of all things")]

    async def work() -> None:
        await durable_step("first", diary.write, "first")
        await diary.fail("second")

    begin({"work": work})
    enqueue("work", "work-1")

    assert ended("work-1") == "failed"
    admin.post("/admin/workflows/work-1/rerun")

    assert ended("work-1") == "succeeded"
    assert diary.entries == ["first", "second", "first", "second"]


def test_what_is_under_way_when_we_stop_may_finish(run, begin, enqueue, until, client) -> None:
    diary, at_work = Diary(), asyncio.Event()

    async def slowly(*arguments: str) -> None:
        at_work.set()
        await asyncio.sleep(0.5)
        await diary.write("done")

    engine = begin({"work": diary.workflow(slowly)})
    enqueue("work", "work-1")
    until(at_work.is_set)

    run(engine.close())

    assert diary.entries == ["done"]
    assert run(client.shop.runs.get("work-1")).status == "succeeded"


def test_what_does_not_finish_in_time_is_taken_up_where_it_was(
    run, begin, enqueue, until, ended
) -> None:
    diary, at_work, patient = Diary(), asyncio.Event(), asyncio.Event()

    async def wait(*arguments: str) -> None:
        at_work.set()
        await patient.wait()

    table = {"work": diary.workflow(diary.write, wait)}
    engine = begin(table, patience=1)
    enqueue("work", "work-1")
    until(at_work.is_set)

    run(engine.close())
    patient.set()
    begin(table)

    assert ended("work-1") == "succeeded"
    assert diary.entries == ["0"]


def test_a_workflow_that_has_other_steps_by_now_fails_where_it_is_seen_and_can_be_run_again(
    run, begin, enqueue, until, ended, admin
) -> None:
    diary, at_work = Diary(), asyncio.Event()

    async def wait(*arguments: str) -> None:
        at_work.set()
        await asyncio.Event().wait()

    async def other_steps() -> None:
        await durable_step("something new", diary.write, "new")

    engine = begin({"work": diary.workflow(diary.write, wait)}, patience=0)
    enqueue("work", "work-1")
    until(at_work.is_set)
    run(engine.close())
    begin({"work": other_steps})

    assert ended("work-1") == "failed"
    assert "something new" in admin.get("/admin/workflows/work-1").json["error"]
    admin.post("/admin/workflows/work-1/rerun")
    assert ended("work-1") == "succeeded"
    assert diary.entries == ["0", "new"]


def test_what_is_on_a_schedule_runs_by_itself_and_is_forgotten_soon(
    run, begin, until, client, later
) -> None:
    ticks = []

    async def tick(scheduled_at: object, context: object) -> None:
        ticks.append(scheduled_at)

    begin({"sweep": tick}, {"sweep": "* * * * * *"})
    until(lambda: len(ticks) > 1)

    later(hours=2)
    forgotten = run(client.shop.runs.tidy())

    assert forgotten >= 1


def test_an_engine_whose_workflows_are_unknown_to_it_leaves_them(
    begin, enqueue, until, ended, run, client
) -> None:
    diary = Diary()
    enqueue("note", "known")
    enqueue("riddle", "unknown")

    begin({"note": diary.workflow(diary.write)})

    assert ended("known") == "succeeded"
    assert run(client.shop.runs.get("unknown")).status in ("waiting", "running")
