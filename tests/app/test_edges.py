"""What every answer has in common, whatever was asked."""

from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid4

import pytest
from falcon.testing import Result
from support.client import Client

UNKNOWN_ID = "caee98e7-6103-4147-b3cd-d1f3ca24b68e"
SECURE = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
}
PROBLEM = {
    "type", "title", "status", "detail", "error", "message", "details", "request_id", "timestamp",
}  # fmt: skip


def failures(client: Client, admin: Client, shopper: Client) -> dict[str, Result]:
    """Fail in every way there is, short of breaking something."""
    rare = admin.product(stock=1)
    wanted = {"product_id": rare["id"], "quantity": 2}
    return {
        "not_found": client.get("/nowhere"),
        "product_not_found": client.get(f"/products/{uuid4()}"),
        "malformed_id": client.get("/products/1"),
        "method_not_allowed": client.send("PUT", "/products"),
        "authentication_required": client.get("/cart"),
        "permission_denied": shopper.get("/users"),
        "malformed_json": client.send("POST", "/login", body=b"{"),
        "unsupported_media_type": client.send(
            "POST", "/login", body=b"x", headers={"Content-Type": "text/plain"}
        ),
        "body_too_large": client.send("POST", "/login", body=b" " * 1_048_577),
        "validation_error": client.post("/login", {}),
        "invalid_credentials": client.post("/login", {"username": "x", "password": "x"}),
        "insufficient_inventory": shopper.post("/cart/add", wanted),
        "cart_empty": shopper.post("/checkout", {}),
    }


def test_every_failure_has_one_shape(client, admin, shopper) -> None:
    for code, failure in failures(client, admin, shopper).items():
        problem: dict[str, Any] = failure.json

        assert failure.headers["content-type"] == "application/problem+json", code
        assert problem.keys() >= PROBLEM, code
        assert problem["error"] == code
        assert problem["type"] == f"urn:peregrine:error:{code}"
        assert problem["status"] == failure.status_code
        assert problem["title"] == HTTPStatus(failure.status_code).phrase
        assert problem["detail"] == problem["message"] != ""
        assert isinstance(problem["details"], dict)
        assert problem["request_id"] == failure.headers["x-request-id"]
        moment = datetime.fromisoformat(problem["timestamp"])
        assert problem["timestamp"].endswith("Z")
        assert abs(moment - datetime.now(UTC)) < timedelta(minutes=1)


def test_a_failure_tells_what_to_do_about_it(client, admin, shopper) -> None:
    failed = failures(client, admin, shopper)

    assert failed["authentication_required"].headers["www-authenticate"].startswith("Bearer")
    assert failed["validation_error"].json["details"].keys() == {"username", "password"}
    assert failed["insufficient_inventory"].json["available_quantity"] == 1
    assert failed["insufficient_inventory"].json["requested_quantity"] == 2


def test_a_failure_tells_nothing_of_our_insides(client, admin, shopper) -> None:
    for code, failure in failures(client, admin, shopper).items():
        told = failure.text.lower()
        for inside in ("traceback", "sqlalchemy", "pydantic", "falcon", "/src/", "select "):
            assert inside not in told, code


def test_every_answer_tells_browsers_to_be_careful(client, admin, shopper) -> None:
    answers = [
        client.get("/healthz"),
        client.get("/products"),
        shopper.get("/cart"),
        client.get("/openapi.json"),
        client.send("OPTIONS", "/products"),
        client.send("HEAD", "/products"),
        *failures(client, admin, shopper).values(),
    ]

    for answer in answers:
        assert answer.headers.items() >= SECURE.items()
        assert "strict-transport-security" not in answer.headers


def test_browsers_are_kept_on_https_once_there(client) -> None:
    for path in ("/healthz", "/nowhere"):
        answer = client.send("GET", path, protocol="https")

        assert "max-age=31536000" in answer.headers["strict-transport-security"]


def test_what_is_somebodys_is_not_kept_by_caches(client, shopper) -> None:
    for answer in (shopper.get("/cart"), client.get("/nowhere"), client.get("/cart")):
        assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "given", ["a", "4711", "web-7.x_Y", "x" * 64, "caee98e7-6103-4147-b3cd-d1f3ca24b68e"]
)
def test_a_request_id_is_echoed(client, given) -> None:
    for path in ("/healthz", "/nowhere"):
        assert client.get(path, X_Request_ID=given).headers["x-request-id"] == given


@pytest.mark.parametrize(
    "given",
    [
        "",
        " ",
        "x" * 65,
        "x" * 10_000,
        "a b",
        "a\tb",
        "<script>",
        "a,b",
        "\xe9",
        "\u0663",
        '"',
        "a/b",
    ],
)
def test_a_request_id_that_could_do_harm_is_replaced(client, given) -> None:
    answer = client.send(
        "GET", "/nowhere", headers={"X-Request-ID": given.encode().decode("latin1")}
    )

    made = answer.headers["x-request-id"]
    assert UUID(made).version == 4
    assert answer.json["request_id"] == made


