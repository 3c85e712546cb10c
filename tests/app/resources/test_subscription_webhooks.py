"""Subscriptions, as Stripe tells of them through the shop's door."""

from typing import Any

import pytest
from support.billing import current, plan_of, subscribe
from support.client import Client
from support.stripe_events import event, send
from support.subscription_events import (
    DAY,
    ENTERPRISE_PRICE,
    PRICES,
    START,
    SUBSCRIPTION,
    at,
    invoice,
    old_invoice,
    old_subscription,
    subscription,
)
from support.worker import carry_out

from app.container import assemble
from app.factory import create_app

type Json = dict[str, Any]

EVENTS = "/admin/webhook-events"
NOBODY = "nobody here has subscription sub_1"


@pytest.fixture
def settings(settings):
    return settings.model_copy(update=PRICES)


@pytest.fixture
def tell(client, shopper, carried_out):
    """Have Stripe tell of the shopper's subscription, and deal with it; return the events."""

    def tell(*told: Json) -> list[Json]:
        for each in told:
            assert send(client, each).status_code == 200
        carried_out()
        return list(told)

    return tell


@pytest.fixture
def ours(shopper) -> Json:
    """What tells Stripe who it is."""
    return {"metadata": {"user_id": shopper.user_id}}


def kept(admin: Client, told: Json) -> tuple[str, str]:
    """Tell what came of an event."""
    found = admin.get(f"{EVENTS}/{told['id']}").json
    return found["status"], found["note"]


def test_a_subscription_begins_goes_on_and_ends(shopper, admin, tell, ours) -> None:
    trial = ours | {"trial_start": START, "trial_end": START + 14 * DAY}

    (begun,) = tell(at(1, f"{SUBSCRIPTION}.created", subscription("trialing", **trial)))
    first, on_trial = current(shopper), plan_of(shopper)
    changes = ours | {"cancel_at_period_end": True}
    more = subscription(price=ENTERPRISE_PRICE, months=1, **changes)
    tell(at(2, f"{SUBSCRIPTION}.updated", more))
    second, paid = current(shopper), plan_of(shopper)
    (ended,) = tell(at(3, f"{SUBSCRIPTION}.deleted", subscription("canceled", **ours)))

    assert (on_trial, paid, plan_of(shopper)) == ("pro", "enterprise", "free")
    assert (first["status"], first["trial_end"]) == ("trialing", "2026-01-15T00:00:00Z")
    assert (first["plan"], first["cancel_at_period_end"]) == ("pro", False)
    assert second | {"plan": "enterprise", "status": "active"} == second
    assert second["current_period_end"] == "2026-03-02T00:00:00Z"
    assert (second["id"], second["cancel_at_period_end"]) == (first["id"], True)
    assert current(shopper)["status"] == "canceled"
    for told, note in ((begun, "trialing, its owner's plan pro"), (ended, "canceled, its owner's")):
        status, said = kept(admin, told)
        assert status == "PROCESSED"
        assert said.startswith(f"subscription sub_1 is {note}")


STATUSES = {
    "active": ("active", "pro"),
    "trialing": ("trialing", "pro"),
    "past_due": ("past_due", "pro"),
    "canceled": ("canceled", "free"),
    "unpaid": ("unpaid", "free"),
    "incomplete": ("incomplete", "free"),
    "incomplete_expired": ("canceled", "free"),
    "paused": ("unpaid", "free"),
}


@pytest.mark.parametrize("write", [subscription, old_subscription])
@pytest.mark.parametrize(("theirs", "shown"), STATUSES.items(), ids=STATUSES)
def test_every_status_is_shown_and_grants_what_it_does(
    shopper, tell, ours, write, theirs, shown
) -> None:
    tell(at(1, f"{SUBSCRIPTION}.updated", write(theirs, **ours)))

    assert (current(shopper)["status"], plan_of(shopper)) == shown


def test_invoices_say_whether_a_month_is_paid(shopper, tell, ours) -> None:
    tell(at(1, f"{SUBSCRIPTION}.created", subscription(**ours)))

    tell(at(2, "invoice.payment_failed", invoice(months=1)))
    failed, still = current(shopper), plan_of(shopper)
    tell(at(3, "invoice.paid", old_invoice(months=1)))

    assert (failed["status"], still) == ("past_due", "pro")
    assert current(shopper)["status"] == "active"
    assert current(shopper)["current_period_end"] == "2026-03-02T00:00:00Z"


@pytest.mark.parametrize("write", [invoice, old_invoice])
def test_an_invoice_may_be_the_first_that_is_heard_of_a_subscription(shopper, tell, write) -> None:
    tell(at(5, "invoice.paid", write(price=ENTERPRISE_PRICE, user_id=shopper.user_id)))
    guessed, plan = current(shopper), plan_of(shopper)

    tell(at(4, f"{SUBSCRIPTION}.created", subscription("trialing", price=ENTERPRISE_PRICE)))

    assert (guessed["status"], plan) == ("active", "enterprise")
    assert current(shopper)["status"] == "trialing"


def test_an_invoice_that_says_too_little_is_ignored(shopper, admin, tell, ours) -> None:
    tell(at(1, f"{SUBSCRIPTION}.created", subscription(**ours | {"id": "sub_9"})))

    (told,) = tell(at(2, "invoice.paid", invoice(lines={"data": []})))

    assert kept(admin, told) == ("IGNORED", NOBODY)


