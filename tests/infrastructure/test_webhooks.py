import json

import pytest
from standardwebhooks import Webhook
from support.receiver import Receiver

from common.clock import utc_now
from domain.webhook_endpoint.models import PlatformEvent
from domain.webhook_endpoint.ports import Undelivered
from infrastructure.http import Outbound
from infrastructure.jwt.sealing import Sealer
from infrastructure.reachable import Allowed
from infrastructure.webhooks import StandardWebhooks

SEALER = Sealer("the shop's secret")
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # the example of the standard's own tests
SEALED = SEALER.seal(SECRET.encode()).decode()
EVENT = PlatformEvent(type="order.paid", data={"title": "Ça alors ☕", "total": 19.99})


@pytest.fixture
def deliver(run, receiver: Receiver):
    outbound = Outbound(Allowed.of(["127.0.0.1"]))

    def deliver(secrets: list[str], sealer: Sealer = SEALER):
        courier = StandardWebhooks(outbound, sealer)
        return run(courier.deliver(EVENT, receiver.url, secrets, utc_now()))

    yield deliver
    run(outbound.close())


def test_what_is_sent_is_what_is_signed(deliver, receiver) -> None:
    answer = deliver([SEALED])

    (asked,) = receiver.got
    told = Webhook(SECRET).verify(asked.body, dict(asked.headers))
    assert answer.status == 204
    assert told == json.loads(asked.body)
    assert (told["type"], told["data"]) == ("order.paid", EVENT.data)
    assert asked.headers["webhook-id"] == EVENT.id


def test_a_secret_sealed_under_another_key_is_a_failure_that_says_so(deliver, receiver) -> None:
    with pytest.raises(Undelivered, match="rotate it"):
        deliver([SEALED], Sealer("another secret"))

    assert receiver.got == []


@pytest.mark.parametrize(("header", "seconds"), [("120", 120), ("soon", 0), ("-5", 0), ("", 0)])
def test_a_wish_to_be_left_alone_is_read_if_it_is_one(deliver, receiver, header, seconds) -> None:
    receiver.fails(429, Retry_After=header)

    assert deliver([SEALED]).wait.total_seconds() == seconds
