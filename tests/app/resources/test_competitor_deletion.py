"""A deleted competitor is gone at once, and what belonged to it a little later."""

import pytest
from sqlalchemy import insert
from support.billing import USAGE
from support.competing import PRODUCTS, at, listed, put_on_sale, rows_of, sold, watched
from support.plans import subscribed
from support.watching import ALERTS, alert_on
from support.worker import waiting

from app.chores import SCAN_DUE
from app.workflows import workflows
from common.ids import new_id
from domain.alert.models import Alert, AlertEvent
from domain.competitor.models import Competitor, CompetitorProduct, PricePoint, Scan, ScannedPage
from domain.source.models import Source

PRICES = (100, 200, 300)
MANY = 400

OF_COMPETITOR = [
    each.__table__
    for each in (
        Competitor, CompetitorProduct, PricePoint, Scan, ScannedPage, Alert, AlertEvent, Source
    )
]  # fmt: skip


def with_products(client, owner, count, **fields):
    """Watch a store with so many products, which has been scanned."""
    competitor = watched(owner, **fields)
    put_on_sale(client, [sold(competitor, "Pen", *PRICES) for _ in range(count)])
    owner.post(f"{at(competitor)}/scans")
    page = {"id": new_id(), "competitor_id": competitor["id"], "url": "/", "keys": []}
    client._run(
        client.shop.database.write(lambda tx: tx.session.run(insert(ScannedPage.__table__), [page]))
    )
    return competitor


def test_nothing_is_left_of_a_small_one(client, shopper) -> None:
    subscribed(shopper)
    competitor = with_products(client, shopper, 20)
    alert_on(shopper, competitor_id=competitor["id"])

    shopper.delete(at(competitor))

    assert rows_of(client, *OF_COMPETITOR) == 0
    assert waiting(client.shop) == [each for each in waiting(client.shop) if "scan:" in each]


def test_a_large_one_is_gone_from_every_answer_before_it_is_erased(client, shopper) -> None:
    subscribed(shopper)
    other = with_products(client, shopper, 2, name="Other")
    competitor = with_products(client, shopper, MANY)
    product_id = shopper.get(f"{at(competitor)}/products").json["items"][0]["id"]
    alert_on(shopper, competitor_id=competitor["id"])
    alert_on(shopper, product_id=product_id)

    shopper.delete(at(competitor))

    left = rows_of(client, CompetitorProduct.__table__)
    assert 2 < left < MANY
    assert shopper.get(at(competitor)).status_code == 404
    assert shopper.get(f"{at(competitor)}/scans").status_code == 404
    assert shopper.get(f"{at(competitor)}/products").status_code == 404
    assert shopper.get(f"{PRODUCTS}/{product_id}").status_code == 404
    assert shopper.get(ALERTS).json["total"] == 0
    for query in ("", "status=active", "q=pen", "sort_by=price"):
        assert listed(shopper, query) == ["Pen", "Pen"]
    assert listed(shopper, f"competitor_id={competitor['id']}") == []
    assert shopper.get(f"{PRODUCTS}?q=pen").json["total"] == 2
    assert shopper.get(USAGE).json["products_tracked"] == 2
    assert shopper.get(at(other)).status_code == 200


def test_a_job_erases_the_rest(client, shopper, run) -> None:
    other = with_products(client, shopper, 2, name="Other")
    before = rows_of(client, *OF_COMPETITOR)
    competitor = with_products(client, shopper, MANY)

    shopper.delete(at(competitor))

    assert f"forget:{competitor['id']}" in waiting(client.shop)
    run(client.shop.competitors.competitors.erase(competitor["id"]))
    assert rows_of(client, *OF_COMPETITOR) == before
    assert listed(shopper) == ["Pen", "Pen"]
    assert shopper.get(at(other)).json["name"] == "Other"


@pytest.mark.parametrize("times", [1, 2])
def test_a_crash_between_two_steps_of_it_does_no_harm(
    client, restarted, shopper, run, times
) -> None:
    competitor = with_products(client, shopper, MANY)
    shopper.delete(at(competitor))
    tables = OF_COMPETITOR

    before = rows_of(client, *tables)
    run(client.shop.database.write(lambda tx: tx.competitors.erase(competitor["id"], 300)))
    between = rows_of(client, *tables)
    for _ in range(times):
        run(restarted.shop.competitors.competitors.erase(competitor["id"]))

    assert before - between in range(300, 401)
    assert rows_of(client, *tables) == 0


def test_what_is_there_still_is_not_erased(client, shopper, run) -> None:
    competitor = with_products(client, shopper, 2)
    before = rows_of(client, *OF_COMPETITOR)

    run(client.shop.competitors.competitors.erase(competitor["id"]))

    assert rows_of(client, *OF_COMPETITOR) == before
    assert shopper.get(at(competitor)).status_code == 200


def test_with_an_account_its_competitors_go(client, admin, shopper, run, clock) -> None:
    mine = with_products(client, admin, 1)
    before = rows_of(client, *OF_COMPETITOR)
    competitor = with_products(client, shopper, MANY)

    async def step(name, work, *arguments) -> None:
        await work(*arguments)

    table = workflows(client.shop, step)
    assert admin.delete(f"/users/{shopper.user_id}").status_code == 204
    at_once = rows_of(client, CompetitorProduct.__table__)
    run(table[SCAN_DUE](clock(), None))
    run(table["forget_competitor"](competitor["id"]))

    assert at_once == MANY + 1
    assert rows_of(client, *OF_COMPETITOR) == before
    assert admin.get(at(mine)).status_code == 200
