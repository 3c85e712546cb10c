"""How many competitors a plan includes, and whom it lets in by key."""

import pytest
from support.billing import USAGE
from support.competing import COMPETITORS, PRODUCTS, URL, at, put_on_sale, sold, watched
from support.crowd import Ask, all_at_once
from support.keys import raw
from support.plans import subscribed

from domain.identity.plan import PlanTier

NEW = {"name": "One too many", "url": URL}


def used(owner) -> tuple[int, int]:
    shown = owner.get(USAGE).json
    return shown["competitors_used"], shown["products_tracked"]


@pytest.mark.parametrize(("plan", "most"), [(PlanTier.FREE, 3), (PlanTier.PRO, 25)])
def test_a_plan_includes_so_many_competitors(shopper, plan, most) -> None:
    subscribed(shopper, plan)
    for _ in range(most):
        watched(shopper)

    refused = shopper.post(COMPETITORS, NEW)

    assert refused.status_code == 403
    assert refused.json["error"] == "plan_limit_exceeded"
    assert used(shopper) == (most, 0)


def test_a_deleted_competitor_leaves_its_place_to_another(shopper) -> None:
    first, *_ = [watched(shopper) for _ in range(3)]

    shopper.delete(at(first))

    assert shopper.post(COMPETITORS, NEW).status_code == 201


def test_a_paused_competitor_keeps_its_place(shopper) -> None:
    first, *_ = [watched(shopper) for _ in range(3)]

    shopper.patch(at(first), {"status": "paused"})

    assert shopper.post(COMPETITORS, NEW).status_code == 403


@pytest.mark.parametrize("who", ["admin", "enterprise"])
def test_some_know_no_limits(shopper, admin, who) -> None:
    owner = admin if who == "admin" else subscribed(shopper, PlanTier.ENTERPRISE)

    for _ in range(26):
        watched(owner)

    assert used(owner) == (26, 0)


def test_others_take_no_places(client, shopper) -> None:
    for _ in range(3):
        watched(shopper)

    assert client.as_shopper().post(COMPETITORS, NEW).status_code == 201


def test_of_many_at_once_no_more_come_in_than_there_are_places(shopper) -> None:
    watched(shopper)

    answers = all_at_once(*[Ask(shopper, "POST", COMPETITORS, NEW)] * 6)

    assert sorted(each.status_code for each in answers) == [201, 201, 403, 403, 403, 403]
    assert used(shopper) == (3, 0)


def test_products_on_sale_are_counted_and_those_that_are_gone_are_not(client, shopper) -> None:
    competitor, other = watched(shopper), watched(client.as_shopper())
    put_on_sale(client, [sold(competitor), sold(competitor), sold(other)])
    put_on_sale(client, [sold(competitor, status="removed")])

    assert used(shopper) == (1, 2)


def test_a_key_needs_a_plan_with_api_access(client, shopper) -> None:
    key = raw(shopper, "read", "write")

    refused = client.get(COMPETITORS, X_API_Key=key)
    subscribed(shopper)
    added = client.post(COMPETITORS, NEW, X_API_Key=key)

    assert (refused.status_code, refused.json["error"]) == (403, "plan_limit_exceeded")
    assert added.status_code == 201
    assert client.get(COMPETITORS, X_API_Key=key).json["items"] == [added.json]
    assert client.get(PRODUCTS, X_API_Key=key).json["total"] == 0


def test_a_key_that_may_only_read_changes_nothing(client, shopper) -> None:
    competitor = watched(subscribed(shopper))
    key = raw(shopper, "read")

    answers = [
        client.post(COMPETITORS, NEW, X_API_Key=key),
        client.patch(at(competitor), {"name": "Mine"}, X_API_Key=key),
        client.post(f"{at(competitor)}/scans", X_API_Key=key),
        client.delete(at(competitor), X_API_Key=key),
    ]

    assert {each.status_code for each in answers} == {403}
    assert shopper.get(COMPETITORS).json["items"] == [competitor]
