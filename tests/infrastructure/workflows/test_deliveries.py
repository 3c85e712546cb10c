"""Outgoing webhooks on DBOS itself, which dies at any moment and is taken up again."""

import asyncio
from datetime import timedelta

import pytest
from support.loopback import Answer
from support.receiver import ENDPOINTS, Receiver, allowing, deliveries

from app.settings import Settings
from app.workflows import workflows
from domain.workflow import Job, Queue
from infrastructure.workflows.steps import durable_step


class Hesitant(Receiver):
    """Takes an event in, and does not say so until it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.may_answer = asyncio.Event()

    async def _answer(self, asked) -> Answer:
        answer = await super()._answer(asked)
        await self.may_answer.wait()
        return answer


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return allowing(settings, "127.0.0.1")


@pytest.fixture
def receiver(run):
    with Hesitant().opened(run) as receiver:
        yield receiver


@pytest.fixture
def job_id(admin, endpoint) -> str:
    """A delivery on its way."""
    asked = admin.post(f"{ENDPOINTS}/{endpoint['id']}/test")
    return f"delivery:{asked.json['id']}"


def ids(receiver: Receiver) -> list[str]:
    return [asked.headers["webhook-id"] for asked in receiver.got]


def test_an_attempt_that_a_crash_cuts_off_is_made_again_under_the_same_id(
    run, shop, begin, until, ended, admin, receiver, endpoint, job_id
) -> None:
    engine = begin(workflows(shop, durable_step), patience=0)
    until(lambda: receiver.got)

    run(engine.close())
    receiver.may_answer.set()
    begin(workflows(shop, durable_step))

    assert ended(job_id) == "succeeded"
    (delivery,) = deliveries(admin, endpoint)
    assert (delivery["status"], delivery["attempts"]) == ("DELIVERED", 1)
    assert ids(receiver) == [delivery["event_id"]] * 2


@pytest.mark.parametrize("status", [204, 500])
def test_an_attempt_that_was_written_down_before_the_crash_is_not_made_again(
    run, shop, begin, ended, admin, receiver, endpoint, job_id, status
) -> None:
    receiver.may_answer.set()
    receiver.answers = [Answer(status)]
    run(shop.webhook_endpoints.deliveries.attempt(job_id.partition(":")[2], "0", "0"))

    begin(workflows(shop, durable_step))

    assert ended(job_id) == "succeeded"
    assert len(receiver.got) == 1
    assert deliveries(admin, endpoint)[0]["attempts"] == 1


def test_a_failed_attempt_is_followed_by_another_after_its_pause(
    begin, shop, ended, until, admin, receiver, endpoint, job_id
) -> None:
    receiver.may_answer.set()
    receiver.fails(500)

    begin(workflows(shop, durable_step))

    assert ended(job_id) == "succeeded"
    assert admin.get(f"/admin/workflows/{job_id}.1").json["status"] == "waiting"
    until(lambda: len(receiver.got) > 1)
    assert ended(f"{job_id}.1") == "succeeded"
    assert deliveries(admin, endpoint)[0]["status"] == "DELIVERED"


def test_receivers_that_never_answer_keep_nobody_else_waiting(
    run, client, clock, begin, until, ended
) -> None:
    waiting: list[str] = []

    async def hang(name: str) -> None:
        waiting.append(name)
        await asyncio.Event().wait()

    async def note() -> None:
        """Nothing else."""

    async def enqueue(tx) -> None:
        for number in range(120):
            await tx.workflows.enqueue(Job("hang", f"h{number}", ("x",), queue=Queue.DELIVERIES))

    begin({"hang": hang, "note": note}, patience=0)
    run(client.shop.database.write(enqueue))
    until(lambda: len(waiting) >= 100)

    soon = clock() + timedelta(seconds=0.5)
    run(client.shop.database.write(lambda tx: tx.workflows.enqueue(Job("note", "n", (), soon))))

    assert ended("n") == "succeeded"
    assert len(waiting) == 100
