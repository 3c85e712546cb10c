import pytest
from support.client import PASSWORD

ADA = {"email": "ada@example.com", "password": PASSWORD}
NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def ordered(admin, shopper):
    """A shopper who has ordered."""
    placed = {"items": [{"product_id": admin.product()["id"]}]}
    assert shopper.post("/orders", placed).status_code == 201
    return shopper


def test_an_administrator_opens_an_account_that_can_log_in(client, admin) -> None:
    opened = admin.post("/users", ADA | {"username": "ada"})

    assert opened.status_code == 201
    assert opened.json["username"] == "ada"
    assert (opened.json["role"], opened.json["is_active"]) == ("USER", True)
    assert opened.json["created_at"] == opened.json["updated_at"]
    assert opened.json["created_at"].endswith("Z")
    assert admin.get(f"/users/{opened.json['id']}").json == opened.json
    assert client.post("/login", {"username": "ada", "password": PASSWORD}).status_code == 200


def test_an_administrator_opens_another_administrators_account(client, admin) -> None:
    admin.post("/users", ADA | {"role": "ADMIN"})

    login = client.post("/login", {"username": ADA["email"], "password": PASSWORD}).json

    assert client.bearing(login["access_token"]).get("/users").status_code == 200


@pytest.mark.parametrize(
    ("again", "code"),
    [
        ({"email": "ADA@example.com"}, "email_taken"),
        ({"email": "other@example.com", "username": "ada"}, "username_taken"),
    ],
)
def test_what_is_taken_cannot_be_given_away_again(admin, again, code) -> None:
    admin.post("/users", ADA | {"username": "ada"})

    refused = admin.post("/users", ADA | again)

    assert refused.status_code == 409
    assert refused.json["error"] == code


@pytest.mark.parametrize(
    "fault",
    [
        {"role": "admin"},
        {"role": "OWNER"},
        {"role": None},
        {"role": 1},
        {"is_active": False},
        {"password": "short"},
        {"email": "nobody"},
    ],
    ids=str,
)
def test_an_account_of_another_shape_is_refused_by_name(admin, fault) -> None:
    refused = admin.post("/users", ADA | fault)

    assert refused.status_code == 422
    assert list(refused.json["details"]) == list(fault)
    assert admin.get("/users").json["total"] == 1


@pytest.mark.parametrize(
    ("verb", "path"),
    [("GET", "/users"), ("POST", "/users"), ("PATCH", "/users/{}")],
)
def test_only_administrators_manage_accounts(client, shopper, verb, path) -> None:
    path = path.format(shopper.user_id)

    assert client.send(verb, path, json={}).status_code == 401
    assert shopper.send(verb, path, json={}).status_code == 403


def test_a_shopper_cannot_promote_themself(shopper) -> None:
    assert shopper.patch(f"/users/{shopper.user_id}", {"role": "ADMIN"}).status_code == 403
    assert shopper.get(f"/users/{shopper.user_id}").json["role"] == "USER"


def test_a_user_reads_their_own_account_however_the_id_is_written(shopper) -> None:
    own = shopper.get(f"/users/{shopper.user_id}")

    assert own.status_code == 200
    assert own.json["email"] == shopper.email
    assert shopper.get(f"/users/{shopper.user_id.upper()}/").json == own.json


@pytest.mark.parametrize("verb", ["GET", "DELETE"])
def test_somebody_elses_account_is_not_there(client, shopper, verb) -> None:
    other = client.as_shopper()

    elses = shopper.send(verb, f"/users/{other.user_id}")
    nobodys = shopper.send(verb, f"/users/{NOBODY}")

    assert elses.status_code == nobodys.status_code == 404
    assert elses.json["error"] == nobodys.json["error"] == "user_not_found"
    assert other.get(f"/users/{other.user_id}").status_code == 200


def test_accounts_are_listed_a_page_at_a_time_oldest_first(admin) -> None:
    for number in range(4):
        admin.post("/users", ADA | {"email": f"user{number}@example.com"})

    pages = [admin.get(f"/users?page={page}&per_page=2").json for page in (1, 2, 3, 4)]

    listed = [user["email"] for page in pages for user in page["items"]]
    assert listed == [admin.email, *(f"user{number}@example.com" for number in range(4))]
    assert [len(page["items"]) for page in pages] == [2, 2, 1, 0]
    assert {page["total"] for page in pages} == {5}
    assert [(page["page"], page["per_page"]) for page in pages[:2]] == [(1, 2), (2, 2)]


def test_a_list_has_twenty_to_a_page_and_a_hundred_at_most(admin) -> None:
    assert admin.get("/users").json["per_page"] == 20
    assert admin.get("/users?per_page=100").status_code == 200
    assert admin.get("/users?page=1000000&per_page=100").json["items"] == []


