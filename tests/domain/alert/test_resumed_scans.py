"""Scans that crash, are resumed, or are carried out twice at once: alerts are set off once."""

import asyncio

import pytest
from support.letters import body_of
from support.plans import subscribed
from support.post_office import post_office
from support.receiver import allowing, listen
from support.scripted_store import Crash, Watch, unreadable
from support.sightings import dollars
from support.watching import alert_on, history

from domain.alert.evaluation import AlertEvaluation

THINGS = [f"thing-{number}" for number in range(12)]


@pytest.fixture
def office():
    with post_office() as office:
        yield office


@pytest.fixture
def settings(settings, office):
    return allowing(settings, "127.0.0.1").model_copy(update={"smtp_url": office.url()})


@pytest.fixture
def owner(client):
    return subscribed(client.as_shopper())


@pytest.fixture
def watch(owner, clock, admin, receiver, carried_out):
    """A store that has been scanned once, and sells everything for less ever since."""
    watch = Watch(owner, clock, ear=AlertEvaluation(clock))
    watch.store.sells(*THINGS)
    watch.scan()
    carried_out()
    watch.store.sells(*THINGS[:-1], "novelty", price=dollars(8))
    listen(admin, receiver.url, "alert.*")
    return watch


@pytest.fixture
def alerts(owner):
    return [alert_on(owner, each) for each in ("price_drop", "new_product", "out_of_stock")]


@pytest.fixture
def told(owner, alerts, office, receiver, carried_out):
    """Tell how many of each type the histories, the mails and the other system have."""

    def told() -> tuple[list[int], list[str], list[int]]:
        carried_out()
        by_type = dict.fromkeys(("price_drop", "new_product", "out_of_stock"), 0)
        for each in receiver.told:
            by_type[each["data"]["alert_type"]] += len(each["data"]["alerts"])
        subjects = [mail["Subject"].removeprefix("Rival: ") for mail in office.mails]
        return [len(history(owner, each)) for each in alerts], subjects, [*by_type.values()]

    return told


ALL = "11 price drops, 1 new product, 1 product gone or out of stock"


def test_a_scan_that_crashes_on_every_page_tells_each_change_once(watch, told) -> None:
    watch.store.breaks_at = {page: Crash() for page in range(6)}
    scan_id = watch.enqueue()
    for _ in range(6):
        with pytest.raises(Crash):
            watch.carry_out(scan_id)

    watch.carry_out(scan_id)

    assert told() == ([11, 1, 1], [ALL], [11, 1, 1])


def test_a_scan_that_two_carry_out_at_once_tells_each_change_once(watch, told) -> None:
    scan_id = watch.enqueue()

    async def both() -> None:
        await asyncio.gather(watch.service.run(scan_id), watch.service.run(scan_id))

    watch.run(both())

    assert told() == ([11, 1, 1], [ALL], [11, 1, 1])


def test_a_scan_that_fails_tells_what_it_had_found_and_the_next_the_rest(
    watch, told, office
) -> None:
    watch.store.breaks_at = {3: unreadable()}
    assert watch.scan().status == "failed"
    before = told()

    watch.scan()

    assert before == ([6, 0, 0], ["6 price drops"], [6, 0, 0])
    rest = "5 price drops, 1 new product, 1 product gone or out of stock"
    assert told() == ([11, 1, 1], ["6 price drops", rest], [11, 1, 1])
    assert "Novelty" in body_of(office.mails[1], "plain")


def test_a_scan_that_ends_as_its_competitor_moves_tells_what_it_had_found(watch, told) -> None:
    watch.store.breaks_at = {3: Crash()}
    scan_id = watch.enqueue()
    with pytest.raises(Crash):
        watch.carry_out(scan_id)

    moved = watch.owner.patch(
        f"/api/v1/competitors/{watch.competitor_id}", {"url": "https://moved.example"}
    )

    assert moved.status_code == 200
    assert watch.carry_out(scan_id).status == "failed"
    assert told() == ([6, 0, 0], ["6 price drops"], [6, 0, 0])


def test_a_competitor_that_was_deleted_before_the_mail_is_told_of_to_nobody(watch, told) -> None:
    scan = watch.scan()
    watch.write(lambda tx: disowned(tx, watch.competitor_id))

    assert watch.run(watch.owner.shop.notices.alert_digest(scan.id)) == "not_due"
    assert told()[1] == []


def test_a_scan_that_finds_nothing_different_mails_nobody(watch, told) -> None:
    watch.scan()
    before = told()

    watch.scan()

    assert told() == before


async def disowned(tx, competitor_id):
    """Delete a competitor that has so much that it is erased only later."""
    await tx.competitors.disown(await tx.competitors.get(competitor_id, lock=True))
