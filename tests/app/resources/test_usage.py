from datetime import UTC, datetime, timedelta

import pytest
from support.billing import OVERVIEW, USAGE, PortalPage, subscribe
from support.keys import made, raw
from support.plans import subscribed

from domain.identity.plan import PlanTier

NOTHING_YET = {"competitors_used": 0, "products_tracked": 0}


@pytest.mark.parametrize(
    ("plan", "competitors", "products"),
    [(PlanTier.FREE, 3, 50), (PlanTier.PRO, 25, 2500), (PlanTier.ENTERPRISE, -1, -1)],
)
def test_usage_shows_what_a_plan_includes(shopper, plan, competitors, products) -> None:
    subscribed(shopper, plan)

    shown = shopper.get(USAGE).json

    limits = {"competitors_limit": competitors, "products_limit": products}
    for name, figure in (NOTHING_YET | limits | {"plan": plan}).items():
        assert shown[name] == figure


def test_api_keys_of_every_plan_may_ask(client, shopper) -> None:
    key = raw(shopper, "read")

    shown = client.get(USAGE, X_API_Key=key)

    assert shown.status_code == 200
    assert shown.json == shopper.get("/api/usage").json


def test_guests_use_nothing(client) -> None:
    assert client.get(USAGE).status_code == 401


def test_keys_that_are_good_for_something_are_counted(shopper, clock) -> None:
    made(shopper)
    made(shopper, expires_at=(clock() + timedelta(days=9)).isoformat())
    revoked = made(shopper)["id"]
    shopper.delete(f"/api/v1/api-keys/{revoked}")

    metrics = shopper.get(USAGE).json["metrics"]

    assert {"name": "api_keys", "used": 2, "limit": 100, "period": "total"} in metrics


def test_without_a_subscription_the_period_is_the_month(shopper, clock) -> None:
    shown = shopper.get(USAGE).json

    now = clock()
    start = datetime(now.year, now.month, 1, tzinfo=UTC)
    assert datetime.fromisoformat(shown["period_start"]) == start
    assert datetime.fromisoformat(shown["period_end"]).day == 1
    assert start < now < datetime.fromisoformat(shown["period_end"])


def test_with_one_the_period_is_what_is_paid_for(shopper) -> None:
    subscription = subscribe(shopper)

    shown = shopper.get(USAGE).json

    assert shown["period_start"] == subscription["current_period_start"]
    assert shown["period_end"] == subscription["current_period_end"]
    assert shown["plan"] == "pro"


def test_once_it_has_ended_the_period_is_the_month_again(shopper) -> None:
    before = shopper.get(USAGE).json
    subscribe(shopper)

    PortalPage.opened(shopper).press("end")

    assert shopper.get(USAGE).json == before


def test_the_overview_shows_the_same_usage(shopper) -> None:
    made(shopper)

    shown = shopper.get(USAGE).json
    overview = shopper.get(OVERVIEW).json

    assert overview["usage"] == {name: shown[name] for name in overview["usage"]}
