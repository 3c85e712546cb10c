"""Which alerts a scan sets off, and what there is to see of it."""

import pytest
from support.client import Client
from support.plans import subscribed
from support.units import gathered
from support.watching import (
    ALERTS,
    STORE,
    alert_on,
    change,
    history,
    priced,
    rival_of,
)

from domain.alert.models import Alert
from domain.competitor.changes import Change, ChangeKind
from domain.identity.plan import PlanTier

TYPES = {
    ChangeKind.NEW: "new_product",
    ChangeKind.GONE: "out_of_stock",
    ChangeKind.BACK: "back_in_stock",
}


@pytest.fixture
def owner(client):
    return subscribed(client.as_shopper())


@pytest.fixture
def rival(owner, clock):
    return rival_of(owner, clock)


@pytest.fixture
def earbuds(rival) -> str:
    return rival.sells("Earbuds")[0]


def titles(owner: Client, alert: dict) -> list[str]:
    return sorted(each["product_title"] for each in history(owner, alert))


def test_a_change_that_sets_an_alert_off_is_in_its_history(owner, rival, earbuds) -> None:
    alert = alert_on(owner, threshold=10)

    scan = rival.scanned(priced(earbuds, 5999, 4999))

    (event,) = history(owner, alert)
    assert event.pop("id")
    assert event == {
        "alert_id": alert["id"],
        "scan_id": scan,
        "product_id": earbuds,
        "product_title": "Earbuds",
        "product_url": f"{STORE}/products/earbuds",
        "competitor_name": "Rival Gadgets",
        "alert_type": "price_drop",
        "old_price": 59.99,
        "old_price_cents": 5999,
        "new_price": 49.99,
        "new_price_cents": 4999,
        "currency": "USD",
        "change_percent": -16.66,
        "created_at": owner.get(f"{ALERTS}/{alert['id']}").json["last_triggered_at"],
    }


def test_prices_are_told_in_units_of_their_currency(owner, rival, earbuds) -> None:
    alert = alert_on(owner, "price_increase")

    rival.scanned(priced(earbuds, 980, 1980, "JPY"))

    (event,) = history(owner, alert)
    assert (event["old_price"], event["new_price"], event["currency"]) == (980, 1980, "JPY")
    assert event["change_percent"] == 102.04


@pytest.mark.parametrize(("kind", "alert_type"), TYPES.items())
def test_each_kind_of_change_sets_off_its_own_type(owner, rival, earbuds, kind, alert_type) -> None:
    every_type = ["price_drop", "price_increase", "new_product", "out_of_stock", "back_in_stock"]
    alerts = {each: alert_on(owner, each) for each in every_type}

    rival.scanned(change(kind, earbuds))

    assert {each for each, alert in alerts.items() if history(owner, alert)} == {alert_type}
    (event,) = history(owner, alerts[alert_type])
    assert [event[name] for name in ("old_price", "new_price", "currency", "change_percent")] == (
        [None] * 4
    )


@pytest.mark.parametrize(("kind", "alert_type"), TYPES.items())
@pytest.mark.parametrize("prices", [(None, None), (1000, 900)], ids=str)
def test_a_threshold_bears_on_prices_alone(owner, rival, earbuds, kind, alert_type, prices) -> None:
    alert = alert_on(owner, alert_type, threshold=50)

    rival.scanned(change(kind, earbuds, *prices))

    assert titles(owner, alert) == ["Earbuds"]


def test_a_product_may_be_back_and_cheaper_at_once(owner, rival, earbuds) -> None:
    drop, back = alert_on(owner), alert_on(owner, "back_in_stock")

    rival.scanned(change(ChangeKind.BACK, earbuds, 1000, 900), priced(earbuds, 1000, 900))

    assert [len(history(owner, each)) for each in (drop, back)] == [1, 1]


def test_an_alert_hears_of_what_it_is_about(owner, rival, clock) -> None:
    other = rival_of(owner, clock, "Another")
    mine, yours = rival.sells("Mine", "Yours")
    (theirs,) = other.sells("Theirs")
    about_all = alert_on(owner)
    about_rival = alert_on(owner, competitor_id=rival.id)
    about_product = alert_on(owner, product_id=mine)

    rival.scanned(priced(mine, 2, 1, title="Mine"), priced(yours, 2, 1, title="Yours"))
    other.scanned(priced(theirs, 2, 1, title="Theirs"))

    assert titles(owner, about_all) == ["Mine", "Theirs", "Yours"]
    assert titles(owner, about_rival) == ["Mine", "Yours"]
    assert titles(owner, about_product) == ["Mine"]


def test_small_changes_do_not_reach_a_threshold(owner, rival) -> None:
    below, at, above = rival.sells("Below", "At", "Above")
    alert = alert_on(owner, threshold=10)

    rival.scanned(
        priced(below, 1000, 901, title="Below"),
        priced(at, 1000, 900, title="At"),
        priced(above, 1000, 899, title="Above"),
        priced(above, 1000, 2000, title="An increase"),
    )

    assert titles(owner, alert) == ["Above", "At"]


def test_other_currencies_are_no_other_prices(owner, rival, earbuds) -> None:
    alerts = [alert_on(owner), alert_on(owner, "price_increase")]
    usd, eur = priced(earbuds, 1000, 900), priced(earbuds, 1000, 900, "EUR")

    rival.scanned(Change(ChangeKind.PRICE, earbuds, "Earbuds", "", usd.before, eur.after))

    assert [history(owner, each) for each in alerts] == [[], []]


