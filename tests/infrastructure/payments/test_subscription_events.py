"""What Stripe's events say of subscriptions, in the shapes of today and of before."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.subscription_events import (
    DAY,
    ENTERPRISE_PRICE,
    MONTH,
    PRO_PRICE,
    START,
    invoice,
    line,
    old_invoice,
    old_subscription,
    subscription,
)

from domain.billing.gateway import SubscriptionChanged, SubscriptionInvoiced, SubscriptionState
from domain.billing.models import SubscriptionStatus
from domain.payment.events import Event, Fact, ToldElsewhere
from infrastructure.payments.events import StripeEvents

type Json = dict[str, Any]

READER = StripeEvents("whsec_1")
AT = datetime(2026, 3, 1, tzinfo=UTC)
SUBSCRIPTION = "customer.subscription"
SHAPES = pytest.mark.parametrize("write", [subscription, old_subscription])
INVOICES = pytest.mark.parametrize("write", [invoice, old_invoice])


def fact(kind: str, about: object) -> Fact | None:
    return READER.fact(Event("evt_1", kind, AT, {"data": {"object": about}}))


def changed(about: object, change: str = "updated") -> SubscriptionChanged:
    told = fact(f"{SUBSCRIPTION}.{change}", about)
    assert isinstance(told, SubscriptionChanged)
    return told


def invoiced(about: object, kind: str = "invoice.paid") -> SubscriptionInvoiced:
    told = fact(kind, about)
    assert isinstance(told, SubscriptionInvoiced)
    return told


def moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


ACTIVE = SubscriptionState(
    reference="sub_1",
    customer="cus_1",
    price_id=PRO_PRICE,
    status=SubscriptionStatus.ACTIVE,
    current_period_start=moment(START),
    current_period_end=moment(START + MONTH),
    cancel_at_period_end=False,
    trial_start=None,
    trial_end=None,
    user_id=None,
)


@SHAPES
def test_a_subscription_is_read_as_it_stands(write) -> None:
    assert changed(write()) == SubscriptionChanged(ACTIVE, AT)


@SHAPES
def test_a_trial_an_end_and_our_own_user_are_told(write) -> None:
    about = write(
        "trialing",
        price=ENTERPRISE_PRICE,
        cancel_at_period_end=True,
        trial_start=START,
        trial_end=START + 14 * DAY,
        metadata={"user_id": "user-1"},
    )

    assert changed(about, "created") == SubscriptionChanged(
        replace(
            ACTIVE,
            price_id=ENTERPRISE_PRICE,
            status=SubscriptionStatus.TRIALING,
            cancel_at_period_end=True,
            trial_start=moment(START),
            trial_end=moment(START + 14 * DAY),
            user_id="user-1",
        ),
        AT,
        begun=True,
    )


STATUSES = {status.value: status for status in SubscriptionStatus} | {
    "incomplete_expired": SubscriptionStatus.CANCELED,
    "paused": SubscriptionStatus.UNPAID,
}


@SHAPES
@pytest.mark.parametrize(("theirs", "ours"), STATUSES.items())
def test_every_status_of_stripes_is_one_of_ours(write, theirs, ours) -> None:
    assert changed(write(theirs)).state.status is ours


@pytest.mark.parametrize("change", ["paused", "resumed", "trial_will_end"])
def test_whatever_tells_of_a_subscription_tells_how_it_stands(change) -> None:
    assert changed(subscription(), change) == SubscriptionChanged(ACTIVE, AT)


@pytest.mark.parametrize("status", ["canceled", "active", "unheard_of", None])
def test_what_was_deleted_is_canceled_whatever_its_status_says(status) -> None:
    told = changed(subscription(status), "deleted")

    assert (told.state.status, told.ended) == (SubscriptionStatus.CANCELED, True)


ENDS = [
    ({"cancel_at_period_end": True}, True),
    ({"cancel_at": START + MONTH}, True),
    ({"cancel_at": START + DAY}, True),
    ({"cancel_at": START + 2 * MONTH}, False),
    ({"cancel_at": None}, False),
    ({"cancel_at_period_end": "yes", "cancel_at": "soon"}, False),
]


@pytest.mark.parametrize(("told", "ends"), ENDS, ids=str)
def test_an_end_with_the_period_is_told_by_a_date_or_by_a_flag(told, ends) -> None:
    assert changed(subscription(**told)).state.cancel_at_period_end is ends


def test_things_may_stand_there_whole() -> None:
    about = subscription(customer={"id": "cus_1", "object": "customer"})

    assert changed(about).state == ACTIVE


def test_of_several_items_the_first_with_a_price_counts() -> None:
    about = subscription()
    (item,) = about["items"]["data"]
    other = {"id": "si_2", "price": {"id": "price_of_seats"}}

    about["items"]["data"] = ["si_0", {"id": "si_1"}, item, other]

    assert changed(about).state == ACTIVE


NO_PERIOD = [
    {"current_period_end": None},
    {"current_period_start": "today"},
    {"current_period_end": START - 1},
    {"current_period_end": 10**30, "current_period_start": -(10**30)},
    {"current_period_end": True},
]


@pytest.mark.parametrize("period", NO_PERIOD, ids=str)
def test_a_period_that_makes_no_sense_is_not_known(period) -> None:
    state = changed(old_subscription(**period)).state

    assert (state.current_period_start, state.current_period_end) == (None, None)


def test_what_is_missing_is_not_known() -> None:
    bare = {"id": "sub_1", "status": "active"}

    assert changed(bare).state == replace(
        ACTIVE, customer="", price_id="", current_period_start=None, current_period_end=None
    )


@pytest.mark.parametrize("status", [None, "", "unheard_of", 1, ["active"], {"id": "active"}])
def test_a_status_nobody_knows_says_nothing(status) -> None:
    assert fact(f"{SUBSCRIPTION}.updated", subscription(status)) is None


@INVOICES
def test_an_invoice_that_is_paid_tells_what_to_begin_with(write) -> None:
    told = invoiced(write(user_id="user-1"))

    assert told == SubscriptionInvoiced("sub_1", True, AT, replace(ACTIVE, user_id="user-1"))


REASONS = {
    "subscription_cycle": "past_due",
    "subscription_update": "past_due",
    "subscription_threshold": "past_due",
    "subscription_create": "incomplete",
    None: "incomplete",
}


@INVOICES
@pytest.mark.parametrize(("reason", "status"), REASONS.items())
def test_only_what_goes_on_is_past_due_when_an_invoice_fails(write, reason, status) -> None:
    told = invoiced(write(billing_reason=reason), "invoice.payment_failed")

    assert told.paid is False
    assert told.state == replace(ACTIVE, status=SubscriptionStatus(status))


@INVOICES
def test_an_invoice_for_something_else_means_nothing(write) -> None:
    alone = {"subscription": None, "parent": None, "lines": {"data": []}}

    assert fact("invoice.paid", write(**alone)) is None
    assert fact("invoice.paid", write(billing_reason="manual")) is None
    assert fact("invoice.finalized", write()) is None


def test_the_lines_may_be_all_that_names_the_subscription() -> None:
    assert invoiced(invoice(parent=None)).reference == "sub_1"
    assert invoiced(old_invoice(subscription=None)).reference == "sub_1"
    assert invoiced(old_invoice(subscription={"id": "sub_2"})).reference == "sub_2"


def test_of_several_lines_the_one_that_goes_on_counts() -> None:
    lines = [
        line(PRO_PRICE, -1, amount=-1450, proration=True),
        line(ENTERPRISE_PRICE, 2, amount=4950, proration=True),
        line("price_of_before", 0),
        line(ENTERPRISE_PRICE, 1, amount=9900),
        {"id": "il_9", "amount": 10**9, "pricing": None},
    ]

    told = invoiced(invoice(lines={"data": lines}))

    assert told.state == replace(
        ACTIVE,
        price_id=ENTERPRISE_PRICE,
        current_period_start=moment(START + MONTH),
        current_period_end=moment(START + 2 * MONTH),
    )


@pytest.mark.parametrize("lines", [None, [], {"data": None}, {"data": [{"id": "il_1"}, "x"]}])
def test_an_invoice_without_a_price_tells_that_it_was_paid(lines) -> None:
    assert invoiced(invoice(lines=lines)) == SubscriptionInvoiced("sub_1", True, AT, None)


@pytest.mark.parametrize("end", ["completed", "expired", "async_payment_succeeded"])
def test_the_page_that_sells_a_plan_says_nothing_of_its_own(end) -> None:
    session = {"id": "cs_1", "mode": "subscription", "payment_status": "paid"}

    told = fact(f"checkout.session.{end}", session)

    assert told == ToldElsewhere("what becomes of a subscription is told by its own events")


KINDS = [
    *(f"{SUBSCRIPTION}.{change}" for change in ("created", "updated", "deleted", "paused")),
    "invoice.paid",
    "invoice.payment_failed",
]
NUMBERS = st.integers() | st.integers(-(2**40), 2**40) | st.floats()
LEAVES = st.none() | st.booleans() | NUMBERS | st.text(max_size=3) | st.text(min_size=501)
THINGS = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
)


@st.composite
def spoilt(draw) -> Json:
    """Write a good object, and put anything in some places of it."""
    write = draw(st.sampled_from([subscription, old_subscription, invoice, old_invoice]))
    about = write()
    for _ in range(draw(st.integers(1, 4))):
        place: Any = about
        while True:
            name = draw(st.sampled_from(sorted(place) if isinstance(place, dict) else [0]))
            inner = place[name]
            if not inner or not isinstance(inner, dict | list) or draw(st.booleans()):
                place[name] = draw(THINGS)
                break
            place = inner
    return about


@given(kind=st.sampled_from(KINDS), about=spoilt() | THINGS)
def test_no_event_whatever_its_fields_makes_us_fall_over(kind, about) -> None:
    told = fact(kind, about)

    assert told is None or isinstance(told, SubscriptionChanged | SubscriptionInvoiced)
    if told and told.state:
        names = (told.state.reference, told.state.customer, told.state.price_id)
        assert all(len(name) <= 500 and "\0" not in name for name in names)
