"""A job and the fact it follows are kept together, or neither is."""

import asyncio

import pytest
from support.worker import waiting

from common.errors import ConcurrentUpdate
from common.pagination import PageRequest
from domain.identity.models import User
from domain.workflow import Job


def opening(name: str, *, then_fail: bool = False):
    """Open an account and enqueue a job for it, in one unit of work."""

    async def unit(tx) -> None:
        tx.users.add(User(email=f"{name}@queue.example", password_hash="-"))
        await tx.workflows.enqueue(Job("greet", f"greet:{name}", (name,)))
        if then_fail:
            raise ConcurrentUpdate

    return unit


@pytest.fixture
def emails(run, client):
    def emails() -> set[str]:
        page = run(client.shop.users.page(PageRequest()))
        return {user.email.partition("@")[0] for user in page.items}

    return emails


def test_a_job_is_kept_with_its_fact(run, client, emails) -> None:
    run(client.shop.database.write(opening("ada")))

    assert emails() == {"ada"}
    assert waiting(client.shop) == ["greet:ada"]


def test_a_job_is_forgotten_with_its_fact(run, client, emails) -> None:
    with pytest.raises(ConcurrentUpdate):
        run(client.shop.database.write(opening("ada", then_fail=True)))

    assert emails() == set()
    assert waiting(client.shop) == []


def test_a_unit_that_fails_beside_others_takes_only_its_own_job_back(run, client, emails) -> None:
    async def both() -> list[object]:
        database = client.shop.database
        units = (opening("ada"), opening("eve", then_fail=True))
        return await asyncio.gather(*map(database.write, units), return_exceptions=True)

    _, refused = run(both())

    assert isinstance(refused, ConcurrentUpdate)
    assert emails() == {"ada"}
    assert waiting(client.shop) == ["greet:ada"]


def test_a_job_that_is_known_stays_as_it_was(run, client) -> None:
    async def unit(tx, argument: str) -> None:
        await tx.workflows.enqueue(Job("greet", "greet:ada", (argument,)))

    for argument in ("first", "second"):
        run(client.shop.database.write(lambda tx, argument=argument: unit(tx, argument)))

    assert run(client.shop.runs.get("greet:ada")).arguments == ["first"]


def test_many_jobs_are_enqueued_at_once(run, client) -> None:
    async def crowd() -> None:
        jobs = [Job("greet", f"greet:{number}") for number in range(50)]
        await asyncio.gather(
            *(
                client.shop.database.write(lambda tx, job=job: tx.workflows.enqueue(job))
                for job in jobs
            )
        )

    run(crowd())

    assert len(waiting(client.shop)) == 50
