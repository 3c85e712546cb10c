from datetime import datetime, timedelta

import pytest
from support.competing import COMPETITORS, URL, at, watched

UNKNOWN = "550e8400-e29b-41d4-a716-446655440000"
SHOWN = ("id", "user_id", "name", "url", "platform", "status", "product_count", "last_scanned")


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_a_competitor_is_shown_as_it_was_added(shopper) -> None:
    added = shopper.post(COMPETITORS, {"name": "Rival Gadgets", "url": URL, "platform": "shopify"})

    assert added.status_code == 201
    competitor_id = added.json["id"]
    expected = [competitor_id, shopper.user_id, "Rival Gadgets", URL, "shopify", "active", 0, None]
    assert [added.json[name] for name in SHOWN] == expected
    assert added.json["created_at"] == added.json["updated_at"]
    assert shopper.get(at(added.json)).json == added.json


def test_what_is_not_said_is_custom_until_a_scan_finds_out(shopper) -> None:
    competitor = watched(shopper)

    assert competitor["platform"] == "custom"
    assert competitor["detected_platform"] is None


def test_a_new_competitor_is_scanned_by_itself_a_minute_later(shopper) -> None:
    competitor = watched(shopper)

    wait = moment(competitor["next_scan_at"]) - moment(competitor["created_at"])
    assert wait == timedelta(minutes=1)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("https://Rival.EXAMPLE/", "https://rival.example"),
        ("HTTPS://rival.example:443/Shop//", "https://rival.example/Shop"),
        ("http://rival.example:80", "http://rival.example"),
        ("http://rival.example:8080/a/", "http://rival.example:8080/a"),
        ("https://rival.example./", "https://rival.example"),
        ("https://[2606:4700::1111]/", "https://[2606:4700::1111]"),
    ],
)
def test_urls_are_kept_the_one_way_there_is_to_write_them(shopper, typed, kept) -> None:
    assert watched(shopper, url=typed)["url"] == kept


@pytest.mark.parametrize(
    "url",
    [
        "",
        "rival.example",
        "ftp://rival.example",
        "https://",
        "https:///shop",
        "https://me:secret@rival.example",
        "https://rival.example/#top",
        "https://rival.example/?page=2",
        "https://rival.example:99999",
        "https://rival.example:0",
        "https://rival example",
        "https://[::1",
        "https://rival.example/\n",
        f"https://rival.example/{'a' * 2000}",
    ],
)
def test_what_is_no_address_of_a_store_is_refused(shopper, url) -> None:
    answer = shopper.post(COMPETITORS, {"name": "Rival", "url": url})

    assert answer.status_code == 422
    assert "url" in answer.json["details"]


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "10.0.0.7:8000", "169.254.169.254", "2130706433", "0x7f.1", "[::1]", "[::]"],
)
def test_private_addresses_are_refused(shopper, host) -> None:
    competitor = watched(shopper)

    added = shopper.post(COMPETITORS, {"name": "Rival", "url": f"http://{host}/"})
    changed = shopper.patch(at(competitor), {"url": f"http://{host}/"})

    for answer in (added, changed):
        assert answer.status_code == 422
        assert answer.json["error"] == "store_address_not_allowed"
    assert shopper.get(at(competitor)).json == competitor


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "   "}, "name"),
        ({"name": "a" * 256}, "name"),
        ({"name": None}, "name"),
        ({"platform": "magento"}, "platform"),
        ({"platform": None}, "platform"),
        ({"status": "paused"}, "status"),
        ({"url": 5}, "url"),
    ],
)
def test_every_fault_is_named(shopper, wrong, field) -> None:
    answer = shopper.post(COMPETITORS, {"name": "Rival", "url": URL} | wrong)

    assert answer.status_code == 422
    assert field in answer.json["details"]
    assert shopper.get(COMPETITORS).json["total"] == 0


def test_the_same_store_may_be_watched_twice(shopper) -> None:
    first, second = watched(shopper), watched(shopper)

    assert first["id"] != second["id"]
    assert first["url"] == second["url"]


def test_competitors_are_listed_oldest_first(shopper, later) -> None:
    for name in ("A", "B", "C"):
        watched(shopper, name=name)
        later(minutes=1)

    first = shopper.get(f"{COMPETITORS}?per_page=2").json
    second = shopper.get(f"{COMPETITORS}/?per_page=2&page=2").json

    assert [each["name"] for each in first["items"]] == ["A", "B"]
    assert [each["name"] for each in second["items"]] == ["C"]
    assert (second["total"], second["page"], second["per_page"]) == (3, 2, 2)


