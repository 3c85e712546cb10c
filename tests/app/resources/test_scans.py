import pytest
from support.competing import COMPETITORS, at, watched
from support.crowd import Ask, all_at_once
from support.plans import subscribed
from support.worker import waiting

from domain.competitor.models import Scan
from domain.identity.plan import PlanTier

UNKNOWN = "550e8400-e29b-41d4-a716-446655440000"


@pytest.fixture
def competitor(shopper):
    return watched(shopper)


def scans_of(competitor) -> str:
    return f"{at(competitor)}/scans"


def begun(owner, competitor) -> dict[str, object]:
    answer = owner.post(scans_of(competitor))
    assert answer.status_code == 202, answer.json
    return answer.json


def ended(owner, scan, now, error=None) -> None:
    """End a scan as the scanner would."""

    async def unit(tx) -> None:
        found: Scan = await tx.scans.get(scan["id"], lock=True)
        found.begin(scan["created_at"] and now)
        found.end(now, error)

    owner._run(owner.shop.database.write(unit))


def test_a_scan_is_queued_with_its_job(shopper, competitor) -> None:
    scan = begun(shopper, competitor)

    nothing_yet = {"error", "started_at", "scanned_at", "duration_seconds"}
    counts = {
        "pages_read",
        "products_seen",
        "products_skipped",
        "new_products_count",
        "removed_products_count",
        "reappeared_products_count",
        "price_changes_count",
    }
    assert (scan["competitor_id"], scan["status"]) == (competitor["id"], "queued")
    assert {scan[name] for name in nothing_yet} == {None}
    assert {scan[name] for name in counts} == {0}
    assert shopper.get(f"{scans_of(competitor)}/{scan['id']}").json == scan
    assert waiting(shopper.shop) == [f"scan:{scan['id']}"]


def test_there_is_one_scan_at_a_time(shopper, competitor, clock) -> None:
    first = begun(shopper, competitor)

    refused = shopper.post(scans_of(competitor))
    ended(shopper, first, clock())
    second = begun(shopper, competitor)

    assert (refused.status_code, refused.json["error"]) == (409, "scan_under_way")
    assert refused.json["details"] == {"scan_id": first["id"]}
    assert second["id"] != first["id"]


def test_of_many_who_ask_at_once_one_is_served(shopper, competitor) -> None:
    answers = all_at_once(*[Ask(shopper, "POST", scans_of(competitor))] * 5)

    assert sorted(each.status_code for each in answers) == [202, 409, 409, 409, 409]
    assert len(waiting(shopper.shop)) == 1


def test_each_competitor_has_scans_of_its_own(shopper, competitor) -> None:
    other = watched(shopper)

    scan, another = begun(shopper, competitor), begun(shopper, other)

    assert shopper.get(scans_of(competitor)).json["items"] == [scan]
    assert shopper.get(scans_of(other)).json["items"] == [another]
    assert shopper.get(f"{scans_of(competitor)}/{another['id']}").status_code == 404


def test_scans_are_listed_latest_first(shopper, competitor, clock, later) -> None:
    ids = []
    for _ in range(3):
        scan = begun(shopper, competitor)
        ids.append(scan["id"])
        ended(shopper, scan, clock())
        later(minutes=1)

    first = shopper.get(f"{scans_of(competitor)}?per_page=2").json
    second = shopper.get(f"{scans_of(competitor)}?per_page=2&page=2").json

    assert [each["id"] for each in first["items"] + second["items"]] == ids[::-1]
    assert (first["total"], second["page"], second["per_page"]) == (3, 2, 2)


def test_a_scan_tells_how_long_it_took_and_why_it_failed(shopper, competitor, run, clock) -> None:
    scan = begun(shopper, competitor)

    async def fail(tx) -> None:
        found = await tx.scans.get(scan["id"], lock=True)
        found.begin(clock())
        found.end(found.started_at.replace(microsecond=0), "The store answered 503.")
        found.started_at = found.scanned_at

    run(shopper.shop.database.write(fail))

    shown = shopper.get(f"{scans_of(competitor)}/{scan['id']}").json
    assert (shown["status"], shown["error"]) == ("failed", "The store answered 503.")
    assert shown["duration_seconds"] == 0
    assert shown["started_at"] == shown["scanned_at"]


def test_after_a_scan_on_demand_the_next_by_itself_waits_a_whole_pause(
    shopper, competitor, clock
) -> None:
    begun(shopper, competitor)

    shown = shopper.get(at(competitor)).json

    assert shown["next_scan_at"] > competitor["next_scan_at"]


def test_a_paused_competitor_is_scanned_when_asked_for(shopper, competitor) -> None:
    shopper.patch(at(competitor), {"status": "paused"})

    begun(shopper, competitor)

    assert shopper.get(at(competitor)).json["next_scan_at"] is None


@pytest.mark.parametrize("change", [{"url": "https://rival.example"}, {"platform": "shopify"}])
def test_a_scan_of_what_was_there_before_ends(shopper, competitor, change) -> None:
    scan = begun(shopper, competitor)

    shopper.patch(at(competitor), change)

    shown = shopper.get(f"{scans_of(competitor)}/{scan['id']}").json
    assert shown["status"] == "failed"
    assert shown["error"] == "The competitor was changed while it was being scanned."
    begun(shopper, competitor)


def test_another_name_disturbs_no_scan(shopper, competitor) -> None:
    scan = begun(shopper, competitor)

    shopper.patch(at(competitor), {"name": "Rival, Inc.", "url": competitor["url"]})

    assert shopper.get(f"{scans_of(competitor)}/{scan['id']}").json == scan


def test_of_too_many_since_a_downgrade_the_oldest_are_scanned(shopper) -> None:
    subscribed(shopper)
    *oldest, youngest = [watched(shopper) for _ in range(4)]
    subscribed(shopper, PlanTier.FREE)

    refused = shopper.post(scans_of(youngest))

    assert (refused.status_code, refused.json["error"]) == (403, "plan_limit_exceeded")
    for each in oldest:
        begun(shopper, each)
    assert shopper.get(at(youngest)).json == youngest
    shopper.delete(at(oldest[0]))
    begun(shopper, youngest)


def test_an_administrator_has_any_number_scanned(admin) -> None:
    *_, youngest = [watched(admin) for _ in range(5)]

    begun(admin, youngest)


def test_scans_have_ids(shopper, competitor) -> None:
    assert shopper.get(f"{scans_of(competitor)}/7").json["error"] == "malformed_id"
    assert shopper.get(f"{scans_of(competitor)}/{UNKNOWN}").json["error"] == "scan_not_found"
    assert shopper.post(f"{COMPETITORS}/{UNKNOWN}/scans").json["error"] == "competitor_not_found"
