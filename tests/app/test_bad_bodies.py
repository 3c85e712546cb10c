"""Whatever is sent to whatever endpoint: a documented refusal, and nothing half-written.

The client itself fails on a status or an error code that the description does not have.
"""

import json
import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from support.client import Client

NOT_SET_UP = "woocommerce_not_configured"
NO_BODY = ("malformed_json", "unknown_feed_format")
JSON = {"Content-Type": "application/json"}
PRODUCT = b'{"title":"x","price_cents":1}'
NO_JSON = [
    b"{",
    b"}",
    b'{"title":',
    b"{'title':'x'}",
    b'{"title":"x",}',
    b'{"a":1} {"b":2}',
    b"{} x",
    b"title=x",
    b"\xff\xfe",
    b"\x00",
    b" ",
    b'\xef\xbb\xbf{"title":"x"}',
    '{"title":"x"}'.encode("utf-16"),
    b'{"title":"\xff"}',
    b'{"title":"\xed\xa0\x80"}',
    b'{"title":"\xc0\x80"}',
    b'{"title":"\\ud800"}',
    b'{"title":"\\udc00\\ud800"}',
    b'{"\\ud800":1}',
    b'{"title":"\\x00"}',
    b'{"title":"line\nbreak"}',
    b'{"title":undefined}',
    b'{"price":0x10}',
    b'{"price":01}',
    b'{"price":+1}',
    b'{"price":.5}',
    b'{"price":' + b"9" * 5000 + b"}",
    b"[" * 100_000,
    b"[" * 100_000 + b"]" * 100_000,
    b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    b'{"metadata":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
]

VALUES = [
    b"null", b"true", b"0", b"-1", b"9223372036854775808", b"-9223372036854775809", b"1e400",
    b"-1e400", b"1e-400", b"NaN", b"Infinity", b"-Infinity", b'""', b'"\\u0000"', b'"x"',
    b'"%s"' % (b"x" * 100_000), b"[]", b"{}", b"[[]]", b'{"a":{"b":[null]}}', b'"\\u2028"',
    b"9" * 400, b'"NaN"', b'"1e400"', b'"2026-02-30"', b'"<script>"', b"-0", b"0.1",
]  # fmt: skip


def operations(client: Client) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """List every endpoint there is: verb, a path with random ids, description."""
    for path, verbs in client.get("/openapi.json").json["paths"].items():
        for verb, described in verbs.items():
            yield verb.upper(), re.sub(r"{\w+}", str(uuid4()), path), described


def schema_of_body(described: dict[str, Any]) -> str | None:
    """Name what a body is read as; nothing, where there is none or it is taken as it comes."""
    content = described.get("requestBody", {}).get("content", {})
    name: str | None = content.get("application/json", {}).get("schema", {}).get("$ref")
    return name


def has_foreign_id(described: dict[str, Any]) -> bool:
    """Tell whether its path has an id of another system's, which may be almost anything."""
    ids = [each["schema"] for each in described["parameters"] if each["in"] == "path"]
    return any("format" not in schema for schema in ids)


def readers_of_bodies(client: Client) -> list[tuple[str, str]]:
    found = [(verb, path) for verb, path, each in operations(client) if schema_of_body(each)]
    assert ("POST", "/login") in found
    assert ("POST", "/checkout") in found
    return found


def send(client: Client, body: bytes, verb: str = "POST", path: str = "/products"):
    return client.send(verb, path, body=body, headers=JSON)


def counted(admin: Client) -> dict[str, int]:
    """Count everything an administrator can see."""
    return {
        path: admin.get(path).json["total"] for path in ("/products", "/users", "/admin/orders")
    }


def test_what_is_no_json_is_malformed_everywhere(admin) -> None:
    before = counted(admin)

    for verb, path in readers_of_bodies(admin):
        for body in NO_JSON:
            refused = send(admin, body, verb, path)
            assert (refused.status_code, refused.json["error"]) == (400, "malformed_json"), (
                path,
                body[:50],
            )

    assert counted(admin) == before


def test_json_that_is_no_object_is_refused_everywhere(admin) -> None:
    for verb, path in readers_of_bodies(admin):
        for body in (b"null", b"[]", b"[{}]", b'"x"', b"1", b"-0.5e9", b"true"):
            refused = send(admin, body, verb, path)
            assert refused.status_code == 422, (path, body)
            assert list(refused.json["details"]) == ["body"]


def test_a_field_we_do_not_know_is_refused_everywhere(admin) -> None:
    for verb, path in readers_of_bodies(admin):
        refused = send(admin, b'{"colour":"red","__proto__":{},"":1}', verb, path)

        assert refused.status_code == 422, path
        assert {"colour", "__proto__", "body"} <= refused.json["details"].keys()


