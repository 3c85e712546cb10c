import pytest
from support.plans import subscribed
from support.watching import ALERTS, alert_on, history, priced, rival_of

from common.ids import new_id


@pytest.fixture
def owner(client):
    return subscribed(client.as_shopper())


@pytest.fixture
def rival(owner, clock):
    return rival_of(owner, clock)


@pytest.fixture
def stranger(client):
    return subscribed(client.as_shopper())


def ids(answer) -> list[str]:
    return [each["id"] for each in answer.json["items"]]


def test_an_alert_is_shown_as_it_was_set(owner, rival) -> None:
    alert = alert_on(owner, "price_drop", threshold=12.5, competitor_id=rival.id)

    assert alert["user_id"] == owner.user_id
    assert (alert["alert_type"], alert["threshold"]) == ("price_drop", 12.5)
    assert (alert["competitor_id"], alert["product_id"]) == (rival.id, None)
    assert (alert["is_active"], alert["last_triggered_at"]) == (True, None)
    assert alert["created_at"] == alert["updated_at"]
    assert owner.get(f"{ALERTS}/{alert['id']}").json == alert
    assert owner.get(ALERTS).json == {"items": [alert], "total": 1, "page": 1, "per_page": 20}


def test_the_unversioned_path_is_the_same(owner) -> None:
    alert = owner.post("/api/alerts", {"alert_type": "new_product"}).json

    assert owner.get(f"/api/alerts/{alert['id']}").json == owner.get(f"{ALERTS}/{alert['id']}").json


@pytest.mark.parametrize(
    "alert_type",
    ["price_drop", "price_increase", "new_product", "out_of_stock", "back_in_stock"],
)
def test_without_more_it_is_about_everything(owner, alert_type) -> None:
    alert = alert_on(owner, alert_type)

    assert (alert["alert_type"], alert["threshold"]) == (alert_type, 0)
    assert (alert["competitor_id"], alert["product_id"]) == (None, None)


def test_about_a_product_it_names_its_competitor_too(owner, rival) -> None:
    (product,) = rival.sells("Earbuds")

    alone = alert_on(owner, product_id=product)
    both = alert_on(owner, product_id=product, competitor_id=rival.id.upper())

    for alert in (alone, both):
        assert (alert["product_id"], alert["competitor_id"]) == (product, rival.id)


def test_a_product_is_of_the_competitor_that_sells_it(owner, rival, clock) -> None:
    (product,) = rival.sells("Earbuds")
    other = rival_of(owner, clock, "Another")

    refused = owner.post(
        ALERTS, {"alert_type": "price_drop", "product_id": product, "competitor_id": other.id}
    )

    assert (refused.status_code, refused.json["error"]) == (422, "product_of_another_competitor")


@pytest.mark.parametrize(
    ("field", "error"),
    [
        ("competitor_id", "competitor_not_found"),
        ("product_id", "competitor_product_not_found"),
    ],
)
def test_an_alert_is_about_what_one_watches_oneself(
    owner, stranger, rival, clock, field, error
) -> None:
    theirs = rival_of(stranger, clock)
    known = {"competitor_id": theirs.id, "product_id": theirs.sells("Earbuds")[0]}

    for someones in (known[field], new_id()):
        refused = owner.post(ALERTS, {"alert_type": "price_drop", field: someones})

        assert (refused.status_code, refused.json["error"]) == (404, error)
    assert owner.get(ALERTS).json["total"] == 0


@pytest.mark.parametrize(
    ("alert_type", "threshold", "status"),
    [
        ("price_drop", 0.01, 201),
        ("price_drop", 100, 201),
        ("price_drop", 100.01, 422),
        ("price_increase", 1000, 201),
        ("price_increase", 1000.01, 422),
        ("new_product", 0, 201),
        ("new_product", 0.01, 201),
        ("out_of_stock", 5, 201),
        ("back_in_stock", 1000, 201),
        ("back_in_stock", 1000.01, 422),
        ("price_drop", -1, 422),
        ("price_drop", 0.001, 422),
        ("price_drop", "5", 422),
        ("price_drop", None, 422),
        ("price_drop", True, 422),
        ("price_drop", [5], 422),
        ("price_fall", 5, 422),
        (None, 5, 422),
    ],
)
def test_a_threshold_is_one_that_can_be_reached(owner, alert_type, threshold, status) -> None:
    answer = owner.post(ALERTS, {"alert_type": alert_type, "threshold": threshold})

    assert answer.status_code == status
    assert owner.get(ALERTS).json["total"] == (status == 201)
    if status == 201:
        assert answer.json["threshold"] == threshold


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"alert_type": "price_drop", "is_active": False},
        {"alert_type": "price_drop", "competitor_id": "rival"},
        {"alert_type": "price_drop", "product_id": 7},
    ],
    ids=str,
)
def test_what_is_not_understood_is_refused(owner, body) -> None:
    refused = owner.post(ALERTS, body)

    assert (refused.status_code, refused.json["error"]) == (422, "validation_error")


