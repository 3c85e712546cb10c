from datetime import datetime, timedelta

import pytest
from support.client import PASSWORD
from support.competing import at, watched
from support.plans import subscribed
from support.worker import waiting

from app.chores import SCAN_DUE, SCHEDULES
from app.workflows import workflows
from domain.identity.plan import PlanTier


@pytest.fixture
def minute_passes(run, shop, clock):
    """Do what is done every minute; tell how many scans wait then."""

    async def step(name, work, *arguments) -> None:
        await work(*arguments)

    def passes() -> int:
        run(workflows(shop, step)[SCAN_DUE](clock(), None))
        return len(waiting(shop))

    return passes


def again(owner):
    """Log in again: sessions do not last as long as the time between scans."""
    login = owner.post("/login", {"username": owner.email, "password": PASSWORD})
    return owner.bearing(login.json["access_token"], owner.user_id, owner.email)


def next_scan(owner, competitor) -> datetime | None:
    shown = again(owner).get(at(competitor)).json["next_scan_at"]
    return shown and datetime.fromisoformat(shown)


def wait_for_next(owner, competitor, clock) -> timedelta:
    """Tell how long it is until the next scan, to the minute."""
    due = next_scan(owner, competitor)
    assert due
    return timedelta(minutes=round((due - clock()).total_seconds() / 60))


def ended(owner, competitor, clock) -> None:
    """End the scan under way as the scanner would."""

    async def unit(tx) -> None:
        scan = await tx.scans.under_way(competitor["id"])
        scan.end(clock())

    owner._run(owner.shop.database.write(unit))


def on_plan(shopper, admin, plan):
    return admin if plan == "administrator" else subscribed(shopper, plan)


def test_the_schedule_looks_every_minute() -> None:
    assert SCHEDULES[SCAN_DUE] == "0 * * * * *"


@pytest.mark.parametrize(
    ("plan", "pause"),
    [
        (PlanTier.FREE, timedelta(weeks=1)),
        (PlanTier.PRO, timedelta(days=1)),
        (PlanTier.ENTERPRISE, timedelta(hours=1)),
        ("administrator", timedelta(hours=1)),
    ],
)
def test_competitors_are_scanned_as_often_as_the_plan_says(
    shopper, admin, minute_passes, later, clock, plan, pause
) -> None:
    owner = on_plan(shopper, admin, plan)
    competitor = watched(owner)

    at_first = minute_passes()
    later(minutes=1)
    soon, again_at_once = minute_passes(), minute_passes()
    wait = wait_for_next(owner, competitor, clock)
    ended(owner, competitor, clock)
    later(seconds=pause.total_seconds() - 60)
    too_early = minute_passes()
    later(minutes=2)

    assert (at_first, soon, again_at_once, too_early, minute_passes()) == (0, 1, 1, 1, 2)
    assert wait == pause


def test_a_scan_by_itself_is_as_any_other(shopper, minute_passes, later) -> None:
    competitor = watched(shopper)
    later(minutes=1)

    minute_passes()

    (scan,) = shopper.get(f"{at(competitor)}/scans").json["items"]
    assert scan["status"] == "queued"
    assert waiting(shopper.shop) == [f"scan:{scan['id']}"]
    assert shopper.post(f"{at(competitor)}/scans").status_code == 409


def test_one_that_is_being_scanned_waits_for_its_next_turn(
    shopper, minute_passes, later, clock
) -> None:
    competitor = watched(shopper)
    shopper.post(f"{at(competitor)}/scans")
    later(weeks=1)

    assert minute_passes() == 1
    assert wait_for_next(shopper, competitor, clock) == timedelta(weeks=1)


def test_a_paused_one_is_left_alone(shopper, minute_passes, later) -> None:
    shopper.patch(at(watched(shopper)), {"status": "paused"})
    later(weeks=2)

    assert minute_passes() == 0


def test_one_whose_latest_scan_failed_is_tried_again(client, shopper, minute_passes, later) -> None:
    competitor = watched(shopper)

    async def fail(tx) -> None:
        (await tx.competitors.get(competitor["id"], lock=True)).status = "error"

    client._run(client.shop.database.write(fail))
    later(minutes=1)

    assert minute_passes() == 1


def test_those_of_a_closed_account_are_not_scanned(admin, shopper, minute_passes, later) -> None:
    watched(shopper)
    admin.patch(f"/users/{shopper.user_id}", {"is_active": False})
    later(minutes=1)

    assert minute_passes() == 0


def test_those_of_a_deleted_account_are_not_scanned(admin, shopper, minute_passes, later) -> None:
    watched(shopper)
    admin.delete(f"/users/{shopper.user_id}")
    later(minutes=1)

    minute_passes()

    assert not [job for job in waiting(admin.shop) if job.startswith("scan:")]


def test_since_a_downgrade_only_the_oldest_are_scanned_by_themselves(
    shopper, minute_passes, later, clock
) -> None:
    subscribed(shopper)
    competitors = [watched(shopper) for _ in range(5)]
    subscribed(shopper, PlanTier.FREE)
    later(minutes=1)

    begun = minute_passes()

    scans = [shopper.get(f"{at(each)}/scans").json["total"] for each in competitors]
    assert (begun, scans) == (3, [1, 1, 1, 0, 0])
    assert {wait_for_next(shopper, each, clock) for each in competitors} == {timedelta(weeks=1)}
    subscribed(shopper)
    minute_passes()
    later(days=1)
    assert minute_passes() == 5


def test_a_larger_plan_is_felt_at_once(shopper, minute_passes, later, clock) -> None:
    competitor = watched(shopper)
    later(minutes=1)
    minute_passes()
    ended(shopper, competitor, clock)

    subscribed(shopper, PlanTier.ENTERPRISE)
    minute_passes()
    wait = wait_for_next(shopper, competitor, clock)
    later(hours=1)

    assert wait == timedelta(hours=1)
    assert minute_passes() == 2


def test_after_a_long_sleep_each_is_scanned_once(shopper, minute_passes, later) -> None:
    subscribed(shopper, PlanTier.ENTERPRISE)
    for _ in range(3):
        watched(shopper)
    later(weeks=3)

    assert minute_passes() == 3
    assert minute_passes() == 3