def test_a_rise_from_nothing_has_no_percentage(owner, rival, earbuds) -> None:
    alert = alert_on(owner, "price_increase", threshold=1000)

    rival.scanned(priced(earbuds, 0, 1))

    (event,) = history(owner, alert)
    assert (event["old_price"], event["new_price"], event["change_percent"]) == (0, 0.01, None)


def test_at_first_sight_all_products_are_new_and_none_is_news(owner, clock) -> None:
    rival = rival_of(owner, clock, scanned_before=False)
    (product,) = rival.sells("Earbuds")
    alert, gone = alert_on(owner, "new_product"), alert_on(owner, "out_of_stock")

    rival.scanned(change(ChangeKind.NEW, product), change(ChangeKind.GONE, product))

    assert [len(history(owner, each)) for each in (alert, gone)] == [0, 1]


def test_an_alert_that_is_off_is_not_set_off(owner, rival, earbuds) -> None:
    alert = alert_on(owner)
    owner.patch(f"{ALERTS}/{alert['id']}", {"is_active": False})

    rival.scanned(priced(earbuds, 1000, 900))

    assert history(owner, alert) == []
    assert owner.get(f"{ALERTS}/{alert['id']}").json["last_triggered_at"] is None


def test_others_hear_of_nothing(client, owner, rival, earbuds) -> None:
    stranger = subscribed(client.as_shopper())
    theirs, mine = alert_on(stranger), alert_on(owner)

    rival.scanned(priced(earbuds, 1000, 900))

    assert (history(stranger, theirs), len(history(owner, mine))) == ([], 1)


def test_back_on_the_free_plan_alerts_rest_until_it_is_left_again(owner, rival, earbuds) -> None:
    alert = alert_on(owner)
    subscribed(owner, PlanTier.FREE)
    rival.scanned(priced(earbuds, 1000, 900))
    subscribed(owner, PlanTier.PRO)

    missed = history(owner, alert)
    rival.scanned(priced(earbuds, 900, 800))

    assert missed == []
    assert [each["new_price_cents"] for each in history(owner, alert)] == [800]


def test_whose_account_is_closed_hears_of_nothing(admin, owner, rival, earbuds) -> None:
    alert = alert_on(owner)
    admin.patch(f"/users/{owner.user_id}", {"is_active": False})

    rival.scanned(priced(earbuds, 1000, 900))

    admin.patch(f"/users/{owner.user_id}", {"is_active": True})
    again = owner.post(
        "/login", {"username": owner.email, "password": "correct horse battery staple"}
    )
    assert history(owner.bearing(again.json["access_token"]), alert) == []


def test_a_history_is_in_pages_the_latest_first(owner, rival, earbuds, later) -> None:
    alert = alert_on(owner)
    for price in (900, 800, 700):
        rival.scanned(priced(earbuds, price + 100, price))
        later(hours=1)

    first, second = (
        history(owner, alert, "?per_page=2"),
        history(owner, alert, "?per_page=2&page=2"),
    )

    assert [each["new_price_cents"] for each in first + second] == [700, 800, 900]


def test_a_page_that_is_written_down_again_after_a_crash_sets_off_once(
    run, shop, owner, rival, earbuds
) -> None:
    alert = alert_on(owner)
    scan = rival.begins_scan()
    heard = rival.hearing(scan, [priced(earbuds, 1000, 900)])

    async def cut_off(tx) -> None:
        await heard(tx)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run(shop.database.write(cut_off))
    assert history(owner, alert) == []
    for _ in range(2):
        run(shop.database.write(heard))

    assert len(history(owner, alert)) == 1


def test_a_change_is_told_once_a_scan_and_again_in_the_next(owner, rival, earbuds) -> None:
    alert = alert_on(owner)

    rival.scanned_in([[priced(earbuds, 1000, 900)], [priced(earbuds, 900, 800)]])
    rival.scanned(priced(earbuds, 800, 700))

    assert sorted(each["new_price_cents"] for each in history(owner, alert)) == [700, 900]


def test_thousands_of_changes_are_all_written_down(run, shop, owner, rival) -> None:
    products = rival.sells(*(f"Thing {number}" for number in range(3000)))
    about_all, about_one = alert_on(owner), alert_on(owner, product_id=products[7])

    rival.scanned(*(priced(each, 1000, 900) for each in products))

    assert owner.get(f"{ALERTS}/{about_all['id']}/history").json["total"] == 3000
    assert [each["product_id"] for each in history(owner, about_one)] == [products[7]]


def test_scans_and_changes_of_alerts_at_one_moment_get_along(
    run, shop, owner, rival, clock
) -> None:
    rivals = [rival, *(rival_of(owner, clock, f"Rival {number}") for number in range(3))]
    alerts = [alert_on(owner) for _ in range(4)]
    sold = {each.id: each.sells("Earbuds", "Cable") for each in rivals}

    async def switched(alert_id: str) -> Alert:
        caller = (await shop.database.read(lambda tx: tx.users.standing(owner.user_id))).caller
        return await shop.alerts.change(caller, alert_id, threshold=0)

    async def all_at_once() -> list[object]:
        pages = [
            shop.database.write(
                each.hearing(scan, [priced(product, 2, 1) for product in sold[each.id]])
            )
            for each, scan in scans
        ]
        return await gathered(*pages, *(switched(each["id"]) for each in alerts))

    scans = [(each, each.begins_scan()) for each in rivals]
    outcomes = run(all_at_once())

    assert [each for each in outcomes if isinstance(each, Exception)] == []
    assert [len(history(owner, alert)) for alert in alerts] == [8] * 4
