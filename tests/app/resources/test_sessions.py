import bcrypt
import pytest
from support.client import PASSWORD

from domain.identity.models import User

ADA = "ada@example.com"


def sign_up(client, **fields):
    return client.post("/auth/signup", {"email": ADA, "password": PASSWORD} | fields)


def log_in(client, email=ADA, password=PASSWORD):
    return client.post("/auth/login", {"email": email, "password": password})


def log_in_once(client, name=ADA, password=PASSWORD):
    return client.post("/login", {"username": name, "password": password})


def without_names_and_times(problem):
    return {key: problem[key] for key in problem if key not in ("request_id", "timestamp")}


def test_signing_up_opens_an_account_and_logs_in_to_it(client) -> None:
    signed_up = sign_up(client, username="ada")

    assert signed_up.status_code == 201
    assert signed_up.json["token_type"] == "bearer"
    assert signed_up.json["expires_in"] == 15 * 60
    assert signed_up.json["refresh_token"]
    user = signed_up.json["user"]
    assert (user["email"], user["username"], user["role"]) == (ADA, "ada", "USER")
    ada = client.bearing(signed_up.json["access_token"])
    assert ada.get(f"/users/{user['id']}").json == user


def test_nothing_that_is_answered_holds_the_password_or_its_hash(client) -> None:
    signed_up = sign_up(client)

    assert PASSWORD not in signed_up.text
    assert "argon2" not in signed_up.text


def test_an_address_has_one_account_however_it_is_written(client) -> None:
    sign_up(client)

    again = sign_up(client, email="ADA@Example.COM")

    assert again.status_code == 409
    assert again.json["error"] == "email_taken"


def test_a_username_has_one_account(client) -> None:
    sign_up(client, username="ada")

    again = sign_up(client, email="other@example.com", username="ada")

    assert again.status_code == 409
    assert again.json["error"] == "username_taken"


def test_a_refused_sign_up_leaves_nothing_behind(client, admin) -> None:
    sign_up(client, username="ada")
    accounts = admin.get("/users").json["total"]

    sign_up(client, email="other@example.com", username="ada")

    assert admin.get("/users").json["total"] == accounts
    assert sign_up(client, email="other@example.com").status_code == 201


@pytest.mark.parametrize(
    "email",
    [
        "",
        "ada",
        "ada@",
        "@example.com",
        "ada@example",
        "ada@@example.com",
        "ada@exam ple.com",
        "ada@-example.com",
        "ada@example..com",
        "Ada <ada@example.com>",
        "ada@example.com,bob@example.com",
        "ada@example.com\n",
        "ada@example.com\0",
        "ädä@example.com",
        "ada@example.com" + ".com" * 64,
        None,
        7,
        ["ada@example.com"],
    ],
)
def test_what_is_no_address_is_refused_by_name(client, email) -> None:
    refused = sign_up(client, email=email)

    assert refused.status_code == 422
    assert any(field.startswith("email") for field in refused.json["details"])


@pytest.mark.parametrize("password", ["", "1234567", "x" * 257, "nul \0 inside", None, 12345678])
def test_a_password_that_is_short_or_cannot_be_typed_is_refused(client, password) -> None:
    refused = sign_up(client, password=password)

    assert refused.status_code == 422
    assert list(refused.json["details"]) == ["password"]
    assert "1234567" not in refused.text


def test_half_a_letter_in_a_password_is_malformed_json(client) -> None:
    body = b'{"email": "ada@example.com", "password": "\\ud800 and seven more"}'

    refused = client.send(
        "POST", "/auth/signup", body=body, headers={"Content_Type": "application/json"}
    )

    assert refused.status_code == 400
    assert refused.json["error"] == "malformed_json"


@pytest.mark.parametrize(
    "password", ["12345678", "pässwörd", "🐦🐦🐦🐦🐦🐦🐦🐦", " " * 8, "é" * 256]
)
def test_any_eight_characters_or_more_are_a_password(client, password) -> None:
    signed_up = sign_up(client, password=password)

    assert signed_up.status_code == 201
    assert log_in(client, password=password).status_code == 200
    assert log_in(client, password=password[:-1] + "?").status_code == 401


@pytest.mark.parametrize("field", ["role", "is_active", "id", "token_version", "password_hash"])
def test_nobody_signs_up_as_more_than_a_shopper(client, field) -> None:
    refused = sign_up(client, **{field: "ADMIN"})

    assert refused.status_code == 422
    assert list(refused.json["details"]) == [field]


