"""Events of subscriptions that come late, twice, in any order and to two processes at once."""

import asyncio
from itertools import count, permutations
from typing import Any

import pytest
from support.billing import current, plan_of
from support.client import Client
from support.stripe_events import send, signed
from support.subscription_events import (
    ENTERPRISE_PRICE,
    PRICES,
    SUBSCRIPTION,
    at,
    invoice,
    line,
    subscription,
)

type Json = dict[str, Any]


@pytest.fixture
def settings(settings):
    return settings.model_copy(update=PRICES)


def story(user_id: str, number: int) -> list[Json]:
    """Tell of a first payment that comes late, another plan, a bad month and a good one."""
    ours = {"id": f"sub_{number}", "customer": f"cus_{number}", "metadata": {"user_id": user_id}}
    more = ours | {"price": ENTERPRISE_PRICE}
    lines = {"data": [line(ENTERPRISE_PRICE, 1)]}
    unpaid = {"parent": None, "subscription": f"sub_{number}", "lines": lines}
    return [
        at(1, f"{SUBSCRIPTION}.created", subscription("incomplete", **ours)),
        at(1, f"{SUBSCRIPTION}.updated", subscription("active", **ours)),
        at(4, f"{SUBSCRIPTION}.updated", subscription("active", **more)),
        at(9, "invoice.payment_failed", invoice(**unpaid | {"customer": f"cus_{number}"})),
    ]


def test_events_may_come_in_any_order_and_number(run, client, carried_out) -> None:
    numbers, people = count(), []
    for order in list(permutations(range(4)))[::4]:
        person = client.as_shopper()
        events = story(person.user_id, next(numbers))
        for index in (*order, *order[:2]):
            send(client, events[index])
            carried_out()
        run(_again(client, [events[index] for index in reversed(order)]))
        people.append(person)

    for person in people:
        known = current(person)
        assert (known["status"], known["plan"]) == ("past_due", "enterprise")
        assert known["current_period_end"] == "2026-03-02T00:00:00Z"
        assert plan_of(person) == "enterprise"


async def _again(client: Client, events: list[Json]) -> None:
    for each in events:
        await client.shop.webhooks.process(each["id"])


def test_two_processes_at_once_end_as_if_in_turn(run, client, shopper, restarted) -> None:
    told = {"customer": "cus_1", "metadata": {"user_id": shopper.user_id}}
    months = [subscription("active", months=month, **told) for month in range(5)]
    events = story(shopper.user_id, 1)
    events += [at(20 + n, f"{SUBSCRIPTION}.updated", month) for n, month in enumerate(months)]
    events.append(at(30, f"{SUBSCRIPTION}.deleted", subscription("canceled", **told)))
    for told in events:
        run(client.shop.webhooks.receive(*signed(client.shop, told)))

    async def everything() -> None:
        processes = (client.shop.webhooks, restarted.shop.webhooks)
        await asyncio.gather(
            *(process.process(told["id"]) for told in events for process in processes)
        )

    run(everything())

    assert (current(shopper)["status"], plan_of(shopper)) == ("canceled", "free")
    assert current(shopper)["current_period_end"] == "2026-01-31T00:00:00Z"
