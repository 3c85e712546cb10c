from datetime import timedelta

import pytest

from common.clock import utc_now
from domain.webhook_endpoint.models import PAUSES, Delivery, WebhookEndpoint, is_wanted


@pytest.fixture
def delivery() -> Delivery:
    return Delivery(event_id="e", endpoint_id="w")


def miss(delivery: Delivery, wait: timedelta = timedelta()) -> None:
    delivery.miss("no", utc_now(), response_status=None, wait=wait)


@pytest.mark.parametrize(
    ("type_", "event_types", "wanted"),
    [
        ("order.paid", ["order.paid"], True),
        ("order.paid", ["alert.*", "order.*"], True),
        ("order.paid", ["order.pai"], False),
        ("order.paid", ["subscription.*"], False),
        ("orders.paid", ["order.*"], False),
        ("order.paid", [], False),
        ("webhook.test", ["order.*", "subscription.*", "alert.*"], False),
    ],
)
def test_an_event_is_wanted_by_name_or_by_kind(type_, event_types, wanted) -> None:
    assert is_wanted(type_, event_types) is wanted


def test_a_secret_signs_for_a_day_after_it_was_replaced() -> None:
    now = utc_now()
    endpoint = WebhookEndpoint(url="u", event_types=[], secret="first")

    endpoint.rotate("second", now)

    assert endpoint.secrets(now + timedelta(hours=23)) == ["second", "first"]
    assert endpoint.secrets(now + timedelta(hours=24)) == ["second"]


def test_a_leaked_secret_is_out_after_two_rotations() -> None:
    now = utc_now()
    endpoint = WebhookEndpoint(url="u", event_types=[], secret="leaked")

    endpoint.rotate("second", now)
    endpoint.rotate("third", now)

    assert endpoint.secrets(now) == ["third", "second"]


def test_every_attempt_has_a_job_of_its_own(delivery) -> None:
    jobs = [delivery.job]
    miss(delivery)
    jobs.append(delivery.job)
    delivery.start_over()
    jobs.append(delivery.job)
    miss(delivery)
    jobs.append(delivery.job)

    name = f"delivery:{delivery.id}"
    assert [job.id for job in jobs] == [name, f"{name}.1", f"{name}:1", f"{name}:1.1"]
    assert [delivery.is_due(*job.arguments[1:]) for job in jobs] == [False, False, False, True]


def test_nothing_is_due_after_it_has_arrived(delivery) -> None:
    job = delivery.job

    delivery.succeed(200, utc_now())

    assert not delivery.is_due(*job.arguments[1:])
    assert not delivery.is_due("0", "1")


def test_pauses_grow_until_it_is_given_up(delivery) -> None:
    pauses = []
    while delivery.status == "PENDING":
        miss(delivery)
        if delivery.next_attempt_at and delivery.attempted_at:
            pauses.append(delivery.next_attempt_at - delivery.attempted_at)

    assert len(pauses) == len(PAUSES)
    assert all(least <= pause <= least * 1.1 for least, pause in zip(PAUSES, pauses, strict=True))
    assert (delivery.status, delivery.next_attempt_at) == ("FAILED", None)


def test_a_receiver_cannot_put_us_off_for_ever(delivery) -> None:
    miss(delivery, wait=timedelta(days=365))

    assert delivery.next_attempt_at - delivery.attempted_at < timedelta(hours=7)


def test_a_note_is_kept_short(delivery) -> None:
    delivery.give_up("x" * 5000, utc_now())

    assert len(delivery.note) == 500
