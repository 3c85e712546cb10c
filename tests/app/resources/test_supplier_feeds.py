import gzip
import json

import pytest
from support.plans import subscribed
from support.sources import CSV, FEEDS, JSON, NDJSON, found, kept, left, send, track

from domain.identity.plan import PlanTier

OFFERS = [
    {"title": "Anvil 50 kg", "price": 49.9, "brand": "Acme"},
    {"title": "Rocket skates", "price": "120.00", "currency": "EUR", "sku": "RS-1000"},
]
AS_CSV = (
    "title,price,brand,currency,sku\nAnvil 50 kg,49.9,Acme,,\nRocket skates,120.00,,EUR,RS-1000\n"
)
AS_JSON = json.dumps(OFFERS)
AS_NDJSON = "\n".join(json.dumps(each) for each in OFFERS) + "\n"


@pytest.fixture
def owner(shopper):
    return subscribed(shopper)


@pytest.mark.parametrize(
    ("media", "body"),
    [(CSV, AS_CSV), (JSON, AS_JSON), (NDJSON, AS_NDJSON), (f"{CSV}; charset=utf-8", AS_CSV)],
)
def test_a_feed_is_kept_in_every_format(owner, media, body) -> None:
    sent = send(owner, body, media, query="supplier=Acme%20Ltd")

    assert sent.status_code == 201
    assert (sent.json["supplier"], sent.json["offers_count"]) == ("Acme Ltd", 2)
    assert owner.get(f"{FEEDS}/{sent.json['id']}").json == sent.json
    assert left(owner) == (1, 2)


@pytest.mark.parametrize(
    ("name", "body"), [("csv", AS_CSV), ("json", AS_JSON), ("ndjson", AS_NDJSON)]
)
def test_the_format_that_is_named_goes_before_the_content_type(owner, name, body) -> None:
    form = "application/x-www-form-urlencoded"

    sent = send(owner, body, form, query=f"supplier=Acme&format={name}")

    assert sent.json["offers_count"] == 2


def test_a_feed_may_come_compressed(owner) -> None:
    sent = send(owner, gzip.compress(AS_CSV.encode()), headers={"Content_Encoding": "gzip"})

    assert sent.json["offers_count"] == 2


@pytest.mark.parametrize(
    "headers", [{"Content_Type": "image/png"}, {"Content_Encoding": "br"}], ids=["png", "br"]
)
def test_what_is_no_feed_is_refused(owner, headers) -> None:
    sent = send(owner, AS_CSV, headers=headers)

    assert (sent.status_code, sent.json["error"]) == (415, "unknown_feed_format")


def test_a_feed_without_a_supplier_is_refused(owner) -> None:
    assert send(owner, AS_CSV, query="format=csv").status_code == 422


def test_feeds_are_listed_the_latest_first(owner) -> None:
    ids = [kept(owner, "Anvil,10", supplier=f"No{number}")["id"] for number in range(3)]

    listed = owner.get(f"{FEEDS}?per_page=2").json

    assert [each["id"] for each in listed["items"]] == [ids[2], ids[1]]
    assert (listed["total"], listed["page"], listed["per_page"]) == (3, 1, 2)


def test_a_deleted_feed_takes_its_offers_and_sources_along(owner) -> None:
    (product,) = track(owner, "Rocket skates")
    feed = kept(owner, "Rocket skates,50")["id"]
    before = found(owner, product)

    deleted = owner.delete(f"{FEEDS}/{feed}")

    assert (len(before), deleted.status_code) == (1, 204)
    assert owner.get(f"{FEEDS}/{feed}").status_code == 404
    assert owner.get(f"/api/v1/products/{product}/sources").json["items"] == []
    assert left(owner) == (0, 0)


def test_another_users_feed_is_not_there(client, owner) -> None:
    feed = kept(owner, "Anvil,10")["id"]
    other = subscribed(client.as_shopper())

    answers = [other.get(f"{FEEDS}/{feed}"), other.delete(f"{FEEDS}/{feed}")]

    assert [(each.status_code, each.json["error"]) for each in answers] == [
        (404, "supplier_feed_not_found")
    ] * 2
    assert other.get(FEEDS).json["total"] == 0
    assert owner.get(FEEDS).json["total"] == 1


def test_guests_have_no_feeds(client) -> None:
    assert send(client, AS_CSV).status_code == 401
    assert client.get(FEEDS).status_code == 401


def test_a_malformed_id_is_400(owner) -> None:
    assert owner.get(f"{FEEDS}/nothing").status_code == 400


def test_the_free_plan_has_no_source_finding(shopper) -> None:
    sent = send(shopper, AS_CSV)

    assert (sent.status_code, sent.json["error"]) == (403, "plan_limit_exceeded")
    assert left(shopper) == (0, 0)


def test_administrators_need_no_plan(admin) -> None:
    assert send(admin, AS_CSV).status_code == 201


def test_who_goes_back_to_the_free_plan_may_still_look_and_delete(owner) -> None:
    feed = kept(owner, "Anvil,10")["id"]
    subscribed(owner, PlanTier.FREE)

    assert owner.get(FEEDS).json["total"] == 1
    assert owner.delete(f"{FEEDS}/{feed}").status_code == 204


def test_there_are_twenty_feeds_at_most(owner) -> None:
    for _ in range(20):
        kept(owner, "Anvil,10")

    refused = send(owner, AS_CSV)

    assert (refused.status_code, refused.json["error"]) == (409, "too_many_supplier_feeds")


def test_an_account_that_is_deleted_leaves_nothing(client, owner, run, shop) -> None:
    kept(owner, "Anvil,10")

    client.as_admin().delete(f"/users/{owner.user_id}")
    run(shop.sources.feeds.sweep())

    assert left(client) == (0, 0)
