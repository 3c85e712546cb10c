from datetime import datetime, timedelta

import pytest
from standardwebhooks import Webhook
from support.loopback import Answer
from support.receiver import ENDPOINTS, Receiver, allowing, deliveries, listen, look
from support.shopping import place

from domain.webhook_endpoint.models import PAUSES


@pytest.fixture
def settings(settings):
    return allowing(settings, "127.0.0.1")


@pytest.fixture
def book(admin):
    return admin.product(price_cents=1999)


def test_an_event_arrives_as_the_standard_has_it(
    admin, shopper, receiver, endpoint, book, carried_out
) -> None:
    order = place(shopper, book, 2).json

    carried_out()

    (asked,) = receiver.got
    told = Webhook(endpoint["secret"]).verify(asked.body, dict(asked.headers))
    assert (asked.method, asked.headers["content-type"]) == ("POST", "application/json")
    assert asked.headers["user-agent"].startswith("Peregrine/")
    assert (told["type"], told["id"]) == ("order.created", asked.headers["webhook-id"])
    assert told["timestamp"].endswith("Z")
    shared = told["data"].keys() & order.keys()
    assert {name: told["data"][name] for name in shared - {"items"}} == {
        name: order[name] for name in shared - {"items"}
    }
    assert (told["data"]["total"], told["data"]["total_cents"]) == (39.98, 3998)
    assert "shipping_address" not in told["data"]


def test_a_delivery_shows_what_came_of_it(admin, receiver, delivery, carried_out) -> None:
    before = look(admin, delivery)

    carried_out()

    after = look(admin, delivery)
    assert (before["status"], before["attempts"], before["attempted_at"]) == ("PENDING", 0, None)
    assert (after["status"], after["attempts"], after["response_status"]) == ("DELIVERED", 1, 204)
    assert after["delivered_at"] == after["attempted_at"]
    assert after["payload"] == receiver.told[0]
    assert after["event_type"] == "order.created"


def test_what_fails_is_tried_again_at_growing_pauses_under_the_same_id(
    admin, receiver, delivery, carried_out, later
) -> None:
    receiver.fails(500, 404)

    carried_out()
    carried_out()
    failed_once = look(admin, delivery)
    later(seconds=6)
    carried_out()
    failed_twice = look(admin, delivery)
    later(minutes=6)
    carried_out()

    waits = [
        datetime.fromisoformat(each["next_attempt_at"])
        - datetime.fromisoformat(each["attempted_at"])
        for each in (failed_once, failed_twice)
    ]
    assert (failed_once["attempts"], failed_once["note"]) == (1, "it answered 500")
    assert (failed_twice["attempts"], failed_twice["response_status"]) == (2, 404)
    for wait, pause in zip(waits, PAUSES, strict=False):
        assert pause <= wait <= pause * 1.1
    assert look(admin, delivery)["status"] == "DELIVERED"
    assert len({asked.headers["webhook-id"] for asked in receiver.got}) == 1
    assert len({asked.headers["webhook-timestamp"] for asked in receiver.got}) == 3


def test_after_more_than_a_day_a_delivery_is_given_up(
    client, receiver, delivery, carried_out, later
) -> None:
    receiver.fails(*[503] * 20)

    for _ in range(20):
        carried_out()
        later(hours=16)

    given_up = look(client.as_admin(), delivery)
    assert (given_up["status"], given_up["next_attempt_at"]) == ("FAILED", None)
    assert given_up["attempts"] == len(receiver.got) == 1 + len(PAUSES)
    assert sum(PAUSES, timedelta()) > timedelta(days=1)


def test_a_receiver_is_left_alone_as_long_as_it_asks(
    admin, receiver, delivery, carried_out, later
) -> None:
    receiver.fails(429, Retry_After="3600")

    carried_out()
    later(minutes=50)
    carried_out()
    too_early = len(receiver.got)
    later(minutes=20)
    carried_out()

    assert (too_early, len(receiver.got)) == (1, 2)


def test_a_receiver_that_is_gone_is_told_no_more(
    admin, shopper, receiver, endpoint, book, carried_out, later
) -> None:
    place(shopper, book)
    receiver.fails(410)

    carried_out()
    place(shopper, book)
    later(hours=1)
    carried_out()

    assert admin.get(f"{ENDPOINTS}/{endpoint['id']}").json["is_active"] is False
    (delivery,) = deliveries(admin, endpoint)
    assert (delivery["status"], delivery["response_status"]) == ("FAILED", 410)
    assert len(receiver.got) == 1


def test_what_is_on_its_way_ends_when_its_endpoint_is_switched_off(
    admin, receiver, endpoint, delivery, carried_out
) -> None:
    admin.patch(f"{ENDPOINTS}/{endpoint['id']}", {"is_active": False})

    carried_out()

    ended = look(admin, delivery)
    assert (ended["status"], ended["note"]) == ("FAILED", "the endpoint is switched off")
    assert receiver.got == []


def test_what_is_on_its_way_ends_when_its_endpoint_is_deleted(
    admin, receiver, endpoint, delivery, carried_out
) -> None:
    admin.delete(f"{ENDPOINTS}/{endpoint['id']}")

    carried_out()

    assert admin.get(f"/admin/deliveries/{delivery['id']}").status_code == 404
    assert receiver.got == []


def test_a_changed_address_gets_what_is_on_its_way(
    run, admin, receiver, endpoint, delivery, carried_out, later
) -> None:
    receiver.fails(500)
    carried_out()
    later(seconds=10)

    with Receiver().opened(run) as elsewhere:
        admin.patch(f"{ENDPOINTS}/{endpoint['id']}", {"url": f"{elsewhere.url}/new?a=b"})
        carried_out()

    assert [(asked.path, asked.query) for asked in elsewhere.got] == [("/new", "a=b")]
    assert len(receiver.got) == 1


def test_a_huge_answer_is_not_read(admin, receiver, delivery, carried_out) -> None:
    receiver.answers = [Answer(200, b"x" * 20_000_000)]

    carried_out()

    assert look(admin, delivery)["status"] == "DELIVERED"


def test_a_redirect_is_no_delivery_and_is_not_followed(
    run, admin, receiver, delivery, carried_out
) -> None:
    with Receiver().opened(run) as elsewhere:
        receiver.fails(307, Location=elsewhere.url)
        carried_out()

    assert look(admin, delivery)["note"] == "it answered 307"
    assert elsewhere.got == []


def test_an_address_where_nobody_listens_is_tried_again(
    run, admin, shopper, book, carried_out
) -> None:
    with Receiver().opened(run) as closed:
        endpoint = listen(admin, closed.url)
    place(shopper, book)

    carried_out()

    (delivery,) = deliveries(admin, endpoint)
    assert (delivery["status"], delivery["response_status"]) == ("PENDING", None)
    assert delivery["note"]
