"""What becomes of subscriptions while time passes."""

import pytest
from support.billing import CHECKOUT, OVERVIEW, PortalPage, back, current, plan_of, subscribe, sweep
from support.keys import raw


@pytest.fixture
def month_later(shopper, later):
    """Let a month and a day pass, and have the shop notice."""

    def pass_month():
        later(days=32)
        again = back(shopper)
        sweep(again)
        return again

    return pass_month


def test_who_never_subscribed_has_none(shopper) -> None:
    shown = shopper.get("/api/v1/billing/current")

    assert (shown.status_code, shown.text) == (200, "null")
    assert shown.headers["content-type"] == "application/json"


def test_everything_that_is_known_of_a_subscription_is_shown(shopper) -> None:
    assert set(subscribe(shopper)) == {
        "id", "user_id", "stripe_subscription_id", "stripe_price_id", "plan", "status",
        "current_period_start", "current_period_end", "cancel_at_period_end",
        "trial_start", "trial_end", "created_at", "updated_at",
    }  # fmt: skip


def test_nobody_sees_anybody_elses(client, shopper) -> None:
    subscribe(shopper)

    assert current(client.as_shopper()) is None


def test_a_trial_becomes_a_subscription_that_is_paid_for(shopper, later) -> None:
    trial = subscribe(shopper)
    later(days=14)
    shopper = back(shopper)
    before = current(shopper)["status"]

    sweep(shopper)

    paid = current(shopper)
    assert (before, paid["status"], plan_of(shopper)) == ("trialing", "active", "pro")
    assert paid["current_period_start"] == trial["trial_end"] == paid["trial_end"]
    assert paid["id"] == trial["id"]


def test_it_goes_on_from_month_to_month(shopper, month_later) -> None:
    subscribe(shopper)

    periods = [current(month_later()) for _ in range(4)]

    ends = [each["current_period_end"] for each in periods]
    assert {each["status"] for each in periods} == {"active"}
    assert ends == sorted(set(ends))
    assert len({end[8:] for end in ends}) == 1  # the same day and time of every month


def test_a_shop_that_slept_for_long_finds_the_running_period(shopper, later, clock) -> None:
    subscribe(shopper)
    later(days=400)
    shopper = back(shopper)

    sweep(shopper)

    subscription = current(shopper)
    now = clock().isoformat()
    assert subscription["current_period_start"] <= now < subscription["current_period_end"]


def test_canceled_at_the_end_it_goes_on_until_then_and_no_longer(shopper, later) -> None:
    subscribe(shopper)
    PortalPage.opened(shopper).press("cancel")
    meanwhile, plan = current(shopper), plan_of(shopper)
    later(days=15)
    shopper = back(shopper)

    sweep(shopper)

    assert (meanwhile["status"], meanwhile["cancel_at_period_end"], plan) == (
        "trialing", True, "pro",
    )  # fmt: skip
    assert (current(shopper)["status"], plan_of(shopper)) == ("canceled", "free")


def test_what_was_kept_after_all_goes_on(shopper, month_later) -> None:
    subscribe(shopper)
    PortalPage.opened(shopper).press("cancel")
    PortalPage.opened(shopper).press("keep")

    shopper = month_later()

    subscription = current(shopper)
    assert (subscription["status"], subscription["cancel_at_period_end"]) == ("active", False)
    assert plan_of(shopper) == "pro"


def test_canceled_at_once_the_plan_is_gone_at_once(client, shopper) -> None:
    subscribe(shopper)
    key = raw(shopper, "read")

    PortalPage.opened(shopper).press("end")

    assert (current(shopper)["status"], plan_of(shopper)) == ("canceled", "free")
    assert client.get("/orders/me", X_API_Key=key).status_code == 403


def test_a_failed_payment_leaves_the_plan_for_a_while(shopper, later) -> None:
    subscribe(shopper)
    PortalPage.opened(shopper).press("fail")
    overdue, plan = current(shopper)["status"], plan_of(shopper)
    later(days=32)
    shopper = back(shopper)

    sweep(shopper)

    assert (overdue, plan) == ("past_due", "pro")
    assert (current(shopper)["status"], plan_of(shopper)) == ("unpaid", "free")
    assert shopper.post(CHECKOUT, {"plan": "pro"}).json["error"] == "already_subscribed"


def test_what_is_paid_late_goes_on_from_then(shopper, month_later, clock) -> None:
    subscribe(shopper)
    PortalPage.opened(shopper).press("fail")
    shopper = month_later()

    PortalPage.opened(shopper).press("pay")

    paid = current(shopper)
    assert (paid["status"], plan_of(shopper)) == ("active", "pro")
    assert paid["current_period_start"][:16] == clock().isoformat()[:16]


def test_another_plan_takes_the_place_of_the_first(shopper) -> None:
    first = subscribe(shopper)

    PortalPage.opened(shopper).press("switch", price="mock_price_enterprise")

    now = current(shopper)
    assert (now["plan"], plan_of(shopper)) == ("enterprise", "enterprise")
    assert (now["id"], now["status"]) == (first["id"], "trialing")


def test_the_second_subscription_has_no_trial(shopper) -> None:
    subscribe(shopper)
    PortalPage.opened(shopper).press("end")

    second = subscribe(shopper, "enterprise")

    assert (second["status"], second["plan"], plan_of(shopper)) == (
        "active", "enterprise", "enterprise",
    )  # fmt: skip
    assert second["trial_start"] is second["trial_end"] is None


def test_the_live_one_goes_before_one_that_has_ended(shopper) -> None:
    first = subscribe(shopper)
    PortalPage.opened(shopper).press("end")
    ended = current(shopper)

    second = subscribe(shopper)

    assert ended["id"] == first["id"] != second["id"]
    assert current(shopper) == second


def test_a_key_of_long_ago_brings_a_new_subscription(shopper, later) -> None:
    wish = {"plan": "pro"}
    first = shopper.post(CHECKOUT, wish, Idempotency_Key="k1").json["session_id"]
    PortalPage.opened(shopper).press("end")
    later(hours=25)
    shopper = back(shopper)

    again = shopper.post(CHECKOUT, wish, Idempotency_Key="k1")

    assert again.status_code == 201
    assert again.json["session_id"] != first
    assert (current(shopper)["status"], plan_of(shopper)) == ("active", "pro")


def test_the_overview_has_it_all_on_one_page(shopper) -> None:
    before = shopper.get(OVERVIEW).json

    subscription = subscribe(shopper)

    after = shopper.get(OVERVIEW).json
    assert (before["current_plan"], before["plan_name"]) == ("free", "Free")
    assert before["subscription"] is None
    assert (after["current_plan"], after["plan_name"]) == ("pro", "Pro")
    assert after["subscription"] == subscription
    assert set(after["usage"]) == {"plan", "period_start", "period_end", "metrics"}


def test_an_account_with_a_subscription_is_not_deleted(admin, shopper) -> None:
    subscribe(shopper)
    path = f"/users/{shopper.user_id}"
    refused = [each.delete(path) for each in (shopper, admin)]

    PortalPage.opened(shopper).press("end")

    assert [(each.status_code, each.json["error"]) for each in refused] == [
        (409, "user_has_subscription")
    ] * 2
    assert shopper.delete(path).status_code == 204
