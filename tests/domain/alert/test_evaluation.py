import pytest
from support.watching import change, priced

from common.ids import new_id
from common.money import Money
from domain.alert.evaluation import alert_type_of, change_in_hundredths, reaches
from domain.alert.models import AlertType
from domain.competitor.changes import Change, ChangeKind

PRODUCT = new_id()
ELSEWHERE = Change(ChangeKind.PRICE, PRODUCT, "Earbuds", "", Money(1000, "USD"), Money(900, "EUR"))


@pytest.mark.parametrize(
    ("found", "alert_type"),
    [
        (priced(PRODUCT, 1000, 999), AlertType.PRICE_DROP),
        (priced(PRODUCT, 1000, 1001), AlertType.PRICE_INCREASE),
        (priced(PRODUCT, 1, 0), AlertType.PRICE_DROP),
        (priced(PRODUCT, 0, 1), AlertType.PRICE_INCREASE),
        (priced(PRODUCT, 1000, 1000), None),
        (priced(PRODUCT, None, 1000), None),
        (priced(PRODUCT, 1000, None), None),
        (ELSEWHERE, None),
        (change(ChangeKind.NEW, PRODUCT), AlertType.NEW_PRODUCT),
        (change(ChangeKind.GONE, PRODUCT, 1000, 900), AlertType.OUT_OF_STOCK),
        (change(ChangeKind.BACK, PRODUCT, 1000, 900), AlertType.BACK_IN_STOCK),
    ],
    ids=range(11),
)
def test_each_change_is_the_matter_of_one_type_of_alerts_or_of_none(found, alert_type) -> None:
    assert alert_type_of(found) == alert_type


@pytest.mark.parametrize("kind", [ChangeKind.GONE, ChangeKind.BACK])
def test_of_a_first_scan_only_what_is_new_is_no_news(kind) -> None:
    assert alert_type_of(change(ChangeKind.NEW, PRODUCT), is_first=True) is None
    assert alert_type_of(change(kind, PRODUCT), is_first=True) is not None
    assert alert_type_of(priced(PRODUCT, 2, 1), is_first=True) is not None


@pytest.mark.parametrize(
    ("threshold", "before", "after", "is_reached"),
    [
        (10_00, 1000, 901, False),
        (10_00, 1000, 900, True),
        (10_00, 1000, 899, True),
        (10_00, 999, 900, False),
        (10_01, 1000, 900, False),
        (33_33, 300, 200, True),
        (33_34, 300, 200, False),
        (0, 10**15, 10**15 - 1, True),
        (100_00, 5, 0, True),
        (100_00, 5, 1, False),
        (1000_00, 100, 1100, True),
        (1000_00, 100, 1099, False),
        (1000_00, 0, 1, True),
        (0, 0, 1, True),
    ],
)
def test_a_threshold_is_reached_exactly(threshold, before, after, is_reached) -> None:
    assert reaches(threshold, priced(PRODUCT, before, after)) is is_reached


@pytest.mark.parametrize(
    ("before", "after", "hundredths"),
    [
        (1000, 900, -1000),
        (999, 900, -990),
        (300, 200, -3333),
        (300, 400, 3333),
        (5, 0, -10000),
        (7, 7, 0),
        (0, 5, None),
        (None, 5, None),
        (5, None, None),
        (1, 2**63 - 1, 10**12),
    ],
)
def test_a_change_is_never_told_to_be_more_than_it_was(before, after, hundredths) -> None:
    told = priced(PRODUCT, before, after)

    assert change_in_hundredths(told.before, told.after) == hundredths


def test_currencies_do_not_compare() -> None:
    assert change_in_hundredths(ELSEWHERE.before, ELSEWHERE.after) is None
