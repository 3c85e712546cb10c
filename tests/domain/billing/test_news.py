"""What is said of a subscription, in every order it may come in."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.subscriptions import (
    ENTERPRISE_PRICE,
    PLANS,
    PRO_PRICE,
    START,
    at,
    changed,
    created,
    deleted,
    failed,
    paid,
    state,
)

from domain.billing.gateway import SubscriptionChanged, SubscriptionFact, SubscriptionInvoiced
from domain.billing.models import Subscription, SubscriptionStatus
from domain.billing.news import begin, hear
from domain.billing.plans import resolve_plan_from_price_id

STATUSES = [status.value for status in SubscriptionStatus]


def heard(facts: Iterable[SubscriptionFact]) -> Subscription:
    """Begin with the first fact, and hear them all."""
    known: Subscription | None = None
    for fact in facts:
        assert fact.state is not None
        plan = resolve_plan_from_price_id(PLANS, fact.state.price_id)
        assert plan is not None
        known = known or begin("user-1", fact.state, plan, fact.at, START)
        hear(known, fact, plan)
    assert known is not None
    return known


def kept(subscription: Subscription) -> dict[str, Any]:
    """Tell how it stands, and what is to be known of that for whatever comes next."""
    told = {name: value for name, value in subscription.told().items() if name != "id"}
    return told | {"since": subscription.changed_at, "reported": subscription.reported_status}


HISTORIES = {
    "a trial that is paid for": (
        [created(1, "trialing"), paid(2), changed(9, "active", months=1), paid(10, months=1)],
        "active",
    ),
    "a first payment that comes late": (
        [created(1, "incomplete"), failed(2, guess="incomplete"), paid(5), changed(6)],
        "active",
    ),
    "a first payment that fails": (
        [created(1, "incomplete"), failed(2, guess="incomplete"), changed(3, "incomplete")],
        "incomplete",
    ),
    "a month that is paid at the second try": (
        [created(1), changed(8, "past_due", months=1), failed(9, months=1), paid(12, months=1)],
        "active",
    ),
    "months that nobody pays": (
        [created(1), failed(9, months=1), failed(12, months=1), changed(13, "unpaid", months=1)],
        "unpaid",
    ),
    "another plan, and an end": (
        [
            created(1),
            changed(4, price_id=ENTERPRISE_PRICE),
            changed(5, price_id=ENTERPRISE_PRICE, cancel_at_period_end=True),
            deleted(9, price_id=ENTERPRISE_PRICE, cancel_at_period_end=True),
        ],
        "canceled",
    ),
    "money that comes after the end": (
        [created(1), failed(5, months=1), deleted(6, months=1), paid(7, months=1)],
        "canceled",
    ),
    "an end that was not the last word": (
        [created(1), deleted(6), changed(7, "active", months=1)],
        "active",
    ),
}


@pytest.mark.parametrize(("facts", "status"), HISTORIES.values(), ids=HISTORIES)
def test_every_order_tells_the_same_story(facts, status) -> None:
    stories = [kept(heard(order)) for order in permutations(facts)]

    assert stories[0]["status"] == status
    assert all(story == stories[0] for story in stories)


@pytest.mark.parametrize(("facts", "status"), HISTORIES.values(), ids=HISTORIES)
def test_what_is_said_again_changes_nothing(facts, status) -> None:
    once = kept(heard(facts))

    for order in permutations(facts):
        assert kept(heard([*order, *order])) == once
        assert kept(heard([*order, *reversed(order)])) == once


@st.composite
def histories(draw) -> list[SubscriptionFact]:
    """Make a history up, with one fact a second; months do not pass backwards."""
    facts: list[SubscriptionFact] = []
    months = 0
    for second in range(1, draw(st.integers(2, 5))):
        months += draw(st.integers(0, 1))
        if draw(st.booleans()):
            price = draw(st.sampled_from([PRO_PRICE, ENTERPRISE_PRICE]))
            status = draw(st.sampled_from(STATUSES))
            facts.append(changed(second, status, months=months, price_id=price))
        else:
            kind = draw(st.sampled_from([paid, failed]))
            facts.append(kind(second, months=months))
    return [created(0, draw(st.sampled_from(STATUSES))), *facts]


@given(facts=histories(), data=st.data())
def test_no_history_depends_on_the_order_it_is_told_in(facts, data) -> None:
    order = data.draw(st.permutations(facts))

    assert kept(heard(order)) == kept(heard(facts))


@pytest.mark.parametrize("status", STATUSES)
def test_of_one_second_the_first_news_is_the_oldest(status) -> None:
    told = [created(1, "incomplete"), changed(1, status, cancel_at_period_end=True)]

    for order in permutations(told):
        subscription = heard(order)
        assert (subscription.status, subscription.cancel_at_period_end) == (status, True)


@pytest.mark.parametrize("status", [each for each in STATUSES if each != "canceled"])
def test_of_one_second_an_end_is_the_latest_news(status) -> None:
    for order in permutations([changed(1, status), deleted(1)]):
        assert heard(order).status == "canceled"


@pytest.mark.parametrize("status", [each for each in STATUSES if each != "incomplete"])
def test_of_one_second_nothing_goes_back_to_incomplete(status) -> None:
    for order in permutations([changed(1, status), changed(1, "incomplete")]):
        assert heard(order).status == status


@pytest.mark.parametrize("status", ["incomplete", "past_due", "unpaid"])
def test_of_one_second_a_payment_counts(status) -> None:
    for order in permutations([created(1, status), failed(1), paid(1)]):
        assert heard(order).status == "active"


PAID = {"past_due": "active", "unpaid": "active", "incomplete": "active"}
FAILED = {"active": "past_due", "trialing": "past_due"}


@pytest.mark.parametrize("status", STATUSES)
def test_an_invoice_changes_the_status_and_nothing_else(status) -> None:
    before = heard([changed(1, status)])
    asked = {"price_id": ENTERPRISE_PRICE, "trial_end": at(9), "cancel_at_period_end": True}

    after_payment = heard([changed(1, status), paid(2, **asked)])
    after_failure = heard([changed(1, status), failed(2, **asked)])

    for after, effect in ((after_payment, PAID), (after_failure, FAILED)):
        assert after.status == effect.get(status, status)
        assert after.told() | {"id": before.id, "status": status} == before.told()


def test_an_invoice_older_than_what_is_known_says_nothing() -> None:
    known = heard([changed(5, "past_due")])

    again = heard([changed(5, "past_due"), paid(4, months=3)])

    assert kept(again) == kept(known)


def test_an_invoice_tells_of_a_later_month_and_of_no_earlier_one() -> None:
    later = heard([changed(1, months=1), paid(2, months=2)])
    earlier = heard([changed(1, months=1), paid(2, months=0)])

    assert later.current_period_end == state(months=2).current_period_end
    assert earlier.current_period_end == state(months=1).current_period_end


def test_a_period_that_is_not_told_stays_as_it_was() -> None:
    nothing = {"current_period_start": None, "current_period_end": None}

    known = heard([changed(1, months=1), changed(2, "past_due", **nothing)])
    unknown = heard([changed(1, **nothing)])

    assert known.current_period_end == state(months=1).current_period_end
    assert (unknown.current_period_start, unknown.current_period_end) == (at(1), at(1))


def test_a_month_may_begin_anew_earlier_when_the_provider_says_so() -> None:
    known = heard([changed(1, months=3), paid(2, months=3), changed(3, months=1)])

    assert known.current_period_end == state(months=1).current_period_end


def test_an_invoice_says_nothing_but_what_it_knows() -> None:
    known = heard([changed(1)])

    hear(known, SubscriptionInvoiced("sub_1", False, at(2), None), None)

    assert (known.status, known.current_period_end) == ("past_due", state().current_period_end)


def test_an_end_whose_price_is_unknown_keeps_the_plan_there_was() -> None:
    known = heard([changed(1, price_id=ENTERPRISE_PRICE)])

    hear(known, deleted(2, price_id="price_gone"), None)

    assert (known.plan, known.stripe_price_id) == ("enterprise", ENTERPRISE_PRICE)
    assert (known.status, known.grants) == ("canceled", "free")


def test_moments_are_compared_by_the_second_as_the_provider_tells_them() -> None:
    precise = replace(changed(1), at=at(1) + timedelta(microseconds=999_999))

    known = heard([precise, changed(1, "past_due")])

    assert (known.status, known.changed_at) == ("past_due", at(1))


def test_what_others_are_told_is_plain_json() -> None:
    subscription = heard([changed(1, "trialing", trial_start=START, trial_end=at(60))])

    assert subscription.told() == {
        "id": subscription.id,
        "user_id": "user-1",
        "stripe_subscription_id": "sub_1",
        "stripe_price_id": PRO_PRICE,
        "plan": "pro",
        "status": "trialing",
        "current_period_start": "2026-01-01T00:00:00Z",
        "current_period_end": "2026-01-31T00:00:00Z",
        "cancel_at_period_end": False,
        "trial_start": "2026-01-01T00:00:00Z",
        "trial_end": "2026-01-01T00:01:00Z",
        "created_at": "2026-01-01T00:00:00Z",
    }


def test_whatever_ended_is_canceled_whatever_its_status_says() -> None:
    ended = SubscriptionChanged(state("active"), at(2), ended=True)

    assert heard([changed(1), ended]).status == "canceled"
