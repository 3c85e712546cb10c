import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import schemathesis
from support.description import document, entries, operations
from support.server import isolated

from app.errors import PROBLEM
from app.operation import CHANGING
from domain.identity.caller import Access

PEREGRINE = Path(sys.executable).with_name("peregrine")
FORMS_OF_CREDENTIALS = [{"bearer": []}, {"apiKey": []}]

every_entry = pytest.mark.parametrize(("endpoint", "entry"), entries(), ids=dict(entries()))
every_operation = pytest.mark.parametrize(
    ("verb", "path", "operation"),
    operations(),
    ids=[f"{verb} {path}" for verb, path, _ in operations()],
)


def schemas() -> dict[str, Any]:
    return document()["components"]["schemas"]


def references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if "$ref" in part:
            yield part["$ref"].removeprefix("#/components/schemas/")
        part = list(part.values())
    if isinstance(part, list):
        for each in part:
            yield from references(each)


def named(part: Any, name: str) -> Iterator[Any]:
    """Find everything called ``name``, however deep."""
    if isinstance(part, dict):
        if name in part:
            yield part[name]
        part = list(part.values())
    if isinstance(part, list):
        for each in part:
            yield from named(each, name)


def entry_of(verb: str, path: str) -> dict[str, Any]:
    return document()["paths"][path][verb.lower()]


def test_the_document_is_valid_openapi_3_1() -> None:
    schema = schemathesis.openapi.from_dict(document())

    schema.validate()

    assert document()["openapi"].startswith("3.1.")


@pytest.mark.parametrize("name", schemas())
def test_a_schema_is_valid_json_schema(name) -> None:
    jsonschema_rs.meta.validate(schemas()[name])


def test_every_endpoint_is_described_and_nothing_else() -> None:
    described = {endpoint for endpoint, _ in entries()}

    assert described == {f"{verb} {path}" for verb, path, _ in operations()}


def test_schemas_have_the_names_of_things_and_not_of_code() -> None:
    odd = [name for name in schemas() if not re.fullmatch(r"([A-Z][a-z]+)+", name)]

    assert odd == []
    assert [name for name in schemas() if name.endswith("View")] == []


def test_no_view_takes_the_name_of_an_input() -> None:
    taken = {operation.body.__name__ for _, _, operation in operations() if operation.body}
    views = {operation.result.__name__ for _, _, operation in operations() if operation.result}

    assert {view.removesuffix("View") for view in views} & taken == set()


def test_every_schema_referred_to_is_there_and_every_one_there_is_referred_to() -> None:
    assert set(references(document())) == set(schemas())


def test_every_operation_has_an_id_of_its_own() -> None:
    ids = Counter(entry["operationId"] for _, entry in entries())

    assert [name for name, count in ids.items() if count > 1] == []
    assert [name for name in ids if not re.fullmatch(r"[a-z]+([A-Z][a-z]*|V?\d+)*", name)] == []


@every_entry
def test_an_operation_has_a_tag_a_summary_and_nothing_empty(endpoint, entry) -> None:
    assert len(entry["tags"]) == 1
    assert re.fullmatch(r"[a-z-]+", entry["tags"][0])
    assert entry["summary"]
    assert not entry["summary"].endswith(".")
    assert entry.get("description", "said in the summary").strip()


@every_entry
def test_every_failure_is_listed_as_a_problem_with_its_codes(endpoint, entry) -> None:
    failures = {
        status: response
        for status, response in entry["responses"].items()
        if not status.startswith(("2", "3"))
    }

    assert "503" in failures
    for response in failures.values():
        assert re.fullmatch(r"`[a-z_]+`( or `[a-z_]+`)*", response["description"])
        assert list(response["content"]) == [PROBLEM]


@every_operation
def test_who_may_ask_is_said(verb, path, operation) -> None:
    entry = entry_of(verb, path)

    guarded = operation.access is not Access.ANYONE
    forms = {
        Access.ANYONE: [],
        Access.GUEST: [*FORMS_OF_CREDENTIALS, {}],
        Access.LOGIN: [{"bearer": []}],
    }

    assert entry["security"] == forms.get(operation.access, FORMS_OF_CREDENTIALS)
    assert "401" in entry["responses"] or not guarded
    assert "403" in entry["responses"] or operation.access is not Access.ADMIN


@every_operation
def test_an_operation_for_users_says_that_keys_need_a_plan(verb, path, operation) -> None:
    refused = entry_of(verb, path)["responses"].get("403", {"description": ""})["description"]

    for_users = operation.access in (Access.USER, Access.GUEST)
    assert ("`plan_limit_exceeded`" in refused) >= (for_users and not operation.every_plan)
    assert ("`insufficient_scope`" in refused) is (for_users or operation.access is Access.ADMIN)


@every_operation
def test_every_change_may_be_made_under_an_idempotency_key(verb, path, operation) -> None:
    offered = [each for each in entry_of(verb, path)["parameters"] if each["in"] == "header"]

    assert [each["name"] for each in offered] == ["Idempotency-Key"] * (verb in CHANGING)


@every_operation
def test_the_parameters_of_a_path_are_the_ids_in_it(verb, path, operation) -> None:
    given = [each for each in entry_of(verb, path)["parameters"] if each["in"] == "path"]

    assert [each["name"] for each in given] == re.findall(r"{(\w+)}", path)
    assert all(each["required"] for each in given)
    foreign = {each["name"] for each in given if "format" not in each["schema"]}
    assert foreign == operation.references


@every_operation
def test_a_body_is_required_where_an_empty_one_would_be_refused(verb, path, operation) -> None:
    if operation.body is None:
        assert ("requestBody" in entry_of(verb, path)) is (operation.raw or operation.upload)
        return
    whole = schemas()[operation.body.__name__] | {"components": document()["components"]}

    empty_will_do = jsonschema_rs.validator_for(whole).is_valid({})

    assert entry_of(verb, path)["requestBody"]["required"] is not empty_will_do


def test_what_is_made_links_to_what_can_be_done_with_it() -> None:
    by_id = {entry["operationId"]: entry for _, entry in entries()}
    made = document()["paths"]["/orders"]["post"]["responses"]["201"]

    assert {"getOrdersOrderId", "postOrdersOrderIdPay"} <= set(made["links"])
    for links in named(document()["paths"], "links"):
        for link in links.values():
            parameters = by_id[link["operationId"]]["parameters"]
            assert set(link["parameters"]) <= {each["name"] for each in parameters}


def test_examples_are_what_they_are_examples_of() -> None:
    for schema in schemas().values():
        for field in schema.get("properties", {}).values():
            for example in field.get("examples", []):
                jsonschema_rs.validate(field, example)


def test_a_default_that_means_left_out_is_not_a_null() -> None:
    assert None not in named(document(), "default")


def test_both_forms_of_credentials_are_explained() -> None:
    forms = document()["components"]["securitySchemes"]

    assert forms["bearer"]["scheme"] == "bearer"
    assert forms["bearer"]["bearerFormat"] == "JWT"
    assert (forms["apiKey"]["in"], forms["apiKey"]["name"]) == ("header", "X-API-Key")
    assert all(form["description"] for form in forms.values())


def test_the_command_prints_what_the_server_serves(client, tmp_path) -> None:
    printed = subprocess.run(
        [PEREGRINE, "openapi"], cwd=tmp_path, env=isolated({}), capture_output=True, check=True
    )

    served = client.get("/openapi.json")

    assert json.loads(printed.stdout) == served.json == document()
