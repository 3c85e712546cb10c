"""What the owner is mailed, and other systems are told, of all that a scan has set off."""

import pytest
from support.letters import body_of
from support.plans import subscribed
from support.post_office import post_office
from support.receiver import allowing, deliveries, listen
from support.watching import ALERTS, alert_on, change, history, priced, rival_of

from domain.competitor.changes import ChangeKind


@pytest.fixture
def office():
    with post_office() as office:
        yield office


@pytest.fixture
def settings(settings, office):
    return allowing(settings, "127.0.0.1").model_copy(update={"smtp_url": office.url()})


@pytest.fixture
def owner(client):
    return subscribed(client.as_shopper())


@pytest.fixture
def rival(owner, clock):
    return rival_of(owner, clock)


def test_a_scan_is_one_mail_however_many_pages_and_alerts_there_were(
    owner, rival, office, carried_out
) -> None:
    earbuds, cable = rival.sells("Earbuds", "Cable")
    for _ in range(3):
        alert_on(owner)
    alert_on(owner, "new_product")

    scan = rival.scanned_in(
        [[priced(earbuds, 1000, 900)], [change(ChangeKind.NEW, cable, after=500, title="Cable")]]
    )
    ran = carried_out()

    (mail,) = office.mails
    assert ran == [f"alert-digest:{scan}"]
    assert mail["Subject"] == "Rival Gadgets: 1 price drop, 1 new product"
    assert body_of(mail, "plain").count("Earbuds") == 1
    assert "  Cable: 5.00 USD\n" in body_of(mail, "plain")


def test_a_digest_shows_fifty_and_says_how_many_more(owner, rival, office, carried_out) -> None:
    products = rival.sells(*(f"Thing {number}" for number in range(120)))
    alert_on(owner)
    alert_on(owner, "out_of_stock")

    rival.scanned(
        *(
            priced(each, 1000, 1000 - place, title=f"Thing {place}")
            for place, each in enumerate(products, 1)
        ),
        change(ChangeKind.GONE, products[0], 1000, title="Thing 1"),
    )
    carried_out()

    text = body_of(office.mails[0], "plain")
    shown = [line for line in text.splitlines() if "→" in line]
    assert len(shown) == 49
    assert shown[0] == "  Thing 120: 10.00 USD → 8.80 USD (-12%)"
    assert "120 price drops" in text
    assert "  and 71 more\n" in text
    assert "1 product gone or out of stock" in text


def test_without_alerts_there_is_no_mail(owner, rival, office, carried_out) -> None:
    (earbuds,) = rival.sells("Earbuds")
    alert_on(owner, "price_increase")

    rival.scanned(priced(earbuds, 1000, 900))
    carried_out()

    assert office.mails == []


def test_whoever_has_left_meanwhile_gets_no_mail(admin, owner, rival, office, carried_out) -> None:
    (earbuds,) = rival.sells("Earbuds")
    alert_on(owner)
    rival.scanned(priced(earbuds, 1000, 900))

    admin.patch(f"/users/{owner.user_id}", {"is_active": False})
    carried_out()

    assert office.mails == []


def test_a_mail_that_is_asked_for_again_goes_out_once(
    run, shop, owner, rival, office, carried_out
) -> None:
    (earbuds,) = rival.sells("Earbuds")
    alert_on(owner)
    scan = rival.scanned(priced(earbuds, 1000, 900))
    carried_out()

    outcome = run(shop.notices.alert_digest(scan))

    assert (outcome, len(office.mails)) == ("sent_before", 1)


def test_other_systems_are_told_of_what_is_in_the_history(
    admin, owner, rival, receiver, carried_out
) -> None:
    listen(admin, receiver.url, "alert.price_drop")
    listen(admin, receiver.url, "alert.out_of_stock")
    (earbuds,) = rival.sells("Earbuds")
    alert = alert_on(owner, threshold=5)
    alert_on(owner, "price_increase")

    scan = rival.scanned(priced(earbuds, 5999, 4999))
    carried_out()

    (told,) = receiver.told
    (event,) = history(owner, alert)
    assert told["type"] == "alert.price_drop"
    assert {name: told["data"][name] for name in told["data"] if name != "alerts"} == {
        "user_id": owner.user_id,
        "competitor_id": rival.id,
        "competitor_name": "Rival Gadgets",
        "scan_id": scan,
        "alert_type": "price_drop",
    }
    (said,) = told["data"]["alerts"]
    assert said == {name: event[name] for name in said}
    assert said.keys() >= {"alert_id", "product_url", "old_price_cents", "change_percent"}


def test_thousands_are_told_a_hundred_at_a_time(admin, owner, rival, receiver, carried_out) -> None:
    endpoint = listen(admin, receiver.url, "alert.*")
    products = rival.sells(*(f"Thing {number}" for number in range(250)))
    alert = alert_on(owner)
    alert_on(owner, "out_of_stock")

    rival.scanned(
        *(priced(each, 1000, 900) for each in products),
        change(ChangeKind.GONE, products[0], 1000),
    )
    carried_out()

    told = [each["data"]["alerts"] for each in receiver.told if each["type"] == "alert.price_drop"]
    assert sorted(map(len, told)) == [50, 100, 100]
    assert {each["product_id"] for some in told for each in some} == set(products)
    assert {each["alert_id"] for some in told for each in some} == {alert["id"]}
    assert len(deliveries(admin, endpoint)) == len(receiver.got) == 4


def test_a_page_that_is_written_down_again_is_not_told_again(
    run, shop, admin, owner, rival, receiver, office, carried_out
) -> None:
    listen(admin, receiver.url, "alert.*")
    (earbuds,) = rival.sells("Earbuds")
    alert = alert_on(owner)
    scan = rival.begins_scan()
    heard = rival.hearing(scan, [priced(earbuds, 1000, 900)])

    async def cut_off(tx) -> None:
        await heard(tx)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run(shop.database.write(cut_off))
    for _ in range(2):
        run(shop.database.write(heard))
    rival.ends_scan(scan)
    carried_out()

    assert len(history(owner, alert)) == len(receiver.got) == len(office.mails) == 1


def test_a_digest_leaves_out_alerts_that_were_deleted(owner, rival, office, carried_out) -> None:
    (earbuds,) = rival.sells("Earbuds")
    alert = alert_on(owner)
    rival.scanned(priced(earbuds, 1000, 900))

    owner.delete(f"{ALERTS}/{alert['id']}")
    carried_out()

    assert office.mails == []
