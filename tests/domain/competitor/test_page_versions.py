from support.scripted_store import counts, unreadable
from support.sightings import SHOP, dollars, sighting

from domain.competitor.reading import Freshness, PageRead


def test_pages_are_asked_for_by_the_version_we_have(watch) -> None:
    watch.store.sells("mug", "cup", "pot")
    watch.scan()
    watch.scan()

    told = [Freshness('"0"'), Freshness('"1"')]
    assert watch.store.remembered == [None, None, *told]


def test_what_is_on_an_unchanged_page_is_still_there(watch) -> None:
    watch.store.sells("mug", "cup", "pot", "pan")
    watch.scan()
    unchanged = PageRead(f"{SHOP}/pages/0", unchanged=True)
    watch.store.pages = [unchanged, [sighting("pot", price=dollars(5))]]

    scan = watch.scan()

    assert counts(scan) == {"seen": 3, "removed": 1, "price_changes": 1}
    assert watch.on_sale() == ["Cup", "Mug", "Pot"]
    assert watch.scan().products_seen == 3


def test_what_moves_while_it_is_scanned_is_right_the_next_time(watch) -> None:
    """The mug gets cheaper and goes down to a page that is yet to be read."""
    cheaper = [sighting("mug", price=dollars(8)), sighting("pot")]
    watch.store.pages = [[sighting("mug"), sighting("cup")], cheaper]
    watch.scan()
    assert watch.history("Mug") == [1000]
    watch.store.pages = [[sighting("cup")], cheaper]

    scan = watch.scan()

    assert watch.store.remembered == [None, None, Freshness('"0"'), None]
    assert counts(scan) == {"seen": 3, "price_changes": 1}
    assert watch.history("Mug") == [1000, 800]


def test_what_was_elsewhere_for_a_while_is_not_as_its_old_page_has_it(watch) -> None:
    """The list gets shorter by a page, and is what it was again: that page too."""
    last = PageRead(f"{SHOP}/pages/1", (sighting("pot"),), Freshness('"1"'))
    watch.store.pages = [[sighting("mug"), sighting("cup")], last]
    watch.scan()
    watch.store.pages = [[sighting("mug"), sighting("pot", price=dollars(8))]]
    watch.scan()
    watch.store.pages = [[sighting("mug"), sighting("cup")], last]

    scan = watch.scan()

    assert watch.store.remembered[-2:] == [Freshness('"0"'), None]
    assert counts(scan) == {"seen": 3, "price_changes": 1, "reappeared": 1}
    assert watch.history("Pot") == [1000, 800, 1000]


def test_a_scan_that_has_read_nothing_leaves_the_versions_of_pages_as_they_were(watch) -> None:
    watch.store.sells("mug", "cup", "pot")
    watch.scan()
    watch.store.breaks_at = {0: unreadable()}
    watch.scan()
    watch.store.remembered = []

    watch.scan()

    assert watch.store.remembered == [Freshness('"0"'), Freshness('"1"')]