@pytest.mark.parametrize(
    "query",
    [
        "page=0",
        "page=-1",
        "page=1000001",
        "page=99999999999999999999999999",
        "per_page=0",
        "per_page=101",
        "per_page=9223372036854775808",
        "per_page=",
        "per_page=ten",
        "per_page=1.5",
        "page=1&page=2",
        "sort=email",
    ],
)
def test_a_page_that_cannot_be_is_refused_by_name(admin, query) -> None:
    refused = admin.get(f"/users?{query}")

    assert refused.status_code == 422
    assert any(query.startswith(name.split(".")[0]) for name in refused.json["details"])


def test_a_change_of_nothing_changes_nothing(admin, shopper) -> None:
    changed = admin.patch(f"/users/{shopper.user_id}", {})

    assert changed.status_code == 200
    assert (changed.json["role"], changed.json["is_active"]) == ("USER", True)


@pytest.mark.parametrize(
    "change",
    [
        {"role": None},
        {"role": "admin"},
        {"role": ["ADMIN"]},
        {"is_active": None},
        {"is_active": "false"},
        {"is_active": 0},
        {"email": "new@example.com"},
        {"password": "a new password"},
        {"token_version": 1},
    ],
    ids=str,
)
def test_a_change_of_another_shape_is_refused_by_name(admin, shopper, change) -> None:
    refused = admin.patch(f"/users/{shopper.user_id}", {"is_active": False} | change)

    assert refused.status_code == 422
    assert list(refused.json["details"]) == list(change)
    assert shopper.get("/cart").status_code == 200


@pytest.mark.parametrize(
    ("verb", "user_id"),
    [
        ("PATCH", "me"),
        ("DELETE", "me"),
        *(
            ("GET", user_id)
            for user_id in ("1", NOBODY + "0", NOBODY.replace("-", ""), "%00", "🐦")
        ),
    ],
)
def test_a_malformed_id_is_a_malformed_request(admin, verb, user_id) -> None:
    refused = admin.send(verb, f"/users/{user_id}", json={})

    assert refused.status_code == 400
    assert refused.json["error"] == "malformed_id"


@pytest.mark.parametrize("verb", ["GET", "PATCH", "DELETE"])
def test_an_unknown_id_is_not_found(admin, verb) -> None:
    missing = admin.send(verb, f"/users/{NOBODY}", json={})

    assert missing.status_code == 404
    assert missing.json["error"] == "user_not_found"


def test_a_user_who_never_ordered_deletes_themself_for_good(client, admin, shopper) -> None:
    shopper.post("/cart/add", {"product_id": admin.product()["id"]})

    deleted = shopper.delete(f"/users/{shopper.user_id}")

    assert deleted.status_code == 204
    assert shopper.get("/cart").status_code == 401
    assert (
        client.post("/login", {"username": shopper.email, "password": PASSWORD}).status_code == 401
    )
    assert admin.get(f"/users/{shopper.user_id}").status_code == 404


def test_an_administrator_deletes_an_account_and_its_sessions(client, admin) -> None:
    pair = client.post("/auth/signup", ADA).json

    deleted = admin.delete(f"/users/{pair['user']['id']}")

    assert deleted.status_code == 204
    assert client.bearing(pair["access_token"]).get("/cart").status_code == 401
    assert client.post("/auth/refresh", {"refresh_token": pair["refresh_token"]}).status_code == 401
    assert client.post("/auth/signup", ADA).status_code == 201


@pytest.mark.parametrize("who", ["admin", "ordered"])
def test_an_account_with_orders_is_kept(request, admin, ordered, who) -> None:
    refused = request.getfixturevalue(who).delete(f"/users/{ordered.user_id}")

    assert refused.status_code == 409
    assert refused.json["error"] == "user_has_orders"
    assert ordered.get("/orders/me").json["total"] == 1


@pytest.mark.parametrize(
    ("verb", "change"),
    [("PATCH", {"role": "USER"}), ("PATCH", {"is_active": False}), ("DELETE", None)],
)
def test_the_last_administrator_stays(client, admin, verb, change) -> None:
    inactive = client.as_admin()
    admin.patch(f"/users/{inactive.user_id}", {"is_active": False})

    refused = admin.send(verb, f"/users/{admin.user_id}", json=change)

    assert refused.status_code == 409
    assert refused.json["error"] == "last_admin"
    own = admin.get(f"/users/{admin.user_id}").json
    assert (own["role"], own["is_active"]) == ("ADMIN", True)


@pytest.mark.parametrize(
    ("verb", "change", "status"),
    [("PATCH", {"role": "USER"}, 200), ("PATCH", {"is_active": False}, 200), ("DELETE", None, 204)],
)
def test_an_administrator_may_go_while_another_stays(client, admin, verb, change, status) -> None:
    other = client.as_admin()

    gone = admin.send(verb, f"/users/{admin.user_id}", json=change)

    assert gone.status_code == status
    assert other.get("/users").status_code == 200
    assert admin.get("/users").status_code in (401, 403)
