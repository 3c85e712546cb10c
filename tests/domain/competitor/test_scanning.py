import asyncio

import pytest
from support.scripted_store import Crash, counts, unreadable
from support.sightings import dollars, sighting

from domain.competitor.scan_progress import LONGEST, NOTHING_FOUND, PAUSED, REMOVED_AT_ONCE

MANY = [f"thing-{number}" for number in range(30)]


def test_the_first_scan_writes_everything_down(watch) -> None:
    watch.store.sells("mug", "cup", "pot")

    scan = watch.scan()

    assert (scan.status, scan.error, scan.pages_read) == ("completed", None, 2)
    assert counts(scan) == {"seen": 3, "new": 3}
    assert watch.on_sale() == ["Cup", "Mug", "Pot"]
    assert watch.history("Mug") == [1000]
    assert watch.ear.take() == [("new", "Cup"), ("new", "Mug"), ("new", "Pot")]


def test_a_scan_tells_of_its_competitor(watch) -> None:
    watch.store.sells("mug", "cup", "pot")

    scan = watch.scan()

    competitor = watch.competitor
    assert (competitor.product_count, competitor.status) == (3, "active")
    assert (competitor.platform, competitor.detected_platform) == ("custom", "shopify")
    assert competitor.last_scanned == competitor.updated_at == scan.scanned_at


def test_a_scan_that_is_under_way_tells_how_many_products_there_are(watch) -> None:
    watch.store.sells("mug", "cup", "pot")
    watch.store.breaks_at = {1: Crash()}

    with pytest.raises(Crash):
        watch.carry_out(watch.enqueue())

    assert watch.competitor.product_count == len(watch.on_sale()) == 2


def test_a_second_scan_counts_what_is_different(watch) -> None:
    watch.store.sells("mug", "cup", "pot")
    watch.scan()
    watch.store.pages = [[sighting("pan"), sighting("cup", price=dollars(8))], [sighting("mug")]]
    watch.ear.take()

    scan = watch.scan()

    assert counts(scan) == {"seen": 3, "new": 1, "removed": 1, "price_changes": 1}
    assert watch.history("Cup") == [1000, 800]
    assert watch.on_sale() == ["Cup", "Mug", "Pan"]
    assert watch.ear.take() == [("gone", "Pot"), ("new", "Pan"), ("price", "Cup")]


def test_what_was_removed_may_re_appear(watch) -> None:
    for names in (["mug", "cup"], ["cup"], ["mug", "cup"]):
        watch.store.sells(*names)
        scan = watch.scan()

    assert counts(scan) == {"seen": 2, "reappeared": 1}
    assert watch.history("Mug") == [1000]
    assert watch.on_sale() == ["Cup", "Mug"]


def test_a_scan_that_finds_nothing_different_writes_no_price(watch) -> None:
    watch.store.sells("mug", "cup")
    watch.scan()
    before = watch.products()["Mug"]
    watch.ear.take()

    scan = watch.scan()

    after = watch.products()["Mug"]
    assert counts(scan) == {"seen": 2}
    assert after.last_seen > before.last_seen
    assert (after.updated_at, after.first_seen) == (before.updated_at, before.first_seen)
    assert watch.history("Mug") == [1000]
    assert watch.ear.take() == []


def test_a_product_on_two_pages_counts_once(watch) -> None:
    watch.store.pages = [[sighting("mug")], [sighting("mug", price=dollars(7)), sighting("cup")]]

    scan = watch.scan()

    assert counts(scan) == {"seen": 2, "new": 2}
    assert watch.history("Mug") == [1000]


def test_more_is_missing_than_one_transaction_removes(watch) -> None:
    staying = [f"stays-{number}" for number in range(300)]
    leaving = [f"leaves-{number}" for number in range(REMOVED_AT_ONCE + 20)]
    watch.store.sells(*staying, *leaving, page_size=100)
    watch.scan()
    watch.store.sells(*staying, page_size=100)
    watch.ear.take()

    scan = watch.scan()

    assert counts(scan) == {"seen": len(staying), "removed": len(leaving)}
    assert watch.ear.take() == sorted(("gone", name.title()) for name in leaving)
    assert watch.competitor.product_count == len(staying)


def test_a_store_that_breaks_halfway_keeps_what_is_known(watch) -> None:
    watch.store.sells("mug", "cup", "pot")
    watch.scan()
    last_scanned = watch.competitor.last_scanned
    watch.store.sells("mug", "pan", "pot")
    watch.store.breaks_at = {1: unreadable("it answered 503")}

    scan = watch.scan()

    assert (scan.status, scan.error) == ("failed", "The store cannot be read: it answered 503.")
    assert counts(scan) == {"seen": 2, "new": 1}
    assert watch.on_sale() == ["Cup", "Mug", "Pan", "Pot"]
    assert (watch.competitor.status, watch.competitor.last_scanned) == ("error", last_scanned)
    assert watch.competitor.product_count == 4


