import json

import pytest
from standardwebhooks import Webhook
from support.receiver import ENDPOINTS, allowing, deliveries, listen, look, signed_by
from support.shopping import buy

UNKNOWN = "3f2c8a52-0d5b-4b8c-9f57-7b1b4ad0c111"


@pytest.fixture
def settings(settings):
    return allowing(settings, "127.0.0.1")


@pytest.fixture
def book(admin):
    return admin.product(price_cents=1999)


def test_an_event_can_be_delivered_again_by_hand(
    admin, receiver, delivery, carried_out, later
) -> None:
    carried_out()

    asked = [admin.post(f"/admin/deliveries/{delivery['id']}/redeliver") for _ in range(2)]
    done = carried_out()

    assert [each.status_code for each in asked] == [202, 202]
    assert (asked[0].json["status"], asked[0].json["reruns"]) == ("PENDING", 1)
    assert done == [f"delivery:{delivery['id']}:{number}" for number in (1, 2)]
    assert receiver.got[0].body == receiver.got[1].body
    assert len(receiver.got) == 2
    again = look(admin, delivery)
    assert (again["status"], again["attempts"], again["reruns"]) == ("DELIVERED", 1, 2)


def test_redelivery_does_not_wait_for_the_next_attempt_and_takes_its_place(
    admin, receiver, delivery, carried_out, later
) -> None:
    receiver.fails(500)
    carried_out()

    admin.post(f"/admin/deliveries/{delivery['id']}/redeliver")
    carried_out()
    later(hours=1)
    carried_out()

    assert len(receiver.got) == 2
    assert look(admin, delivery)["status"] == "DELIVERED"


def test_nothing_is_redelivered_to_an_endpoint_that_is_switched_off(
    admin, endpoint, delivery, carried_out
) -> None:
    admin.patch(f"{ENDPOINTS}/{endpoint['id']}", {"is_active": False})
    carried_out()

    refused = admin.post(f"/admin/deliveries/{delivery['id']}/redeliver")

    assert (refused.status_code, refused.json["error"]) == (409, "webhook_endpoint_inactive")


def test_a_new_secret_signs_beside_the_old_one_for_a_day(
    client, admin, receiver, endpoint, carried_out, later
) -> None:
    path = f"{ENDPOINTS}/{endpoint['id']}"
    rotated = admin.post(f"{path}/rotate-secret").json
    secrets = [rotated["secret"], endpoint["secret"]]

    for hours in (0, 23, 2):
        later(hours=hours)
        client.as_admin().post(f"{path}/test")
        carried_out()

    assert rotated["previous_expires_at"] > rotated["updated_at"]
    signed = [[signed_by(asked, secret) for secret in secrets] for asked in receiver.got]
    assert signed == [[True, True], [True, True], [True, False]]
    for secret in secrets:
        Webhook(secret).verify(receiver.got[0].body, dict(receiver.got[0].headers))


def test_a_test_says_nothing_and_goes_to_one_endpoint(
    run, admin, receiver, endpoint, carried_out
) -> None:
    other = listen(admin, receiver.url)

    asked = admin.post(f"{ENDPOINTS}/{endpoint['id']}/test")
    carried_out()

    assert (asked.status_code, asked.json["event_type"]) == (202, "webhook.test")
    assert [each["data"] for each in receiver.told] == [{"endpoint_id": endpoint["id"]}]
    assert deliveries(admin, other) == []


def test_deliveries_are_listed_by_status(
    admin, shopper, receiver, endpoint, book, carried_out
) -> None:
    buy(shopper, book)
    receiver.fails(500)
    carried_out()

    pending = deliveries(admin, endpoint, "?status=PENDING")
    delivered = deliveries(admin, endpoint, "?status=DELIVERED&per_page=1")

    assert [each["event_type"] for each in pending] == ["order.created"]
    assert [each["event_type"] for each in delivered] == ["order.paid"]
    unknown = admin.get(f"{ENDPOINTS}/{UNKNOWN}/deliveries")
    assert (unknown.status_code, unknown.json["error"]) == (404, "webhook_endpoint_not_found")


def test_events_of_a_month_ago_are_forgotten_with_their_deliveries(
    run, client, shop, endpoint, delivery, carried_out, later
) -> None:
    carried_out()
    later(days=29)
    early = run(shop.webhook_endpoints.deliveries.forget())

    later(days=2)
    forgotten = run(shop.webhook_endpoints.deliveries.forget())

    assert (early, forgotten) == (0, 1)
    assert deliveries(client.as_admin(), endpoint) == []


def test_no_secret_is_in_the_jobs_or_in_what_is_shown(admin, endpoint, delivery) -> None:
    shown = [admin.get("/admin/workflows").json, look(admin, delivery), admin.get(ENDPOINTS).json]

    assert endpoint["secret"] not in json.dumps(shown)
