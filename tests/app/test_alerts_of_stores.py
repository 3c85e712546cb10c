"""A real store on loopback changes, is scanned again, and its watcher is told: all the way."""

import pytest
from support.competing import watched
from support.letters import body_of
from support.plans import subscribed
from support.post_office import post_office
from support.receiver import listen
from support.stores import Product, ShopifyStore, scanning
from support.watching import ALERTS, alert_on, history


@pytest.fixture
def office():
    with post_office() as office:
        yield office


@pytest.fixture
def settings(settings, office):
    mailed = {"smtp_url": office.url(), "mail_from": "Peregrine <shop@books.example>"}
    return scanning(settings).model_copy(update=mailed)


@pytest.fixture
def store():
    with ShopifyStore("EUR") as store:
        store.products = {
            "mug": Product("Mug", "20.00"),
            "cup": Product("Cup", "10.00"),
            "pot": Product("Pot", "30.00"),
            "pan": Product("Pan", "40.00", available=False),
        }
        yield store


@pytest.fixture
def owner(client):
    return subscribed(client.as_shopper())


@pytest.fixture
def scan(owner, store, carried_out):
    """Watch the store, and have it scanned whenever asked."""
    competitor = watched(owner, url=store.url, platform="shopify")

    def scan() -> str:
        started = owner.post(f"/api/v1/competitors/{competitor['id']}/scans")
        assert started.status_code == 202, started.json
        carried_out()
        return str(started.json["id"])

    scan()
    return scan


def change(store: ShopifyStore) -> None:
    """Change one thing of each kind."""
    store.products["mug"].sale = "15.00"
    store.products["cup"].price = "10.01"
    del store.products["pot"]
    store.products["pan"].available = True
    store.products["jug"] = Product('<b>Jug</b> & "Co"', "5.00")


@pytest.fixture
def alerts(owner):
    every_type = ["price_drop", "price_increase", "new_product", "out_of_stock", "back_in_stock"]
    return {each: alert_on(owner, each) for each in every_type}


def told(owner, alerts) -> dict[str, list[tuple[str, float | None, float | None]]]:
    return {
        alert_type: [
            (each["product_title"], each["old_price"], each["new_price"])
            for each in history(owner, alert)
        ]
        for alert_type, alert in alerts.items()
    }


def test_each_change_of_a_store_is_told_exactly_once(
    owner, store, scan, alerts, office, admin, receiver, carried_out
) -> None:
    listen(admin, receiver.url, "alert.*")
    change(store)

    scan_id = scan()

    found = told(owner, alerts)
    assert found == {
        "price_drop": [("Mug", 20, 15)],
        "price_increase": [("Cup", 10, 10.01)],
        "new_product": [('<b>Jug</b> & "Co"', None, 5)],
        "out_of_stock": [("Pot", 30, 30)],
        "back_in_stock": [("Pan", 40, 40)],
    }
    (mail,) = office.mails
    assert mail["To"] == owner.email
    assert mail["Message-ID"] == f"<alert-digest.{scan_id}@books.example>"
    assert mail["Subject"] == (
        "Rival Gadgets: 1 price drop, 1 price increase, 1 new product, "
        "1 product gone or out of stock, 1 product back in stock"
    )
    text, html = body_of(mail, "plain"), body_of(mail, "html")
    assert "  Mug: 20.00 EUR → 15.00 EUR (-25%)\n" in text
    assert f"  {store.url}/products/mug\n" in text
    assert "  Cup: 10.00 EUR → 10.01 EUR (+0.1%)\n" in text
    assert "  Pot: 30.00 EUR\n" in text
    assert "&lt;b&gt;Jug&lt;/b&gt; &amp; &#34;Co&#34;" in html
    assert sorted(receiver.types) == sorted(f"alert.{each}" for each in alerts)

    scan()

    assert told(owner, alerts) == found
    assert (len(office.mails), len(receiver.got)) == (1, 5)


def test_a_scan_that_breaks_down_tells_of_what_it_had_found(
    owner, store, scan, office, alerts
) -> None:
    store.fill(250)
    scan()
    store.products["mug"].sale = "15.00"
    store.fails("/products.json?limit=250&page=2", 403)

    scan()

    (last,) = [each for each in office.mails if "price drop" in each["Subject"]]
    assert "Mug" in body_of(last, "plain")
    assert told(owner, alerts)["price_drop"] == [("Mug", 20, 15)]
    assert told(owner, alerts)["out_of_stock"] == []


def test_what_is_found_at_first_sight_is_no_news(owner, store, office, carried_out) -> None:
    alert = alert_on(owner, "new_product")
    competitor = watched(owner, url=store.url, platform="shopify")
    owner.post(f"/api/v1/competitors/{competitor['id']}/scans")

    carried_out()

    assert history(owner, alert) == []
    assert office.mails == []


def test_alerts_go_with_their_competitor(owner, store, scan, alerts, carried_out) -> None:
    (competitor,) = owner.get("/api/v1/competitors").json["items"]
    (mug,) = owner.get("/api/v1/products?q=mug").json["items"]
    alert_on(owner, competitor_id=competitor["id"])
    alert_on(owner, product_id=mug["id"])

    owner.delete(f"/api/v1/competitors/{competitor['id']}")

    left = owner.get(ALERTS).json["items"]
    assert {each["id"] for each in left} == {each["id"] for each in alerts.values()}
    again = owner.post(ALERTS, {"alert_type": "price_drop", "product_id": mug["id"]})
    assert (again.status_code, again.json["error"]) == (404, "competitor_product_not_found")
    carried_out()
