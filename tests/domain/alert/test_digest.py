import pytest

from domain.alert.digest import Digest, DigestedChange, DigestedType
from domain.alert.models import AlertType

CHANGE = DigestedChange("Earbuds", "https://rival.example/earbuds", None, None, None)


def a_digest(counts: dict[AlertType, int]) -> Digest:
    """Sum up a scan, with up to 50 changes of each type at hand."""
    types = [
        DigestedType(alert_type, count, (CHANGE,) * min(count, 50))
        for alert_type, count in counts.items()
    ]
    return Digest("ada", "Rival", "https://rival.example", tuple(types))


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ([3], [3]),
        ([50], [50]),
        ([51], [50]),
        ([10_000, 1], [49, 1]),
        ([1, 10_000, 10_000], [1, 24, 25]),
        ([10, 10, 10, 10, 10], [10, 10, 10, 10, 10]),
        ([11, 11, 11, 11, 11], [10, 10, 10, 10, 10]),
        ([100, 2, 3, 4, 100], [20, 2, 3, 4, 21]),
    ],
    ids=str,
)
def test_types_share_the_room_and_take_what_others_leave(counts, shown) -> None:
    digest = a_digest(dict(zip(AlertType, counts, strict=False)))

    short = digest.shortened(50)

    assert [len(each.changes) for each in short.types] == shown
    assert [len(each.changes) + each.left_out for each in short.types] == counts


def test_what_can_be_bought_for_less_comes_first() -> None:
    digest = a_digest(dict.fromkeys(reversed(AlertType), 1))

    assert [each.alert_type for each in digest.shortened().types] == list(AlertType)