def test_the_scan_after_a_failed_one_makes_up_for_it(watch) -> None:
    watch.store.sells("mug", "cup", "pot")
    watch.scan()
    watch.store.sells("mug", "pan", "pot")
    watch.store.breaks_at = {1: unreadable()}
    watch.scan()

    scan = watch.scan()

    assert counts(scan) == {"seen": 3, "removed": 1}
    assert watch.on_sale() == ["Mug", "Pan", "Pot"]
    assert watch.competitor.status == "active"


@pytest.mark.parametrize("known", [(), ("mug", "cup")], ids=["as always", "all of a sudden"])
def test_a_store_where_nothing_is_found_keeps_what_is_known(watch, known) -> None:
    if known:
        watch.store.sells(*known)
        watch.scan()
    watch.store.sells()

    scan = watch.scan()

    assert (scan.status, scan.error) == ("failed", NOTHING_FOUND)
    assert watch.on_sale() == sorted(name.title() for name in known)
    assert watch.competitor.status == "error"


def test_when_most_is_missing_it_is_removed_only_the_second_time(watch) -> None:
    watch.store.sells(*MANY)
    watch.scan()
    watch.store.sells(*MANY[:10])

    first, second = watch.scan(), watch.scan()

    assert [counts(first), counts(second)] == [{"seen": 10}, {"seen": 10, "removed": 20}]
    assert watch.competitor.product_count == 10


def test_what_comes_back_in_time_was_never_removed(watch) -> None:
    for names in (MANY, MANY[:10], MANY):
        watch.store.sells(*names)
        scan = watch.scan()

    assert counts(scan) == {"seen": 30}


def test_a_small_store_may_lose_most_of_what_it_has(watch) -> None:
    watch.store.sells(*MANY[:19])
    watch.scan()
    watch.store.sells(*MANY[:2])

    assert counts(watch.scan()) == {"seen": 2, "removed": 17}


def test_a_crash_costs_one_page(watch) -> None:
    watch.store.sells("mug", "cup", "pot", "pan", "jug")
    watch.store.breaks_at = {1: Crash(), 2: Crash()}
    scan_id = watch.enqueue()
    for _ in range(2):
        with pytest.raises(Crash):
            watch.carry_out(scan_id)

    scan = watch.carry_out(scan_id)

    assert (scan.status, counts(scan)) == ("completed", {"seen": 5, "new": 5})
    assert len(watch.ear.take()) == 5
    assert len(watch.store.remembered) == 5  # pages asked for, of three


def test_two_that_carry_out_the_same_scan_do_it_once(watch) -> None:
    watch.store.sells(*MANY)
    scan_id = watch.enqueue()

    watch.run(both(watch, scan_id))

    assert counts(watch.look(scan_id)) == {"seen": 30, "new": 30}
    assert len(watch.ear.take()) == 30


def test_a_scan_that_is_over_is_not_carried_out_again(watch) -> None:
    watch.store.sells("mug")
    scan = watch.scan()

    again = watch.carry_out(scan.id)

    assert (counts(again), again.scanned_at) == (counts(scan), scan.scanned_at)


def test_a_pause_ends_the_scan(watch) -> None:
    watch.store.sells("mug", "cup", "pot")
    watch.store.meanwhile = lambda: watch.change_now(status="paused")

    scan = watch.scan()

    assert (scan.status, scan.error) == ("failed", PAUSED)
    assert watch.competitor.status == "paused"


def test_a_scan_that_was_asked_for_during_a_pause_is_carried_out(watch) -> None:
    watch.store.sells("mug", "cup", "pot")
    watch.change(status="paused")

    scan = watch.scan()

    assert (scan.status, counts(scan)) == ("completed", {"seen": 3, "new": 3})
    assert watch.competitor.status == "paused"


def test_a_scan_ends_with_its_competitor(watch) -> None:
    watch.store.sells("mug", "cup", "pot")
    watch.store.meanwhile = lambda: deleted(watch)

    watch.run(watch.service.run(watch.enqueue()))

    assert watch.competitor is None
    assert watch.on_sale() == []


def test_a_scan_does_not_go_on_for_days(watch, later) -> None:
    watch.store.sells("mug", "cup", "pot")
    watch.store.breaks_at = {1: Crash()}
    scan_id = watch.enqueue()
    with pytest.raises(Crash):
        watch.carry_out(scan_id)
    watch.store.pages += [[sighting("pan")]]
    later(seconds=LONGEST.total_seconds())

    scan = watch.carry_out(scan_id)

    assert (scan.status, scan.error) == ("failed", "Reading the store took longer than 12 hours.")
    assert watch.on_sale() == ["Cup", "Mug", "Pot"]


async def both(watch, scan_id):
    """Carry a scan out twice at once, as after a takeover from somebody who was not dead."""
    await asyncio.gather(watch.service.run(scan_id), watch.service.run(scan_id))


async def deleted(watch):
    async def unit(tx):
        await tx.competitors.disown(await tx.competitors.get(watch.competitor_id, lock=True))

    await watch.owner.shop.database.write(unit)
