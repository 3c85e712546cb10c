import pytest
from support.sightings import SHOP, dollars, known, sighting

from common.money import Money
from domain.competitor.changes import Change, ChangeKind
from domain.competitor.diff import Difference, compare, gone

SCAN = 2
MUG = f"{SHOP}/products/mug"


def kinds(difference: Difference) -> list[str]:
    return [change.kind for change in difference.changes]


def counts(difference: Difference) -> tuple[int, int, int]:
    """Tell how many were seen, changed their price, and re-appeared."""
    return difference.seen, difference.price_changes, difference.reappeared


def test_what_was_never_seen_is_new() -> None:
    difference = compare([], [sighting()], scan_number=SCAN, make_id=lambda: "made")

    assert difference.new == [known(seen_in=SCAN)._replace(id="made")]
    assert difference.prices == [("made", dollars(10))]
    assert difference.changes == [
        Change(ChangeKind.NEW, "made", "Mug", MUG, before=None, after=dollars(10))
    ]


def test_what_is_as_it_was_is_only_seen() -> None:
    difference = compare([known()], [sighting()], scan_number=SCAN)

    assert difference == Difference(SCAN, unchanged=["mug"])


@pytest.mark.parametrize(
    "price",
    [dollars(9), dollars(11), Money(1000, "EUR"), Money(0, "USD")],
    ids=["lower", "higher", "in another currency", "for free"],
)
def test_another_price_is_a_point_and_a_change(price) -> None:
    difference = compare([known()], [sighting(price=price)], scan_number=SCAN)

    assert difference.changed == [known(price=price, seen_in=SCAN)]
    assert difference.prices == [("mug", price)]
    assert difference.changes == [Change(ChangeKind.PRICE, "mug", "Mug", MUG, dollars(10), price)]
    assert counts(difference) == (1, 1, 0)


def test_a_store_that_tells_no_price_leaves_the_old_one() -> None:
    difference = compare([known()], [sighting(price=None)], scan_number=SCAN)

    assert difference == Difference(SCAN, unchanged=["mug"])


def test_the_first_price_of_a_product_is_a_point_and_no_change() -> None:
    difference = compare([known(price=None)], [sighting()], scan_number=SCAN)

    assert difference.prices == [("mug", dollars(10))]
    assert difference.changes == []
    assert counts(difference) == (1, 0, 0)


def test_titles_change_quietly() -> None:
    difference = compare([known()], [sighting(title="A mug")], scan_number=SCAN)

    assert difference.changed == [known(title="A mug", seen_in=SCAN)]
    assert difference.changes == difference.prices == []


def test_what_a_store_does_not_tell_this_time_stays() -> None:
    before = known(brand="Acme", gtin="4006381333931", sku="M1", image_url=f"{SHOP}/mug.png")

    difference = compare([before], [sighting()], scan_number=SCAN)

    assert difference == Difference(SCAN, unchanged=["mug"])


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        (known(), sighting(in_stock=False), ["gone"]),
        (known(in_stock=False), sighting(), ["back"]),
        (known(in_stock=False), sighting(in_stock=False), []),
        (known(is_active=False), sighting(), ["back"]),
        (known(is_active=False), sighting(in_stock=False), []),
        (known(is_active=False, in_stock=False), sighting(), ["back"]),
        (known(is_active=False), sighting(price=dollars(8)), ["back", "price"]),
        (known(in_stock=False), sighting(price=dollars(8)), ["back", "price"]),
        (known(), sighting(in_stock=False, price=dollars(8)), ["gone", "price"]),
    ],
    ids=[
        "sold out",
        "in stock again",
        "still sold out",
        "re-appeared",
        "re-appeared, but sold out",
        "was sold out when it was removed",
        "re-appeared at another price",
        "in stock again at another price",
        "sold out at another price",
    ],
)
def test_what_can_be_had_or_not_is_told_when_it_turns(before, now, expected) -> None:
    difference = compare([before], [now], scan_number=SCAN)

    assert kinds(difference) == expected
    assert difference.reappeared == (not before.is_active)
    assert all(product.is_active for product in difference.changed)


def test_what_was_removed_is_gone_unless_it_could_not_be_had_anyway() -> None:
    changes = gone([known("mug"), known("cup", in_stock=False)])

    assert [(change.kind, change.product_id) for change in changes] == [("gone", "mug")]


def test_of_two_sightings_in_a_stretch_the_first_counts() -> None:
    twice = [sighting(price=dollars(8)), sighting(price=dollars(7))]

    fresh = compare([], twice, scan_number=SCAN)
    again = compare([known()], twice, scan_number=SCAN)

    assert [price for _, price in fresh.prices] == [dollars(8)]
    assert [price for _, price in again.prices] == [dollars(8)]
    assert (fresh.seen, again.seen) == (1, 1)


