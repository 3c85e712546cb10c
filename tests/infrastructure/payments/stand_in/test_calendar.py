from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from infrastructure.payments.stand_in.calendar import months_after, period_at


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("anchor", "count", "expected"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2026-01-31", 2, "2026-03-31"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2026-11-15", 2, "2027-01-15"),
        ("2026-12-31", 12, "2027-12-31"),
        ("2026-05-31", 0, "2026-05-31"),
        ("2026-01-31", -1, "2025-12-31"),
    ],
)
def test_months_keep_their_day_as_far_as_they_have_it(anchor, count, expected) -> None:
    assert months_after(day(anchor), count) == day(expected)


@pytest.mark.parametrize(
    ("anchor", "moment", "start", "end"),
    [
        ("2026-01-31", "2026-01-31", "2026-01-31", "2026-02-28"),
        ("2026-01-31", "2026-02-27", "2026-01-31", "2026-02-28"),
        ("2026-01-31", "2026-02-28", "2026-02-28", "2026-03-31"),
        ("2026-01-31", "2027-02-28", "2027-02-28", "2027-03-31"),
        ("2026-11-15", "2027-01-14", "2026-12-15", "2027-01-15"),
    ],
)
def test_a_moment_is_in_one_period(anchor, moment, start, end) -> None:
    assert period_at(day(anchor), day(moment)) == (day(start), day(end))


@pytest.mark.parametrize("anchor", ["2026-01-01", "2026-01-29", "2026-01-30", "2026-01-31"])
def test_periods_leave_no_gap_and_do_not_overlap(anchor) -> None:
    moment, seen = day(anchor), set()

    for _ in range(800):
        start, end = period_at(day(anchor), moment)
        assert start <= moment < end
        seen.add((start, end))
        moment += timedelta(days=1)

    periods = sorted(seen)
    assert all(earlier[1] == later[0] for earlier, later in pairwise(periods))
