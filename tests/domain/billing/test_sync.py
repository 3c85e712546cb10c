"""Subscriptions and the plans that accounts have by them, as the provider tells of them."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count, permutations

import pytest
from support.subscriptions import (
    ENTERPRISE_PRICE,
    PLANS,
    PRO_PRICE,
    changed,
    created,
    deleted,
    failed,
    paid,
    state,
)

from common.logging import log
from domain.billing.gateway import SubscriptionInvoiced
from domain.billing.sync import SubscriptionSync

SETTINGS = "STRIPE_PRO_PRICE_ID or STRIPE_ENTERPRISE_PRICE_ID"


@contextmanager
def warnings() -> Iterator[list[str]]:
    """Gather what is logged that somebody should look at."""
    lines: list[str] = []
    sink = log.add(lambda message: lines.append(message.record["message"]), level="WARNING")
    try:
        yield lines
    finally:
        log.remove(sink)


@pytest.fixture
def ada(accounts) -> str:
    return accounts.open(stripe_customer_id="cus_1")


def outcomes(synced) -> list[str]:
    return [each.outcome for each in synced]


@pytest.mark.parametrize(
    ("status", "plan"),
    [
        ("active", "pro"),
        ("trialing", "pro"),
        ("past_due", "pro"),
        ("canceled", "free"),
        ("unpaid", "free"),
        ("incomplete", "free"),
    ],
)
def test_every_status_grants_a_plan_or_does_not(accounts, ada, status, plan) -> None:
    (synced,) = accounts.hear(changed(1, status))

    (known,) = accounts.subscriptions(ada)
    assert (known.status, known.plan, accounts.plan(ada)) == (status, "pro", plan)
    assert synced == ("PROCESSED", f"subscription sub_1 is {status}, its owner's plan {plan}")


STORY = [
    created(1, "incomplete"),
    paid(2),
    changed(4, "active", price_id=ENTERPRISE_PRICE),
    failed(6, months=1),
    changed(7, "past_due", months=1, price_id=ENTERPRISE_PRICE),
]


def test_every_order_ends_in_the_same_subscription_and_plan(accounts) -> None:
    numbers, ends = count(), set()
    for order in permutations(STORY):
        number = next(numbers)
        user_id = accounts.open(f"reader{number}", stripe_customer_id=f"cus_{number}")

        for fact in order:
            accounts.hear(_of(fact, f"sub_{number}", f"cus_{number}"))

        (known,) = accounts.subscriptions(user_id)
        ends.add((known.status, known.plan, known.current_period_end, accounts.plan(user_id)))
    assert ends == {("past_due", "enterprise", state(months=1).current_period_end, "enterprise")}


def _of(fact, reference: str, customer: str):
    """Tell the same of another subscription."""
    told = state(
        fact.state.status,
        price_id=fact.state.price_id,
        reference=reference,
        customer=customer,
        current_period_start=fact.state.current_period_start,
        current_period_end=fact.state.current_period_end,
    )
    if isinstance(fact, SubscriptionInvoiced):
        return SubscriptionInvoiced(reference, fact.paid, fact.at, told)
    return type(fact)(told, fact.at, fact.ended, fact.begun)


def test_what_is_said_again_changes_nothing(accounts, ada, later) -> None:
    accounts.hear(*STORY)
    (before,) = accounts.subscriptions(ada)
    later(minutes=5)

    accounts.hear(*STORY, *reversed(STORY))

    (after,) = accounts.subscriptions(ada)
    assert after.told() == before.told()
    assert (after.updated_at, accounts.plan(ada)) == (before.updated_at, "enterprise")


def test_an_end_returns_the_owner_to_free_and_nothing_older_nor_money_revives_it(
    accounts, ada
) -> None:
    accounts.hear(changed(1), deleted(5))
    ended = accounts.plan(ada)

    accounts.hear(changed(3), changed(5), paid(9))

    (known,) = accounts.subscriptions(ada)
    assert (ended, known.status, accounts.plan(ada)) == ("free", "canceled", "free")


def test_the_best_of_several_subscriptions_counts_and_somebody_is_warned(accounts, ada) -> None:
    accounts.hear(changed(1, price_id=ENTERPRISE_PRICE))

    with warnings() as lines:
        accounts.hear(changed(2, reference="sub_2"))
    both = accounts.plan(ada)
    accounts.hear(deleted(3, price_id=ENTERPRISE_PRICE))
    one = accounts.plan(ada)
    accounts.hear(deleted(4, reference="sub_2"))

    assert (both, one, accounts.plan(ada)) == ("enterprise", "pro", "free")
    assert len(accounts.subscriptions(ada)) == 2
    assert lines == [f"user {ada} has 2 subscriptions at once"]


def test_the_newest_subscription_is_listed_first(accounts, ada, later) -> None:
    for number in (1, 2, 3):
        accounts.hear(changed(number, reference=f"sub_{number}"))
        later(seconds=1)

    names = [each.stripe_subscription_id for each in accounts.subscriptions(ada)]

    assert names == ["sub_3", "sub_2", "sub_1"]


def test_a_plan_that_was_given_stays_until_its_owner_subscribes(accounts, ada) -> None:
    given = accounts.open("store", plan="enterprise", stripe_customer_id="cus_9")
    theirs = {"reference": "sub_9", "customer": "cus_9"}

    accounts.hear(changed(1), deleted(2), changed(1, reference="sub_x", customer="cus_x"))
    untouched = accounts.plan(given)
    accounts.hear(created(3, "incomplete", **theirs), failed(4, guess="incomplete", **theirs))
    unpaid = accounts.plan(given)
    accounts.hear(changed(5, "active", **theirs))

    assert (untouched, unpaid, accounts.plan(given)) == ("enterprise", "enterprise", "pro")


def test_a_first_payment_that_never_came_takes_back_what_a_guess_gave(accounts, ada) -> None:
    accounts.hear(failed(2))
    guessed = accounts.plan(ada)

    accounts.hear(created(1, "incomplete"))

    assert (guessed, accounts.plan(ada)) == ("pro", "free")


def test_a_subscription_belongs_to_whom_the_customer_is(accounts, ada) -> None:
    other = accounts.open("bob")

    accounts.hear(changed(1, user_id=other))

    assert (accounts.plan(ada), accounts.plan(other)) == ("pro", "free")
    assert accounts.user(other).stripe_customer_id is None


def test_a_user_who_is_named_becomes_the_customer(accounts) -> None:
    named = accounts.open()

    accounts.hear(changed(1, user_id=named), changed(2, reference="sub_2"))

    assert accounts.user(named).stripe_customer_id == "cus_1"
    assert len(accounts.subscriptions(named)) == 2


def test_nobody_becomes_another_customer_than_they_are(accounts, ada) -> None:
    (synced,) = accounts.hear(changed(1, customer="cus_2", user_id=ada))

    assert synced == ("IGNORED", "nobody here has subscription sub_1")
    assert accounts.user(ada).stripe_customer_id == "cus_1"
    assert (accounts.subscriptions(ada), accounts.plan(ada)) == ([], "free")


def test_a_subscription_stays_with_its_owner(accounts, ada) -> None:
    other = accounts.open("bob", stripe_customer_id="cus_2")
    accounts.hear(changed(1))

    accounts.hear(changed(2, customer="cus_2", user_id=other, price_id=ENTERPRISE_PRICE))

    assert (accounts.plan(ada), accounts.plan(other)) == ("enterprise", "free")


@pytest.mark.parametrize("named", [None, ""])
def test_what_is_about_nobody_is_ignored(accounts, ada, named) -> None:
    strange = {"customer": "cus_strange", "user_id": named}

    synced = accounts.hear(changed(1, **strange), deleted(2, **strange), paid(3, **strange))

    assert set(synced) == {("IGNORED", "nobody here has subscription sub_1")}


def test_what_somebody_pays_for_who_is_gone_is_for_people_to_end(accounts, ada) -> None:
    gone = {"customer": "cus_strange", "user_id": "1f45db0f-1d53-4bae-be11-4ae90f709313"}

    paid_for, ended = accounts.hear(changed(1, **gone), deleted(2, **gone))

    assert paid_for.outcome == "FAILED"
    assert "who is gone: cancel it at the provider" in paid_for.note
    assert ended == ("IGNORED", "nobody here has subscription sub_1")


def test_an_end_that_comes_after_an_account_was_deleted_is_ignored(accounts, ada) -> None:
    accounts.hear(changed(1))
    accounts.close(ada)

    synced = accounts.hear(
        deleted(2, user_id=ada), SubscriptionInvoiced("sub_1", True, changed(3).at, None)
    )

    assert outcomes(synced) == ["IGNORED", "IGNORED"]


def test_an_unknown_price_is_not_guessed_and_nothing_is_written(accounts, ada) -> None:
    synced = accounts.hear(
        changed(1, price_id="price_x"), paid(2, price_id="price_x"), deleted(3, price_id="price_x")
    )

    assert outcomes(synced) == ["FAILED", "FAILED", "FAILED"]
    for each in synced:
        assert "'price_x'" in each.note
        assert SETTINGS in each.note
    assert (accounts.subscriptions(ada), accounts.plan(ada)) == ([], "free")


def test_a_known_subscription_ends_whatever_its_price(accounts, ada) -> None:
    accounts.hear(changed(1))

    changes = accounts.hear(changed(2, price_id="price_x"))
    kept = accounts.plan(ada)
    ends = accounts.hear(deleted(3, price_id="price_x"))

    assert (outcomes(changes), kept) == (["FAILED"], "pro")
    assert (outcomes(ends), accounts.plan(ada)) == (["PROCESSED"], "free")


def test_old_news_of_an_unknown_price_are_no_trouble(accounts, ada) -> None:
    accounts.hear(changed(5))

    synced = accounts.hear(changed(4, price_id="price_x"), paid(6, price_id="price_x"))

    assert outcomes(synced) == ["PROCESSED", "PROCESSED"]
    assert accounts.subscriptions(ada)[0].stripe_price_id == PRO_PRICE


def test_an_invoice_that_says_too_little_waits_for_better_news(accounts, ada) -> None:
    bare = SubscriptionInvoiced("sub_1", True, changed(2).at, None)

    (unknown,) = accounts.hear(bare)
    accounts.hear(created(1, "incomplete"))
    (known,) = accounts.hear(bare)

    assert unknown == ("IGNORED", "nobody here has subscription sub_1")
    assert known == ("PROCESSED", "subscription sub_1 is active, its owner's plan pro")


def test_everything_at_once_ends_as_if_in_turn(run, accounts, ada, clock, restarted) -> None:
    elsewhere = SubscriptionSync(restarted.shop.database, PLANS, clock)
    second = [_of(fact, "sub_2", "cus_1") for fact in STORY]

    places, told = (accounts.sync, elsewhere), [*STORY, *second, *STORY]

    async def everything() -> None:
        await asyncio.gather(*(place.apply(fact) for fact in told for place in places))

    run(everything())

    known = accounts.subscriptions(ada)
    assert sorted(each.stripe_subscription_id for each in known) == ["sub_1", "sub_2"]
    assert {(each.status, each.plan) for each in known} == {("past_due", "enterprise")}
    assert accounts.plan(ada) == "enterprise"