def test_a_list_shows_the_latest_first_and_may_be_narrowed(owner, rival, clock, later) -> None:
    about_all = alert_on(owner, "price_drop")
    later(seconds=1)
    about_rival = alert_on(owner, "new_product", competitor_id=rival.id)
    later(seconds=1)
    about_product = alert_on(owner, "price_drop", product_id=rival.sells("Earbuds")[0])
    owner.patch(f"{ALERTS}/{about_all['id']}", {"is_active": False})

    def listed(query: str) -> list[str]:
        return ids(owner.get(f"{ALERTS}{query}"))

    everything = [about_product["id"], about_rival["id"], about_all["id"]]
    assert listed("") == everything
    assert listed("?per_page=2&page=2") == everything[2:]
    assert listed("?is_active=true") == everything[:2]
    assert listed("?is_active=false") == everything[2:]
    assert listed("?alert_type=price_drop") == [about_product["id"], about_all["id"]]
    assert listed(f"?competitor_id={rival.id}") == everything[:2]
    assert listed(f"?competitor_id={rival.id}&alert_type=new_product") == [about_rival["id"]]
    assert listed(f"?competitor_id={new_id()}") == []


@pytest.mark.parametrize(
    "query", ["per_page=101", "is_active=maybe", "alert_type=x", "competitor_id=x", "colour=red"]
)
def test_a_list_is_not_narrowed_by_what_makes_no_sense(owner, query) -> None:
    assert owner.get(f"{ALERTS}?{query}").status_code == 422


def test_an_alert_can_be_changed(owner, later) -> None:
    alert = alert_on(owner, "price_drop", threshold=10)
    path = f"{ALERTS}/{alert['id']}"
    later(minutes=1)

    changed = owner.patch(path, {"threshold": 7.25, "is_active": False}).json

    assert changed == owner.get(path).json
    assert (changed["threshold"], changed["is_active"]) == (7.25, False)
    assert changed["updated_at"] > alert["updated_at"]
    unchanged = alert.keys() - {"threshold", "is_active", "updated_at"}
    assert {name: changed[name] for name in unchanged} == {name: alert[name] for name in unchanged}


@pytest.mark.parametrize(
    ("alert", "changes", "threshold"),
    [
        (("price_drop", 10), {"alert_type": "price_increase"}, 10),
        (("price_drop", 10), {"alert_type": "new_product"}, 10),
        (("price_drop", 10), {"alert_type": "new_product", "threshold": 0}, 0),
        (("new_product", 0), {"alert_type": "price_drop", "threshold": 5}, 5),
        (("price_increase", 300), {"alert_type": "price_drop", "threshold": 30}, 30),
        (("price_increase", 300), {}, 300),
        (("price_increase", 300), {"alert_type": "price_drop"}, None),
        (("price_drop", 10), {"alert_type": "new_product", "threshold": 101}, 101),
        (("new_product", 101), {"alert_type": "price_drop"}, None),
        (("price_drop", 10), {"threshold": 101}, None),
    ],
)
def test_to_another_type_the_threshold_goes_along_where_it_can(
    owner, alert, changes, threshold
) -> None:
    alert_type, before = alert
    path = f"{ALERTS}/{alert_on(owner, alert_type, threshold=before)['id']}"

    answer = owner.patch(path, changes)

    if threshold is None:
        assert (answer.status_code, answer.json["error"]) == (422, "threshold_out_of_reach")
        assert owner.get(path).json["alert_type"] == alert_type
    else:
        assert answer.json["threshold"] == threshold
        assert answer.json["alert_type"] == changes.get("alert_type", alert_type)


@pytest.mark.parametrize(
    "body",
    [{"alert_type": None}, {"threshold": None}, {"is_active": None}, {"product_id": None}],
    ids=str,
)
def test_what_an_alert_is_about_cannot_be_changed_nor_anything_to_nothing(owner, body) -> None:
    alert = alert_on(owner)

    assert owner.patch(f"{ALERTS}/{alert['id']}", body).status_code == 422


def test_a_deleted_alert_takes_its_history_along(owner, rival) -> None:
    (product,) = rival.sells("Earbuds")
    alert, other = alert_on(owner), alert_on(owner)
    scan = rival.scanned(priced(product, 1000, 900))

    deleted = owner.delete(f"{ALERTS}/{alert['id']}")

    assert deleted.status_code == 204
    assert owner.get(f"{ALERTS}/{alert['id']}/history").status_code == 404
    assert ids(owner.get(ALERTS)) == [other["id"]]
    assert [each["scan_id"] for each in history(owner, other)] == [scan]


def test_nobody_else_sees_changes_or_deletes_an_alert(admin, owner, stranger) -> None:
    path = f"{ALERTS}/{alert_on(owner)['id']}"

    for other in (stranger, admin):
        answers = [
            other.get(path),
            other.patch(path, {"is_active": False}),
            other.delete(path),
            other.get(f"{path}/history"),
        ]
        assert [each.json["error"] for each in answers] == ["alert_not_found"] * 4
        assert other.get(ALERTS).json["total"] == 0
    assert owner.get(path).json["is_active"] is True


def test_an_id_that_is_none_is_malformed_and_an_unknown_one_not_found(owner) -> None:
    for path, status in ((f"{ALERTS}/x", 400), (f"{ALERTS}/{new_id()}", 404)):
        answers = [
            owner.get(path),
            owner.patch(path, {}),
            owner.delete(path),
            owner.get(f"{path}/history"),
        ]
        assert [each.status_code for each in answers] == [status] * 4


def test_whoever_is_not_logged_in_has_no_alerts(client) -> None:
    assert client.get(ALERTS).status_code == 401
    assert client.post(ALERTS, {"alert_type": "price_drop"}).status_code == 401
