"""Who may have alerts, and how many."""

import pytest
from support.plans import subscribed
from support.watching import ALERTS, alert_on

from domain.alert.models import Alert
from domain.alert.service import MOST_ALERTS
from domain.identity.plan import PlanTier


@pytest.fixture
def owner(client):
    return subscribed(client.as_shopper())


def test_the_free_plan_has_no_alerts(client) -> None:
    refused = client.as_shopper().post(ALERTS, {"alert_type": "price_drop"})

    assert (refused.status_code, refused.json["error"]) == (403, "plan_limit_exceeded")


def test_administrators_need_no_plan_for_alerts(admin) -> None:
    assert alert_on(admin)["is_active"] is True


def test_who_goes_back_to_the_free_plan_keeps_alerts_but_switches_none_on(owner) -> None:
    on, off = alert_on(owner), alert_on(owner)
    owner.patch(f"{ALERTS}/{off['id']}", {"is_active": False})
    subscribed(owner, PlanTier.FREE)

    refused = owner.patch(f"{ALERTS}/{off['id']}", {"is_active": True})

    assert (refused.status_code, refused.json["error"]) == (403, "plan_limit_exceeded")
    assert owner.get(ALERTS).json["total"] == 2
    assert owner.patch(f"{ALERTS}/{on['id']}", {"threshold": 5}).json["threshold"] == 5
    assert owner.patch(f"{ALERTS}/{on['id']}", {"is_active": False}).json["is_active"] is False
    assert owner.delete(f"{ALERTS}/{off['id']}").status_code == 204


def test_there_is_an_end_to_how_many_one_may_have(run, owner) -> None:
    async def unit(tx) -> None:
        for _ in range(MOST_ALERTS - 1):
            tx.alerts.add(Alert(user_id=owner.user_id, alert_type="price_drop"))

    run(owner.shop.database.write(unit))

    last = alert_on(owner)
    refused = owner.post(ALERTS, {"alert_type": "price_drop"})

    assert (refused.status_code, refused.json["error"]) == (409, "too_many_alerts")
    owner.delete(f"{ALERTS}/{last['id']}")
    alert_on(owner)


def test_a_repeated_request_sets_one_alert(owner) -> None:
    first, again = (
        owner.post(ALERTS, {"alert_type": "price_drop"}, Idempotency_Key="alert-1")
        for _ in range(2)
    )

    assert first.json == again.json
    assert owner.get(ALERTS).json["total"] == 1