def test_every_request_gets_an_id_of_its_own(client) -> None:
    made = {client.get("/healthz").headers["x-request-id"] for _ in range(10)}

    assert len(made) == 10


def test_there_is_nothing_at_an_unknown_path(admin) -> None:
    paths = [
        "/", "/nowhere", "/product", "/products.json", "/Products", "/products/search/more",
        f"/products/{uuid4()}/reviews", "/admin", "/../etc/passwd", "/docs/../openapi.json", "/%00",
        "/%FF%FE", "/%ED%A0%80", "/\U0001f981", "/products;v=1", "/" + "x" * 10_000,
    ]  # fmt: skip

    for path in paths:
        for verb in ("GET", "POST", "DELETE", "OPTIONS"):
            answer = admin.send(verb, path)
            assert (answer.status_code, answer.json["error"]) == (404, "not_found"), (verb, path)


def test_the_pages_for_people_are_three_files_and_no_folder(client) -> None:
    for path in ("/docs/nothing.js", "/docs/..%2f..%2fpyproject.toml", "/docs/%2e%2e", "/docs/%00"):
        assert client.get(path).status_code == 404, path


@pytest.mark.parametrize(
    ("verb", "path", "allowed"),
    [
        ("PUT", "/products", {"GET", "POST"}),
        ("DELETE", "/products", {"GET", "POST"}),
        ("POST", "/products/search", {"GET"}),
        ("POST", f"/products/{UNKNOWN_ID}", {"GET", "PATCH", "DELETE"}),
        ("GET", "/login", {"POST"}),
        ("HEAD", "/login", {"POST"}),
        ("GET", "/cart/add", {"POST"}),
        ("PATCH", "/healthz", {"GET"}),
        ("TRACE", "/products", {"GET", "POST"}),
        ("CONNECT", "/products", {"GET", "POST"}),
        ("POST", "/openapi.json", {"GET"}),
    ],
)
def test_a_method_that_does_not_exist_names_those_that_do(admin, verb, path, allowed) -> None:
    answer = admin.send(verb, path)

    assert (answer.status_code, answer.json["error"]) == (405, "method_not_allowed")
    assert set(answer.headers["allow"].split(", ")) - {"HEAD", "OPTIONS"} == allowed


def test_a_trailing_slash_makes_no_difference(client, admin, shopper) -> None:
    product = admin.product(title="Atlas")

    assert client.get("/products/").json == client.get("/products").json
    assert client.get(f"/products/{product['id']}/").json == product
    assert client.get("/products/search/?q=atlas").json["items"] == [product]
    assert shopper.post("/cart/add/", {"product_id": product["id"]}).status_code == 200
    assert client.get("/healthz/").status_code == 200


def test_options_lists_the_methods_to_anybody(client) -> None:
    for path, allowed in (("/products", {"GET", "POST"}), ("/cart", {"GET"}), ("/users", None)):
        answer = client.send("OPTIONS", path)

        assert (answer.status_code, answer.content) == (200, b"")
        assert allowed is None or allowed <= set(answer.headers["allow"].split(", "))


def test_head_is_answered_like_get(client, admin, shopper) -> None:
    product = admin.product()

    for path in ("/products", f"/products/{product['id']}", "/healthz", "/docs", "/openapi.json"):
        got, asked = client.get(path), client.send("HEAD", path)

        assert asked.status_code == got.status_code == 200
        for name in ("content-type", "content-length", "cache-control"):
            assert asked.headers[name] == got.headers[name]
        assert asked.headers.get("etag") == got.headers.get("etag")


def test_head_lets_nobody_in_whom_get_keeps_out(client, shopper) -> None:
    assert client.send("HEAD", "/cart").status_code == 401
    assert client.send("HEAD", "/admin/orders").status_code == 401
    assert shopper.send("HEAD", "/admin/orders").status_code == 403
    assert shopper.send("HEAD", "/users").status_code == 403
    assert client.send("HEAD", "/products/1").status_code == 400
    assert client.send("HEAD", f"/products/{uuid4()}").status_code == 404


def test_no_header_of_a_request_breaks_a_page(client) -> None:
    names = [
        "Accept", "Accept-Language", "Origin", "If-None-Match", "If-Match", "Range", "Host",
        "Forwarded", "X-Forwarded-For", "X-HTTP-Method-Override", "Content-Encoding", "Cookie",
        "Content-Type", "Expect", "Idempotency-Key", "User-Agent",
    ]  # fmt: skip

    for name in names:
        for value in ("", "x", "\xff", "x" * 10_000, ",,,", '"', "bytes=0-1", "image/png;q=nan"):
            answer = client.send("GET", "/products", headers={name: value})
            assert answer.status_code == 200, (name, value)
