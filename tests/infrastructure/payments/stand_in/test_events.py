import json

import falcon.asgi
import pytest
import stripe
from support.stand_in import books, intent_of

from common.clock import utc_now
from infrastructure.payments.stand_in.events import (
    WEBHOOK,
    EventNotTaken,
    StandInEvents,
    signature,
)

SECRET = "whsec_of_the_tests"


class Door:
    """A shop's door for webhooks, which keeps what comes in."""

    def __init__(self, status: str) -> None:
        self.status = status
        self.came: list[tuple[bytes, str]] = []

    async def on_post(self, req, resp) -> None:
        self.came.append((await req.stream.read(), req.get_header("Stripe-Signature")))
        resp.status = self.status


@pytest.fixture
def delivery(database):
    """Events, and a door of a given status that they are delivered to."""

    def delivered_to(status: str = "200 OK") -> tuple[StandInEvents, Door]:
        events, door, app = StandInEvents(database, SECRET), Door(status), falcon.asgi.App()
        app.add_route(WEBHOOK, door)
        events.connect(app)
        return events, door

    return delivered_to


@pytest.fixture
def event(run, stand_in, cashier, database):
    opened = run(stand_in.open(intent_of(metadata={"note": "Prosit 🥂"})))
    run(cashier.confirm(opened.reference, opened.client_secret, "pm_card_visa"))
    return books(run, database, "event")[0]


def test_an_event_arrives_as_it_was_written_and_signed(run, delivery, event) -> None:
    events, door = delivery()

    run(events.deliver(event["id"]))

    ((payload, signed),) = door.came
    assert json.loads(payload) == event
    assert stripe.Webhook.construct_event(payload, signed, SECRET).id == event["id"]


def test_another_secret_does_not_open_it(run, delivery, event) -> None:
    events, door = delivery()
    run(events.deliver(event["id"]))

    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(*door.came[0], "whsec_of_somebody_else")


def test_a_repeat_brings_the_same_event(run, delivery, event) -> None:
    events, door = delivery()

    for _ in range(2):
        run(events.deliver(event["id"]))

    assert [json.loads(payload) for payload, _ in door.came] == [event, event]


@pytest.mark.parametrize(
    "status", ["400 Bad Request", "404 Not Found", "429 Too Many", "500 Oh", "303 See Other"]
)
def test_an_event_that_is_not_taken_has_to_be_sent_again(run, delivery, event, status) -> None:
    events, door = delivery(status)

    with pytest.raises(EventNotTaken, match=status[:3]):
        run(events.deliver(event["id"]))

    door.status = "200 OK"
    run(events.deliver(event["id"]))
    assert len(door.came) == 2


def test_an_unknown_event_is_not_delivered(run, delivery) -> None:
    events, door = delivery()

    with pytest.raises(EventNotTaken, match="no event"):
        run(events.deliver("evt_test_unknown"))

    assert door.came == []


def test_nothing_is_delivered_before_there_is_an_application(run, database, event) -> None:
    with pytest.raises(EventNotTaken, match="no application"):
        run(StandInEvents(database, SECRET).deliver(event["id"]))


def test_we_sign_as_the_sdk_does() -> None:
    now = int(utc_now().timestamp())

    ours = signature('{"a": "ü"}'.encode(), SECRET, now)

    assert ours == stripe.WebhookSignature.generate_signature_header('{"a": "ü"}', SECRET, now)


def test_the_shop_takes_what_is_delivered_to_it(run, client, admin, event) -> None:
    events = client.shop.payments.stand_in.events

    for _ in range(2):
        run(events.deliver(event["id"]))

    (received,) = admin.get("/admin/webhook-events").json["items"]
    assert (received["id"], received["type"]) == (event["id"], "payment_intent.succeeded")
    assert received["deliveries"] == 2
