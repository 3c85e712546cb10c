"""What plans have room for, and what databases do."""

import asyncio

from support.plans import subscribed
from support.scripted_store import counts
from support.sightings import SHOP, dollars, sighting

from common.money import Money
from domain.competitor.reading import Freshness, PageRead
from domain.identity.plan import PlanTier

FREE = 50
NAMES = [f"thing-{number}" for number in range(FREE + 10)]


def test_a_plan_has_room_for_so_many_products(shopper, watching) -> None:
    watch = watching(shopper)
    watch.store.sells(*NAMES, page_size=25)

    scan = watch.scan()

    assert counts(scan) == {"seen": FREE, "new": FREE, "skipped": 10}
    assert watch.competitor.product_count == FREE
    assert len(watch.ear.take()) == FREE


def test_all_competitors_share_the_room(shopper, watching) -> None:
    first, second = watching(shopper), watching(shopper)
    first.store.sells(*NAMES[:45], page_size=25)
    second.store.sells(*NAMES[:20], page_size=25)

    assert counts(first.scan()) == {"seen": 45, "new": 45}
    assert counts(second.scan()) == {"seen": 5, "new": 5, "skipped": 15}
    assert second.scan().status == "completed"


def test_two_scans_at_once_do_not_both_take_the_last_places(run, shopper, watching) -> None:
    watches = [watching(shopper) for _ in range(4)]
    for watch in watches:
        watch.store.sells(*NAMES[:40], page_size=7)
    scans = [(watch, watch.enqueue()) for watch in watches]

    run(at_once([watch.service.run(scan_id) for watch, scan_id in scans]))

    found = [counts(watch.look(scan_id)) for watch, scan_id in scans]
    assert sum(each.get("new", 0) for each in found) == FREE
    assert sum(each.get("skipped", 0) for each in found) == 4 * 40 - FREE


def test_a_larger_plan_takes_in_what_had_no_room(shopper, watching) -> None:
    watch = watching(shopper)
    watch.store.sells(*NAMES, page_size=25)
    watch.scan()
    subscribed(shopper)
    watch.store.remembered = []

    scan = watch.scan()

    assert watch.store.remembered == [Freshness('"0"'), Freshness('"1"'), None]
    assert counts(scan) == {"seen": 60, "new": 10}


def test_what_re_appears_needs_room_too(shopper, watching) -> None:
    first, second = watching(shopper), watching(shopper)
    first.store.sells("mug", "cup")
    first.scan()
    first.store.sells("mug")
    first.scan()
    second.store.sells(*NAMES[: FREE - 1], page_size=25)
    second.scan()
    first.store.sells("mug", "cup")

    scan = first.scan()

    assert counts(scan) == {"seen": 1, "skipped": 1}
    assert first.on_sale() == ["Mug"]


def test_a_smaller_plan_keeps_what_is_tracked(shopper, watching) -> None:
    watch = watching(subscribed(shopper))
    watch.store.sells(*NAMES, page_size=25)
    watch.scan()
    subscribed(shopper, PlanTier.FREE)
    watch.store.sells(*NAMES, "one-more", page_size=25, price=dollars(7))

    scan = watch.scan()

    assert counts(scan) == {"seen": 60, "price_changes": 60, "skipped": 1}


def test_administrators_have_no_limits(admin, watching) -> None:
    watch = watching(admin)
    watch.store.sells(*NAMES, page_size=25)

    assert counts(watch.scan()) == {"seen": 60, "new": 60}


def test_a_store_of_which_nothing_had_room_was_read_all_the_same(shopper, watching) -> None:
    first, second = watching(shopper), watching(shopper)
    first.store.sells(*NAMES, page_size=25)
    first.scan()
    second.store.sells("mug")

    scan = second.scan()

    assert (scan.status, counts(scan)) == ("completed", {"skipped": 1})


def test_what_no_database_keeps_is_left_out(watch) -> None:
    odd = sighting(
        "odd", title="Mug\0 \ud83d", brand="\0", image_url=f"{SHOP}/{'x' * 3000}", gtin="\udc00"
    )
    endless = sighting("endless", platform_id=None, url=f"{SHOP}/{'x' * 3000}")
    dear = sighting("dear", price=Money(10**30, "USD"))
    nameless = sighting("nameless", title=" \0 ")
    long = sighting("long", title="word " * 1000)
    watch.store.pages = [
        [odd, endless, dear, nameless, long],
        PageRead(f"{SHOP}/{'page' * 1000}", (sighting("mug"),)),
    ]

    scan = watch.scan()

    products = watch.products()
    assert (scan.status, counts(scan)) == ("completed", {"seen": 4, "new": 4})
    assert (products["Mug"].brand, products["Mug"].image_url, products["Mug"].gtin) == (None,) * 3
    assert products["Dear"].price_amount is None
    assert nameless.url in products
    assert max(map(len, products)) <= 500


async def at_once(work):
    await asyncio.gather(*work)