def test_what_an_earlier_stretch_has_seen_counts_no_more() -> None:
    difference = compare([known(seen_in=SCAN)], [sighting(price=dollars(7))], scan_number=SCAN)

    assert difference == Difference(SCAN, passed_over={"id-mug"})


@pytest.mark.parametrize(
    ("before", "now"),
    [
        (known(platform_id=None), sighting()),
        (known(), sighting(platform_id=None)),
        (known(), sighting(platform_id="gid-7")),
        (known(is_active=False), sighting(platform_id="gid-7")),
    ],
    ids=["has an id now", "has no id any more", "has another id", "has re-appeared with another"],
)
def test_a_store_that_moves_keeps_its_history(before, now) -> None:
    difference = compare([before], [now], scan_number=SCAN)

    assert [(each.id, each.key) for each in difference.changed] == [("mug", now.key)]
    assert difference.new == difference.prices == []


def test_a_product_with_the_id_comes_before_one_at_the_address() -> None:
    """The mug has moved, and something else is where it was."""
    usurper = sighting("cup", url=MUG)
    moved = sighting("mug", url=f"{SHOP}/products/old-mug")

    difference = compare([known()], [usurper, moved], scan_number=SCAN)

    assert [(each.id, each.url) for each in difference.changed] == [("mug", moved.url)]
    assert [each.key for each in difference.new] == [usurper.key]


def test_two_products_with_ids_may_share_an_address() -> None:
    pair = [sighting("mug", url=MUG), sighting("cup", url=MUG)]

    fresh = compare([], pair, scan_number=SCAN)
    again = compare([known("mug", url=MUG), known("cup", url=MUG)], pair, scan_number=SCAN)

    assert len(fresh.new) == 2
    assert sorted(again.unchanged) == ["cup", "mug"]


@pytest.mark.parametrize("first", [0, 1], ids=["with its id first", "without its id first"])
def test_a_product_shown_with_and_without_its_id_is_one(first) -> None:
    shown = [sighting(), sighting(platform_id=None)]

    difference = compare([], [shown[first], shown[1 - first]], scan_number=SCAN)

    assert len(difference.new) == 1


def test_pages_that_are_as_they_were_show_what_was_on_them() -> None:
    products = [known("mug"), known("cup", is_active=False), known("pot", seen_in=SCAN)]

    difference = compare(
        products,
        [],
        scan_number=SCAN,
        unchanged_keys=["id-mug", "id-cup", "id-pot", "id-never-kept"],
    )

    assert difference.unchanged == ["mug"]
    assert difference.changed == [known("cup", seen_in=SCAN)]
    assert kinds(difference) == ["back"]
    assert counts(difference) == (2, 0, 1)


def test_a_product_read_anew_is_not_as_an_unchanged_page_has_it() -> None:
    difference = compare(
        [known(platform_id=None)], [sighting()], scan_number=SCAN, unchanged_keys=[MUG]
    )

    assert [each.key for each in difference.changed] == ["id-mug"]
    assert difference.seen == 1


def test_what_had_no_id_yet_is_on_an_unchanged_page_by_its_address() -> None:
    difference = compare([known()], [], scan_number=SCAN, unchanged_keys=[MUG])

    assert difference.unchanged == ["mug"]


@pytest.mark.parametrize(
    ("again", "passed_over"),
    [(sighting(), set()), (sighting(price=dollars(9)), {"id-mug"}), (sighting("cup"), set())],
    ids=["as it was", "for another price", "not at all"],
)
def test_what_is_shown_again_and_differs_is_passed_over(again, passed_over) -> None:
    difference = compare([], [sighting(), again], scan_number=SCAN)

    assert difference.passed_over == passed_over


def test_what_is_turned_away_is_known_by_the_key_it_has_now() -> None:
    before = known(platform_id=None, is_active=False)

    difference = compare([before], [sighting()], scan_number=SCAN, room=0)

    assert difference.turned_away == {"id-mug"}


def test_a_full_plan_takes_in_nothing_but_goes_on_watching() -> None:
    difference = compare(
        [known("mug"), known("cup", is_active=False)],
        [sighting("mug", price=dollars(8)), sighting("cup"), sighting("pot"), sighting("pot")],
        scan_number=SCAN,
        room=0,
    )

    assert kinds(difference) == ["price"]
    assert difference.turned_away == {"id-cup", "id-pot"}
    assert difference.seen == 1


def test_the_last_places_go_to_those_that_come_first() -> None:
    shown = [sighting(name) for name in ("mug", "cup", "pot")]

    difference = compare([], shown, scan_number=SCAN, room=2)

    assert [each.key for each in difference.new] == ["id-mug", "id-cup"]
    assert difference.turned_away == {"id-pot"}
