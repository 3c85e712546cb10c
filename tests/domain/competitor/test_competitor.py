from datetime import UTC, datetime, timedelta

import pytest

from domain.competitor.models import Competitor, CompetitorStatus, Platform
from domain.competitor.titles import sort_title

NOW = datetime(2026, 2, 1, tzinfo=UTC)
SOON = NOW + timedelta(minutes=1)
URL = "https://rival.example"


def competitor(**fields: object) -> Competitor:
    return Competitor(user_id="me", name="Rival", url=URL, **fields)


def test_what_was_found_out_about_a_store_is_not_true_of_another() -> None:
    rival = competitor(detected_platform=Platform.SHOPIFY)

    assert not rival.move(URL, None)
    assert not rival.move(URL, Platform.SHOPIFY)
    assert (rival.built_on, rival.platform) == (Platform.SHOPIFY, Platform.CUSTOM)
    assert rival.move(f"{URL}/en", None)
    assert (rival.url, rival.built_on, rival.detected_platform) == (
        f"{URL}/en", Platform.CUSTOM, None,
    )  # fmt: skip


def test_a_store_that_is_custom_again_is_found_out_anew() -> None:
    rival = competitor(detected_platform=Platform.SHOPIFY)

    assert rival.move(URL, Platform.CUSTOM)
    assert (rival.built_on, rival.detected_platform) == (Platform.CUSTOM, None)
    assert rival.move(URL, Platform.WOOCOMMERCE)
    assert rival.built_on == Platform.WOOCOMMERCE


def test_one_is_due_from_its_moment_on() -> None:
    rival = competitor(next_scan_at=NOW)

    assert rival.is_due(NOW)
    assert not rival.is_due(NOW - timedelta(seconds=1))
    assert not competitor().is_due(NOW)


def test_pausing_takes_it_off_the_schedule_and_going_on_puts_it_back() -> None:
    rival = competitor(next_scan_at=NOW)

    rival.switch(CompetitorStatus.PAUSED, SOON)
    rival.plan_scan(NOW)
    assert rival.next_scan_at is None
    rival.switch(CompetitorStatus.ACTIVE, SOON)
    assert rival.next_scan_at == SOON
    rival.switch(CompetitorStatus.ACTIVE, NOW)
    assert rival.next_scan_at == SOON


@pytest.mark.parametrize(
    ("title", "sorted_by"),
    [
        ("Wireless Earbuds (2nd gen)", "wireless earbuds 2nd gen"),
        ("CAFÉ Crème", "cafe creme"),
        ("!!!", "!!!"),
        ("日本酒", "日本酒"),
        ("a" * 500, "a" * 200),
    ],
)
def test_titles_are_sorted_by_their_words(title, sorted_by) -> None:
    assert sort_title(title) == sorted_by
