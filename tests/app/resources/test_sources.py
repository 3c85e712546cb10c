import pytest
from support.plans import subscribed
from support.sources import FEEDS, SOURCES, found, kept, track

from domain.identity.plan import PlanTier

PHONE = "Apple iPhone 15 128GB Black"


@pytest.fixture
def owner(shopper):
    return subscribed(shopper)


def test_a_source_shows_what_it_would_earn(owner, later) -> None:
    (product,) = track(owner, PHONE, brand="Apple", price_amount=79900)
    kept(owner, '"iPhone 15, 128 GB, black",599.25,USD,Apple,,,https://acme.example/15')

    (source,) = found(owner, product)

    assert source | {"id": "", "matched_at": ""} == {
        "id": "",
        "product_id": product,
        "supplier": "Acme",
        "title": "iPhone 15, 128 GB, black",
        "url": "https://acme.example/15",
        "price": 599.25,
        "price_cents": 59925,
        "currency": "USD",
        "confidence_score": 0.94,
        "margin_percent": 25.0,
        "rank": 1,
        "matched_at": "",
    }
    assert source["matched_at"].endswith("Z")


def test_sources_are_ranked_by_confidence_and_then_by_what_they_earn(owner) -> None:
    (product,) = track(owner, PHONE, brand="Apple", gtin="0194253709428")
    kept(
        owner,
        "iPhone 15 128GB black,60,USD,Apple",
        "iPhone 15 128GB black,50,USD,Apple",
        "iPhone 15 128GB black,40,EUR,Apple",
        "whatever they call it,90,USD,,194253709428",
        "Apple iPhone 15 256GB Black,50",
        "Case for iPhone 15,5",
    )

    ranked = found(owner, product)

    assert [(each["rank"], each["price"], each["margin_percent"]) for each in ranked] == [
        (1, 90, 10),
        (2, 50, 50),
        (3, 60, 40),
        (4, 40, None),
    ]
    assert ranked[0]["confidence_score"] == 0.99


def test_what_was_found_is_listed_page_by_page(owner) -> None:
    (product,) = track(owner, PHONE)
    kept(owner, *(f"{PHONE},{price}" for price in (30, 10, 20)))
    ranked = found(owner, product)

    page = owner.get(f"{SOURCES.format(product)}?page=2&per_page=2").json

    assert page == {"items": ranked[2:], "total": 3, "page": 2, "per_page": 2}
    assert [each["price"] for each in ranked] == [10, 20, 30]


def test_nothing_is_listed_before_it_is_found(owner) -> None:
    (product,) = track(owner, PHONE)
    kept(owner, f"{PHONE},10")

    assert owner.get(SOURCES.format(product)).json["items"] == []


def test_what_is_found_takes_the_place_of_what_was_found_before(owner) -> None:
    (product,) = track(owner, PHONE)
    first = kept(owner, f"{PHONE},10")["id"]
    found(owner, product)
    owner.delete(f"{FEEDS}/{first}")
    kept(owner, f"{PHONE},20", supplier="Roadrunner")

    found(owner, product)
    again = found(owner, product)

    assert [(each["supplier"], each["price"]) for each in again] == [("Roadrunner", 20)]


def test_at_most_twenty_are_found(owner) -> None:
    (product,) = track(owner, PHONE)
    kept(owner, *(f"{PHONE},{price}" for price in range(10, 60)))

    assert len(found(owner, product)) == 20


@pytest.mark.parametrize(
    ("asked", "offered", "margin"),
    [
        (10000, "100", 0),
        (10000, "150", -50),
        (999, "3.33", 66.67),
        (300, "1", 66.67),
        (1, "3", -29900),
    ],
)
def test_a_margin_is_exact_to_the_hundredth(owner, asked, offered, margin) -> None:
    (product,) = track(owner, PHONE, price_amount=asked)
    kept(owner, f"{PHONE},{offered}")

    assert [each["margin_percent"] for each in found(owner, product)] == [margin]


def test_what_has_no_price_leaves_no_margin(owner) -> None:
    (product,) = track(owner, PHONE, price_amount=None, currency=None)
    kept(owner, f"{PHONE},10")

    assert [each["margin_percent"] for each in found(owner, product)] == [None]


def test_other_peoples_feeds_are_not_searched(client, owner) -> None:
    (product,) = track(owner, PHONE, gtin="0194253709428")
    kept(subscribed(client.as_shopper()), f"{PHONE},10,USD,Apple,0194253709428")

    assert found(owner, product) == []


def test_other_peoples_products_are_not_there(client, owner) -> None:
    (product,) = track(owner, PHONE)
    other = subscribed(client.as_shopper())

    answers = [other.post(SOURCES.format(product)), other.get(SOURCES.format(product))]

    assert [(each.status_code, each.json["error"]) for each in answers] == [
        (404, "competitor_product_not_found")
    ] * 2


def test_a_malformed_id_is_400(owner) -> None:
    assert owner.post(SOURCES.format("nothing")).status_code == 400


def test_the_free_plan_finds_none_but_shows_what_was_found(owner) -> None:
    (product,) = track(owner, PHONE)
    kept(owner, f"{PHONE},10")
    found(owner, product)
    subscribed(owner, PlanTier.FREE)

    asked = owner.post(SOURCES.format(product))

    assert (asked.status_code, asked.json["error"]) == (403, "plan_limit_exceeded")
    assert owner.get(SOURCES.format(product)).json["total"] == 1