def test_no_value_of_any_field_breaks_an_endpoint(admin) -> None:
    schemas = admin.get("/openapi.json").json["components"]["schemas"]

    for verb, path, described in operations(admin):
        reference = schema_of_body(described)
        if reference is None:
            continue
        for field in schemas[reference.rpartition("/")[2]]["properties"]:
            for value in VALUES:
                answer = send(admin, b'{"%s":%s}' % (field.encode(), value), verb, path)
                assert answer.status_code < 500 or answer.json["error"] == NOT_SET_UP, (
                    verb,
                    path,
                    field,
                    value[:50],
                )


def test_a_field_given_twice_counts_once(admin) -> None:
    product = send(admin, b'{"title":"x","title":"y","price_cents":1}').json

    assert product["title"] == "y"


def test_text_arrives_as_it_was_sent(admin, client) -> None:
    title = "\U0001f981 e\u0301 \u202e \uffff \U0010ffff \x7f \x01 \\ \" ' <b>&amp;</b> \u2028"

    product = admin.product(title=title, metadata={title: title})

    assert client.get(f"/products/{product['id']}").json["title"] == title
    assert product["metadata"] == {title: title}


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "\xff", "json"],
)
def test_what_is_not_called_json_is_not_read(admin, content_type) -> None:
    for verb, path in readers_of_bodies(admin):
        refused = admin.send(verb, path, body=PRODUCT, headers={"Content-Type": content_type})

        assert (refused.status_code, refused.json["error"]) == (415, "unsupported_media_type"), path


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "Application/JSON; charset=utf-8", "application/vnd.shop+json", None],
)
def test_json_may_be_called_by_any_of_its_names(admin, content_type) -> None:
    headers = {"Content-Type": content_type} if content_type else {}

    assert admin.send("POST", "/products", body=PRODUCT, headers=headers).status_code == 201


def test_an_empty_body_is_malformed_where_something_is_needed(admin) -> None:
    for path in ("/products", "/login", "/users", "/cart/add"):
        refused = send(admin, b"", path=path)

        assert (refused.status_code, refused.json["error"]) == (400, "malformed_json"), path


def test_a_body_may_have_a_mebibyte_and_no_more(admin, client) -> None:
    largest = PRODUCT.ljust(1024 * 1024)

    for verb, path in readers_of_bodies(admin):
        refused = send(admin, largest + b" ", verb, path)
        assert (refused.status_code, refused.json["error"]) == (413, "body_too_large"), path

    assert client.get("/products").json["total"] == 0
    assert send(admin, largest).status_code == 201


def test_more_faults_than_anyone_can_read_are_only_counted(client) -> None:
    body = json.dumps({f"field{number}": 1 for number in range(50_000)}).encode()

    refused = send(client, body, path="/login")

    assert refused.status_code == 422
    assert refused.json["details"] == {"request": "50002 faults: too many to list"}


def test_no_value_of_any_query_parameter_breaks_an_endpoint(admin) -> None:
    values = [
        "", "0", "-1", "1.5", "9223372036854775808", "1e400", "NaN", "%00", "%FF", "%ED%A0%80", "%",
        "%25", "null", "[]", "%7B%7D", "x" * 10_000, "%F0%9F%A6%81", "1&{name}=2", "a;b", "'--",
    ]  # fmt: skip

    for verb, path, described in operations(admin):
        for parameter in described["parameters"]:
            if parameter["in"] != "query":
                continue
            for value in values:
                query = f"{parameter['name']}={value.format(name=parameter['name'])}"
                answer = admin.send(verb, f"{path}?{query}")
                assert answer.status_code in (200, 404, 422) or (
                    answer.json["error"] in NO_BODY and "requestBody" in described
                ), (path, query)


def test_a_query_parameter_we_do_not_know_is_refused(admin) -> None:
    for verb, path, described in operations(admin):
        if any(each["in"] == "query" for each in described["parameters"]):
            for name in ("colour", "per_page[]", "Page", "%00"):
                refused = admin.send(verb, f"{path}?{name}=1")

                assert refused.status_code == 422, (path, name)


def test_what_is_no_id_is_refused_in_every_path(admin) -> None:
    for path, verbs in admin.get("/openapi.json").json["paths"].items():
        if "{" not in path:
            continue
        for verb, described in verbs.items():
            refusals = {400, 422} | ({404} if has_foreign_id(described) else set())
            for written in (
                "1",
                "null",
                "%00",
                "%FF",
                "%ED%A0%80",
                "x" * 4000,
                "..",
                "'--",
                "{id}",
            ):
                refused = admin.send(verb.upper(), re.sub(r"{\w+}", written, path), json={})

                assert refused.status_code in refusals, (verb, path, written)