@pytest.mark.parametrize("username", ["", "a b", ADA, "ädä", "x" * 65, "ada\n"])
def test_a_username_is_plain_and_never_passes_for_an_address(client, username) -> None:
    refused = sign_up(client, username=username)

    assert refused.status_code == 422
    assert list(refused.json["details"]) == ["username"]


@pytest.mark.parametrize("name", [ADA, "Ada@EXAMPLE.com", "lovelace"])
def test_a_name_is_an_address_or_a_username(client, name) -> None:
    sign_up(client, username="lovelace")

    logged_in = log_in_once(client, name)

    assert logged_in.status_code == 200
    assert logged_in.json["token_type"] == "bearer"
    assert logged_in.json["user"]["email"] == ADA
    assert "refresh_token" not in logged_in.json


def test_a_login_token_lasts_four_hours(client, later) -> None:
    sign_up(client)
    logged_in = log_in_once(client).json
    ada = client.bearing(logged_in["access_token"])

    later(hours=3, minutes=59)
    before = ada.get("/cart")
    later(minutes=2)
    after = ada.get("/cart")

    assert logged_in["expires_in"] == 4 * 60 * 60
    assert (before.status_code, after.status_code) == (200, 401)


def test_an_access_token_lasts_fifteen_minutes(client, later) -> None:
    sign_up(client)
    logged_in = log_in(client).json
    ada = client.bearing(logged_in["access_token"])

    later(minutes=14)
    before = ada.get("/cart")
    later(minutes=2)
    after = ada.get("/cart")

    assert logged_in["expires_in"] == 15 * 60
    assert (before.status_code, after.status_code) == (200, 401)


@pytest.mark.parametrize("attempt", [log_in, log_in_once])
def test_a_wrong_password_and_an_unknown_name_look_the_same(client, attempt) -> None:
    sign_up(client)

    wrong = attempt(client, ADA, "not the password")
    unknown = attempt(client, "nobody@example.com", PASSWORD)

    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json["error"] == "invalid_credentials"
    assert wrong.headers["www-authenticate"] == unknown.headers["www-authenticate"]
    assert without_names_and_times(wrong.json) == without_names_and_times(unknown.json)


@pytest.mark.parametrize("attempt", [log_in, log_in_once])
def test_an_inactive_account_looks_like_none_at_all(client, admin, attempt) -> None:
    user = sign_up(client).json["user"]
    admin.patch(f"/users/{user['id']}", {"is_active": False})

    inactive = attempt(client)
    unknown = attempt(client, "nobody@example.com")

    assert inactive.status_code == 401
    assert without_names_and_times(inactive.json) == without_names_and_times(unknown.json)


@pytest.mark.parametrize("password", [PASSWORD.upper(), PASSWORD + " ", PASSWORD[:-1], "x" * 1024])
def test_nearly_the_password_is_not_the_password(client, password) -> None:
    sign_up(client)

    assert log_in(client, password=password).status_code == 401


@pytest.mark.parametrize("fault", [{"password": ""}, {"password": None}, {"email": 1}, {"x": 1}])
def test_a_login_of_another_shape_is_refused_before_anybody_is_looked_up(client, fault) -> None:
    refused = client.post("/auth/login", {"email": ADA, "password": PASSWORD} | fault)

    assert refused.status_code == 422
    assert list(refused.json["details"]) == list(fault)


@pytest.mark.parametrize("name", ["' OR 1=1 --", "%", "ada@example.com' --", "🐦", "a" * 254])
def test_a_strange_name_is_only_an_unknown_name(client, name) -> None:
    sign_up(client)

    assert log_in_once(client, name).status_code == 401


def test_a_bcrypt_hash_from_another_shop_logs_in_and_becomes_argon2id(client, run) -> None:
    hashed = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()

    async def move_in(tx) -> None:
        tx.users.add(User(email=ADA, password_hash=hashed))

    run(client.shop.database.write(move_in))

    wrong = log_in(client, password="not the password")
    first = log_in(client)

    upgraded = run(client.shop.database.read(lambda tx: tx.users.by_login(ADA)))
    assert (wrong.status_code, first.status_code) == (401, 200)
    assert upgraded.password_hash.startswith("$argon2id$")
    assert log_in(client).status_code == 200
    assert client.bearing(first.json["access_token"]).get("/cart").status_code == 200
