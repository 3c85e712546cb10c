import asyncio

import pytest
from support.plans import subscribed
from support.sources import BULK, FEEDS, SOURCES, kept, track
from support.worker import waiting

from domain.identity.caller import Caller
from domain.identity.plan import PlanTier
from domain.source.errors import SourceSearchRunning


@pytest.fixture
def owner(shopper):
    return subscribed(shopper, PlanTier.ENTERPRISE)


def begun(owner) -> str:
    answer = owner.post(BULK)
    assert answer.status_code == 202, answer.json
    search: str = answer.json["id"]
    return search


def look(owner, search) -> dict:
    return owner.get(f"{BULK}/{search}").json


def sources_of(owner, products) -> list[int]:
    return [owner.get(SOURCES.format(each)).json["total"] for each in products]


def test_sources_of_everything_are_found_after_the_answer(owner, carried_out) -> None:
    products = track(owner, "Rocket skates", "Anvil 50kg", "Giant magnet")
    kept(owner, "Rocket skates,10", "Rocket skates red,10", "Anvil 50 kg,10")

    asked = owner.post(BULK)
    carried_out()

    done = look(owner, asked.json["id"])
    assert (asked.json["status"], asked.json["products_count"]) == ("running", 0)
    assert (done["status"], done["error"]) == ("completed", None)
    assert (done["products_count"], done["sources_count"]) == (3, 3)
    assert done["completed_at"] >= done["created_at"]
    assert sources_of(owner, products) == [2, 1, 0]


def test_nothing_tracked_is_soon_searched(owner, carried_out) -> None:
    search = begun(owner)

    carried_out()

    assert look(owner, search)["status"] == "completed"


def test_what_was_removed_is_not_searched(owner, carried_out) -> None:
    (product,) = track(owner, "Rocket skates", status="removed")
    kept(owner, "Rocket skates,10")
    search = begun(owner)

    carried_out()

    assert look(owner, search)["products_count"] == 0
    assert sources_of(owner, [product]) == [0]


def test_a_crash_costs_one_batch(owner, run, carried_out) -> None:
    products = track(owner, *(f"Rocket No{number}A" for number in range(600)))
    kept(owner, *(f"Rocket No{number}A,10" for number in range(600)))
    search = begun(owner)

    run(owner.shop.sources.searches.advance(search))
    halfway = look(owner, search)
    carried_out()

    done = look(owner, search)
    assert (halfway["status"], halfway["products_count"]) == ("running", 250)
    assert (done["status"], done["products_count"], done["sources_count"]) == (
        "completed",
        600,
        600,
    )
    assert sources_of(owner, products[::100]) == [1] * 6


def test_a_search_that_is_done_twice_counts_once(owner, run, carried_out) -> None:
    track(owner, "Rocket skates")
    kept(owner, "Rocket skates,10")
    search = begun(owner)
    both = owner.shop.sources.searches

    async def twice() -> None:
        await asyncio.gather(both.advance(search), both.advance(search))

    run(twice())

    done = look(owner, search)
    assert (done["status"], done["products_count"], done["sources_count"]) == ("completed", 1, 1)


def test_one_search_runs_at_a_time(owner, carried_out) -> None:
    first = begun(owner)

    refused = owner.post(BULK)
    carried_out()

    assert (refused.status_code, refused.json["error"]) == (409, "source_search_running")
    assert refused.json["details"] == {"search_id": first}
    assert begun(owner) != first


def test_of_many_who_begin_at_once_one_does(owner, run) -> None:
    searches = owner.shop.sources.searches
    caller = Caller(owner.user_id, plan=PlanTier.ENTERPRISE)

    async def crowd() -> list[object]:
        return await asyncio.gather(
            *(searches.start(caller) for _ in range(8)), return_exceptions=True
        )

    outcomes = run(crowd())

    assert [type(each).__name__ for each in outcomes].count("SourceSearch") == 1
    assert len(waiting(owner.shop)) == 1


def test_a_search_that_nobody_carries_on_is_in_the_way_for_a_day(owner, run, later) -> None:
    searches, caller = owner.shop.sources.searches, Caller(owner.user_id, plan=PlanTier.ENTERPRISE)
    lost = begun(owner)

    later(hours=23)
    with pytest.raises(SourceSearchRunning):
        run(searches.start(caller))
    later(hours=2)
    run(searches.start(caller))

    assert run(searches.get(caller, lost)).status == "failed"


def test_a_search_that_fails_says_so(owner, run) -> None:
    search = begun(owner)

    run(owner.shop.sources.searches.give_up(search))

    failed = look(owner, search)
    assert (failed["status"], failed["error"]) == (
        "failed",
        "it broke off; what was found until then is kept",
    )


def test_another_users_search_is_not_there(client, owner) -> None:
    search = begun(owner)

    asked = subscribed(client.as_shopper()).get(f"{BULK}/{search}")

    assert (asked.status_code, asked.json["error"]) == (404, "source_search_not_found")


@pytest.mark.parametrize("plan", [PlanTier.FREE, PlanTier.PRO])
def test_smaller_plans_have_no_bulk_search(owner, plan) -> None:
    subscribed(owner, plan)

    refused = owner.post(BULK)

    assert (refused.status_code, refused.json["error"]) == (403, "plan_limit_exceeded")


def test_a_feed_that_is_deleted_meanwhile_is_left_out(owner, carried_out) -> None:
    (product,) = track(owner, "Rocket skates")
    feed = kept(owner, "Rocket skates,10")["id"]
    search = begun(owner)
    owner.delete(f"{FEEDS}/{feed}")

    carried_out()

    assert look(owner, search)["sources_count"] == 0
    assert sources_of(owner, [product]) == [0]