@pytest.mark.parametrize("backwards", [False, True], ids=["in order", "backwards"])
def test_in_one_second_an_end_is_the_end(shopper, tell, ours, backwards) -> None:
    events = [
        at(1, f"{SUBSCRIPTION}.created", subscription(**ours)),
        at(1, f"{SUBSCRIPTION}.updated", subscription("past_due", **ours)),
        at(1, f"{SUBSCRIPTION}.deleted", subscription("canceled", **ours)),
    ]

    tell(*(reversed(events) if backwards else events))

    assert (current(shopper)["status"], plan_of(shopper)) == ("canceled", "free")


def test_whatever_ended_is_not_revived(shopper, tell, ours) -> None:
    tell(at(3, f"{SUBSCRIPTION}.deleted", subscription("canceled", **ours)))

    tell(
        at(1, f"{SUBSCRIPTION}.created", subscription(**ours)),
        at(3, f"{SUBSCRIPTION}.updated", subscription(**ours)),
        at(5, "invoice.paid", invoice(user_id=shopper.user_id)),
    )

    assert (current(shopper)["status"], plan_of(shopper)) == ("canceled", "free")


def test_after_an_end_that_others_signed_one_may_subscribe_again(shopper, tell) -> None:
    first = subscribe(shopper)
    tell(event(f"{SUBSCRIPTION}.deleted", {"id": first["stripe_subscription_id"]}))

    ended, second = current(shopper), subscribe(shopper, "enterprise")
    tell()

    assert (ended["id"], ended["status"]) == (first["id"], "canceled")
    assert current(shopper) == second
    assert (second["status"], plan_of(shopper)) == ("active", "enterprise")


def test_an_older_end_does_not_end_what_has_gone_on(shopper, tell, ours) -> None:
    tell(at(4, f"{SUBSCRIPTION}.updated", subscription(**ours)))

    tell(at(3, f"{SUBSCRIPTION}.deleted", subscription("canceled", **ours)))

    assert (current(shopper)["status"], plan_of(shopper)) == ("active", "pro")


def test_an_unknown_price_waits_for_the_settings(
    run, client, admin, shopper, tell, ours, settings, clock
) -> None:
    (told,) = tell(at(1, f"{SUBSCRIPTION}.created", subscription(price="price_new", **ours)))
    before = kept(admin, told)

    wiser = settings.model_copy(update={"stripe_pro_price_id": "price_new"})
    shop = assemble(wiser, clock=clock)
    with Client.of(run, create_app(shop), shop) as restarted:
        rerun = admin.post(f"{EVENTS}/{told['id']}/rerun")
        run(carry_out(restarted.shop))

    assert before[0] == "FAILED"
    for hint in ("'price_new'", "STRIPE_PRO_PRICE_ID", "STRIPE_ENTERPRISE_PRICE_ID"):
        assert hint in before[1]
    assert rerun.status_code == 202
    assert kept(admin, told)[0] == "PROCESSED"
    assert (current(shopper)["plan"], plan_of(shopper)) == ("pro", "pro")


def test_where_no_price_is_told_the_plan_stays(admin, shopper, tell, ours) -> None:
    tell(at(1, f"{SUBSCRIPTION}.created", subscription(price=ENTERPRISE_PRICE, **ours)))
    before = current(shopper)

    (told,) = tell(at(2, f"{SUBSCRIPTION}.updated", {"id": "sub_1", "status": "past_due"}))

    assert kept(admin, told)[0] == "PROCESSED"
    assert current(shopper)["status"] == "past_due"
    for same in ("plan", "stripe_price_id", "current_period_start", "current_period_end"):
        assert current(shopper)[same] == before[same]


def test_what_is_about_nobody_is_ignored_and_says_so(admin, shopper, tell) -> None:
    events = tell(
        at(1, f"{SUBSCRIPTION}.created", subscription()),
        at(2, f"{SUBSCRIPTION}.updated", subscription(metadata={"user_id": "x"})),
        at(3, "invoice.paid", invoice()),
        at(4, f"{SUBSCRIPTION}.deleted", subscription("canceled", price="price_x")),
    )

    assert {kept(admin, told) for told in events} == {("IGNORED", NOBODY)}
    assert current(shopper) is None


def test_the_page_that_sold_a_plan_leaves_it_to_the_subscription(admin, shopper, tell) -> None:
    session = {"id": "cs_1", "mode": "subscription", "payment_status": "paid", "customer": "cus_1"}

    (told,) = tell(event("checkout.session.completed", session))

    elsewhere = "what becomes of a subscription is told by its own events"
    assert kept(admin, told) == ("IGNORED", elsewhere)
    assert current(shopper) is None


@pytest.mark.parametrize("about", [{}, {"id": "sub_1"}, {"id": "sub_\0", "status": "active"}])
def test_what_makes_no_sense_is_ignored(admin, shopper, tell, about) -> None:
    (told,) = tell(at(1, f"{SUBSCRIPTION}.updated", about))

    assert kept(admin, told) == ("IGNORED", f"nothing to do for {SUBSCRIPTION}.updated")


@pytest.mark.parametrize("end", [10**12, 253_402_300_799, -62_135_596_800], ids=str)
def test_moments_at_the_ends_of_time_are_kept_or_not_known(shopper, tell, ours, end) -> None:
    about = old_subscription(**ours, trial_end=end, current_period_end=end)

    tell(at(1, f"{SUBSCRIPTION}.updated", about))

    assert current(shopper)["status"] == "active"
