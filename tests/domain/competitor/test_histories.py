"""Stores that do whatever they like: what the API tells is what a simple idea of them says."""

import pytest
from support.histories import Assortment, HonestStore, Looker
from support.plans import subscribed
from support.rivals import Rival
from support.scripted_store import Watch, counts
from support.watching import alert_on, history

from domain.alert.evaluation import AlertEvaluation
from domain.alert.models import AlertType

SCANS = 10
THRESHOLD = 10


@pytest.mark.parametrize("seed", range(3))
def test_whatever_a_store_does_is_told_exactly(seed, shopper, clock, carried_out, later) -> None:
    owner = subscribed(shopper)
    watch = Watch(owner, clock, HonestStore(), AlertEvaluation(clock))
    rival = Rival(owner, watch.competitor_id, carried_out)
    alerts = {each: alert_on(owner, each, **about(each)) for each in AlertType}
    assortment, looker, scans = Assortment(seed), Looker(THRESHOLD), {}

    for number in range(1, SCANS + 1):
        watch.store.pages, watch.store.breaks_at = assortment.next()
        later(minutes=1)
        expected = looker.look(watch.store.pages, watch.store.breaks_at)
        scan = watch.scan()
        scans[scan.id] = number
        assert (scan.status, counts(scan)) == expected
        assert kept(rival) == known_to(looker)
        assert rival.shown["product_count"] == len(rival.on_sale())

    told = [
        (alert_type, event["product_title"], scans[event["scan_id"]])
        for alert_type, alert in alerts.items()
        for event in history(owner, alert, "?per_page=100")
    ]
    assert sorted(told) == sorted(looker.events)


def about(alert_type: AlertType) -> dict[str, int]:
    return {"threshold": THRESHOLD} if alert_type.is_about_price else {}


def kept(rival: Rival) -> dict[str, tuple[object, ...]]:
    """What the API tells of a store."""
    return {
        title: (
            each["url"],
            each["in_stock"],
            each["status"] == "active",
            [(point["price_cents"], point["currency"]) for point in each["price_history"]],
            (each["price_cents"], each["currency"]),
        )
        for title, each in rival.products().items()
    }


def known_to(looker: Looker) -> dict[str, tuple[object, ...]]:
    """The same, as it ought to be."""
    return {
        title: (
            each.url,
            each.in_stock,
            each.is_active,
            prices := [(price.amount, price.currency) for price in each.prices],
            prices[-1] if prices else (None, None),
        )
        for title, each in looker.products.items()
    }
