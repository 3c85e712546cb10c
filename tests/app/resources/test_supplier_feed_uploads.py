"""Feeds that are large, come slowly, or not to their end."""

import gzip
from io import BytesIO

import pytest
from support.events import GONE, hand_on, part
from support.plans import subscribed
from support.sources import FEEDS, JSON, NDJSON, kept, left, send

from app.uploads import MAX_UPLOAD
from common.clock import utc_now
from domain.identity.caller import Caller
from domain.identity.plan import PlanTier
from domain.source.errors import TooManyOffers
from domain.source.feeds import FeedService
from domain.source.models import SupplierFeed
from domain.source.ports import FeedFormat
from infrastructure.feeds import Feeds

TO = f"{FEEDS}?supplier=Acme&format=csv"
HEADER = "title,price\n"
ROWS = HEADER + "".join(f"Thing No{number},10.50\n" for number in range(2500))


@pytest.fixture
def owner(shopper):
    return subscribed(shopper)


def begun(owner, run) -> SupplierFeed:
    """Begin a feed as an upload does, and come no further."""
    feed = SupplierFeed(user_id=owner.user_id, supplier="Acme")

    async def unit(tx) -> None:
        tx.supplier_feeds.add(SupplierFeed(id=feed.id, user_id=owner.user_id, supplier="Acme"))

    run(owner.shop.database.write(unit))
    return feed


def test_a_feed_comes_in_small_pieces(owner) -> None:
    sent = send(owner, ROWS, asgi_chunk_size=7)

    assert sent.json["offers_count"] == 2500
    assert left(owner) == (1, 2500)


@pytest.mark.parametrize("form", ["array", "lines"])
def test_json_comes_in_small_pieces(owner, form) -> None:
    rows = ['{"title": "Café №", "price": 1e1, "x": [{"y": "]}"}]}'] * 1500
    body = f"[{', '.join(rows)}]" if form == "array" else "\n".join(rows)

    sent = send(owner, body, JSON if form == "array" else NDJSON, asgi_chunk_size=11)

    assert sent.json["offers_count"] == 1500


@pytest.mark.parametrize("headers", [{}, {"Content-Length": "99999"}], ids=["chunked", "sized"])
def test_an_upload_that_breaks_off_leaves_nothing(owner, headers) -> None:
    status, problem = hand_on(owner, TO, headers, part(ROWS.encode()[:5000]), GONE)

    assert (status, problem["error"]) == (400, "upload_broken_off")
    assert problem["details"] == {"received_bytes": 5000}
    assert left(owner) == (0, 0)


def test_an_upload_that_is_shorter_than_it_says_leaves_nothing(owner) -> None:
    headers = {"Content-Length": str(len(ROWS) + 1)}

    status, problem = hand_on(owner, TO, headers, part(ROWS.encode(), more=False))

    assert (status, problem["error"]) == (400, "upload_broken_off")
    assert left(owner) == (0, 0)


def test_a_feed_that_says_it_is_too_large_is_not_received(owner) -> None:
    headers = {"Content-Length": str(MAX_UPLOAD + 1)}

    status, problem = hand_on(owner, TO, headers, part(ROWS.encode()))

    assert (status, problem["error"]) == (413, "body_too_large")
    assert problem["details"] == {"maximum_bytes": MAX_UPLOAD}


def test_who_may_not_send_a_feed_is_told_before_it_is_received(shopper) -> None:
    status, problem = hand_on(shopper, TO, {}, part(b"title"))

    assert (status, problem["error"]) == (403, "plan_limit_exceeded")


def test_a_feed_that_is_too_large_is_not_kept(owner) -> None:
    body = HEADER.encode() + b"x" * MAX_UPLOAD

    sent = send(owner, body, asgi_chunk_size=1 << 20)

    assert sent.status_code == 413
    assert left(owner) == (0, 0)


def test_a_little_gzip_that_holds_a_great_deal_is_refused(owner) -> None:
    line = "Thing,10.50," + "x" * 100_000 + "\n"
    bomb = gzip.compress(f"title,price,note\n{line * 2700}".encode(), 1)

    sent = send(owner, bomb, headers={"Content_Encoding": "gzip"}, asgi_chunk_size=1 << 20)

    assert (sent.status_code, sent.json["error"]) == (422, "feed_unreadable")
    assert "when inflated" in sent.json["message"]
    assert left(owner) == (0, 0)


@pytest.mark.parametrize(
    "body", [b"no gzip", gzip.compress(ROWS.encode())[:-20]], ids=["none", "cut"]
)
def test_what_is_no_whole_gzip_is_refused(owner, body) -> None:
    sent = send(owner, body, headers={"Content_Encoding": "gzip"})

    assert (sent.status_code, sent.json["error"]) == (422, "feed_unreadable")
    assert left(owner) == (0, 0)


def test_a_bad_row_after_thousands_leaves_nothing(owner) -> None:
    sent = send(owner, ROWS + "Thing,cheap\n")

    assert sent.status_code == 422
    assert sent.json["details"]["row"] == 2502
    assert left(owner) == (0, 0)


def test_what_a_crash_left_behind_is_swept(owner, run, later) -> None:
    begun(owner, run)

    run(owner.shop.sources.feeds.sweep())
    at_once = left(owner)
    later(minutes=61)
    run(owner.shop.sources.feeds.sweep())

    assert (at_once, left(owner)) == ((1, 0), (0, 0))


def test_a_feed_under_way_is_not_seen(owner, run) -> None:
    feed = begun(owner, run)

    assert owner.get(FEEDS).json["total"] == 0
    assert owner.get(f"{FEEDS}/{feed.id}").status_code == 404


def test_all_feeds_together_have_their_limit(owner, run) -> None:
    kept(owner, "Anvil,10", "Skates,10")
    shop, caller = owner.shop, Caller(owner.user_id, plan=PlanTier.PRO)
    small = FeedService(shop.database, Feeds(), "USD", utc_now, most_offers=3)

    with pytest.raises(TooManyOffers):
        run(small.keep(caller, "Acme", BytesIO(ROWS.encode()), FeedFormat.CSV, compressed=False))

    assert left(owner) == (1, 2)


def test_a_feed_that_is_sent_twice_under_a_key_is_kept_once(owner) -> None:
    key = {"Idempotency_Key": "feed-1"}

    first, again = send(owner, ROWS, headers=key), send(owner, ROWS, headers=key)
    other = send(owner, ROWS + "Thing,1\n", headers=key)

    assert again.json == first.json
    assert again.headers["Idempotency-Replayed"] == "true"
    assert (other.status_code, other.json["error"]) == (422, "idempotency_key_reused")
    assert left(owner) == (1, 2500)


def test_a_large_feed_may_have_a_key_too(owner) -> None:
    body = HEADER + "".join(f"{'Thing ' * 20}{number},10.50\n" for number in range(15_000))

    sent = send(owner, body, headers={"Idempotency_Key": "feed-1"}, asgi_chunk_size=1 << 16)

    assert len(body) > 1 << 20
    assert sent.json["offers_count"] == 15_000