@pytest.mark.parametrize("query", ["per_page=101", "per_page=0", "page=0", "sort=name"])
def test_lists_have_bounds(shopper, query) -> None:
    assert shopper.get(f"{COMPETITORS}?{query}").status_code == 422


def test_a_competitor_is_changed_in_part(shopper, later) -> None:
    competitor = watched(shopper)
    later(minutes=5)

    changed = shopper.patch(at(competitor), {"name": "Rival, Inc."}).json

    assert changed["name"] == "Rival, Inc."
    assert changed["updated_at"] > competitor["updated_at"]
    same = changed | {"name": competitor["name"], "updated_at": competitor["updated_at"]}
    assert same == competitor
    assert shopper.get(at(competitor)).json == changed


def test_a_paused_competitor_is_not_scanned_by_itself(shopper, later) -> None:
    competitor = watched(shopper)

    paused = shopper.patch(at(competitor), {"status": "paused"}).json
    later(hours=1)
    active = shopper.patch(at(competitor), {"status": "active"}).json

    assert (paused["status"], paused["next_scan_at"]) == ("paused", None)
    wait = moment(active["next_scan_at"]) - moment(active["updated_at"])
    assert (active["status"], wait) == ("active", timedelta(minutes=1))


def test_what_is_active_already_waits_no_longer_for_being_activated(shopper, later) -> None:
    competitor = watched(shopper)
    later(seconds=30)

    active = shopper.patch(at(competitor), {"status": "active"}).json

    assert active["next_scan_at"] == competitor["next_scan_at"]


def test_at_another_address_it_is_scanned_soon_unless_it_is_paused(shopper, later) -> None:
    going, resting = watched(shopper), watched(shopper)
    shopper.patch(at(resting), {"status": "paused"})
    later(hours=1)

    moved = shopper.patch(at(going), {"url": "https://rival.example"}).json
    still = shopper.patch(at(resting), {"platform": "woocommerce"}).json

    assert moved["url"] == "https://rival.example"
    assert moment(moved["next_scan_at"]) - moment(moved["updated_at"]) == timedelta(minutes=1)
    assert (still["platform"], still["next_scan_at"]) == ("woocommerce", None)


def test_that_it_cannot_be_read_is_for_scans_to_say(shopper) -> None:
    refused = shopper.patch(at(watched(shopper)), {"status": "error"})

    assert refused.json["details"] == {"status": "Input should be 'active' or 'paused'"}


@pytest.mark.parametrize(
    "wrong", [{"status": "error"}, {"status": None}, {"name": None}, {"url": ""}, {"user_id": "me"}]
)
def test_some_things_cannot_be_changed_by_hand(shopper, wrong) -> None:
    competitor = watched(shopper)

    assert shopper.patch(at(competitor), wrong).status_code == 422
    assert shopper.get(at(competitor)).json == competitor


def test_a_deleted_competitor_is_gone(shopper) -> None:
    competitor = watched(shopper)

    assert shopper.delete(at(competitor)).status_code == 204

    assert shopper.get(at(competitor)).json["error"] == "competitor_not_found"
    assert shopper.delete(at(competitor)).status_code == 404
    assert shopper.get(COMPETITORS).json["total"] == 0


ENDPOINTS = [
    ("GET", ""),
    ("PATCH", ""),
    ("DELETE", ""),
    ("GET", "/products"),
    ("GET", "/scans"),
    ("POST", "/scans"),
    ("GET", f"/scans/{UNKNOWN}"),
]


def body_of(verb: str) -> dict[str, object] | None:
    return {"name": "Mine now"} if verb == "PATCH" else None


@pytest.mark.parametrize(("verb", "path"), ENDPOINTS)
def test_anothers_competitor_is_as_good_as_not_there(client, admin, shopper, verb, path) -> None:
    competitor = watched(shopper)

    for other in (client.as_shopper(), admin):
        answer = other.send(verb, at(competitor) + path, json=body_of(verb))
        assert answer.status_code == 404
        assert answer.json["error"] == "competitor_not_found"
    assert shopper.get(at(competitor)).json == competitor


@pytest.mark.parametrize(("verb", "path"), ENDPOINTS)
def test_ids_are_uuids_and_guests_have_no_competitors(client, shopper, verb, path) -> None:
    malformed = shopper.send(verb, f"{COMPETITORS}/7{path}", json=body_of(verb))
    guest = client.send(verb, f"{COMPETITORS}/{UNKNOWN}{path}", json=body_of(verb))

    assert (malformed.status_code, malformed.json["error"]) == (400, "malformed_id")
    assert guest.status_code == 401


def test_without_a_version_it_is_the_same(shopper) -> None:
    competitor = watched(shopper)

    assert shopper.get(f"/api/competitors/{competitor['id']}/").json == competitor
