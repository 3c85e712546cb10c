"""The API's own description (OpenAPI 3.1), read off the route table."""

import re
from collections import defaultdict
from collections.abc import Iterable
from http import HTTPStatus
from importlib.metadata import version
from typing import Any

import msgspec
from pydantic.json_schema import models_json_schema

from app.errors import PROBLEM, Problem
from app.failures import failures_of
from app.operation import CHANGING, Operation, Route
from common.ids import FOREIGN
from domain.identity.caller import Access

_OPERATIONS = ("health", "healthz", "metrics", "readyz")
_REF = "#/components/schemas/{}"
_ABOUT = (
    "A shop's backend: catalogue, carts, checkout, orders, accounts and plans.\n\n"
    "Every failure is an `application/problem+json` document with a stable `error` code. "
    "A POST, PATCH or DELETE under an `Idempotency-Key` is carried out once, however often it "
    "is sent. Amounts come in major units and, as `…_cents`, in minor units."
)
_SCHEMES = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "From `POST /login` or `POST /auth/login`.",
    },
    "apiKey": {
        "type": "apiKey",
        "in": "header",
        "name": "X-API-Key",
        "description": (
            "From `POST /api/v1/api-keys`. A key does what its `scopes` say, for an account "
            "whose plan includes API access; one's own account and usage every plan shows. "
            "Next to a bearer token it counts for nothing."
        ),
    },
}
_ID_SCHEMA = {
    "type": "string",
    "format": "uuid",
    "pattern": "^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$",
}
_REFERENCE_SCHEMA = {"type": "string", "pattern": f"^{FOREIGN}$"}
_KEY_PARAMETER = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Makes the request safe to repeat for 24 hours.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
}


def describe(routes: Iterable[Route]) -> dict[str, Any]:
    """Write the OpenAPI document of a route table."""
    table = list(routes)
    operations = [operation for route in table for _, operation in route.operations()]
    schemas, links = _schemas(operations), _links(table)
    paths: dict[str, dict[str, Any]] = defaultdict(dict)
    for route in table:
        for verb, operation in route.operations():
            entry = _entry(route.path, verb, operation, schemas)
            if operation.status is HTTPStatus.CREATED and operation.result:
                noun = _public(operation.result.__name__).lower()
                if noun in links:
                    entry["responses"]["201"]["links"] = links[noun]
            paths[route.path][verb.lower()] = entry
    for query in {operation.query.__name__ for operation in operations if operation.query}:
        del schemas[query]  # they are spelled out as parameters
    return {
        "openapi": "3.1.0",
        "info": {"title": "Peregrine", "version": version("peregrine"), "description": _ABOUT},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "securitySchemes": _SCHEMES,
        },
    }


def _schemas(operations: list[Operation]) -> dict[str, Any]:
    inputs = {model for each in operations for model in (each.body, each.query) if model}
    _, given = models_json_schema(
        [(model, "validation") for model in sorted(inputs, key=lambda model: model.__name__)],
        ref_template=_REF.format("{model}"),
    )
    views = sorted({each.result for each in operations if each.result}, key=lambda v: v.__name__)
    _, shown = msgspec.json.schema_components([*views, Problem], ref_template=_REF.format("{name}"))
    shown = {_public(name): schema for name, schema in shown.items()}
    return {name: _tidy(schema) for name, schema in (given["$defs"] | shown).items()}


def _public(name: str) -> str:
    """Name a schema for those outside, to whom a view of a product is a product."""
    return name.removesuffix("View")


def _links(table: list[Route]) -> dict[str, dict[str, Any]]:
    """List, by what a path's id is the id of, the operations that go on with one just made."""
    links: dict[str, dict[str, Any]] = defaultdict(dict)
    for route in table:
        for noun in re.findall(r"{(\w+)_id}", route.path):
            for verb, _ in route.operations():
                name = _operation_id(route.path, verb)
                own_id = {f"{noun}_id": "$response.body#/id"}
                links[noun][name] = {"operationId": name, "parameters": own_id}
    return links


def _tidy(schema: Any) -> Any:
    """Leave out what only restates a name, and defaults that mean «left out».

    Views write decimals as numbers, which msgspec's schema does not know.
    """
    if isinstance(schema, list):
        return [_tidy(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        schema = schema | {"$ref": _public(schema["$ref"])}
    if schema.get("format") == "decimal":
        schema = {key: value for key, value in schema.items() if key != "format"}
        schema["type"] = "number"
    return {
        key: {name: _tidy(each) for name, each in value.items()}
        if key in ("properties", "$defs")
        else _tidy(value)
        for key, value in schema.items()
        if not (key == "title" and isinstance(value, str))
        and not (key == "default" and value is None)
    }


def _entry(path: str, verb: str, operation: Operation, schemas: dict[str, Any]) -> dict[str, Any]:
    summary, _, description = operation.summary.partition("\n")
    ids = re.findall(r"{(\w+)}", path)
    parameters = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": _REFERENCE_SCHEMA if name in operation.references else _ID_SCHEMA,
        }
        for name in ids
    ]
    if operation.query:
        parameters += _query_parameters(schemas[operation.query.__name__])
    if verb in CHANGING:
        parameters.append(_KEY_PARAMETER)
    entry: dict[str, Any] = {
        "operationId": _operation_id(path, verb),
        "summary": summary.rstrip("."),
        "tags": [_tag(path)],
        "parameters": parameters,
        "security": _security(operation.access),
        "responses": _responses(verb, operation, has_ids=bool(ids)),
    }
    if description.strip():
        entry["description"] = re.sub(r"\s+", " ", description.strip())
    if operation.body:
        entry["requestBody"] = {
            "required": operation.body_required,
            "content": _content(operation.body.__name__),
        }
    elif operation.upload:
        content = {media: {"schema": schema} for media, schema in operation.accepts.items()}
        entry["requestBody"] = {"required": True, "content": content}
    elif operation.raw:
        anything = {"schema": {"type": "object"}}
        entry["requestBody"] = {"required": True, "content": {"application/json": anything}}
    return entry


def _security(access: Access) -> list[dict[str, Any]]:
    schemes: list[dict[str, Any]] = [{name: []} for name in _SCHEMES]
    others = {
        Access.ANYONE: [],
        Access.GUEST: [*schemes, {}],
        Access.LOGIN: [{"bearer": []}],
    }
    return others.get(access, schemes)


def _operation_id(path: str, verb: str) -> str:
    words = re.sub(r"[{}]", "", path).strip("/").replace("_", "/").replace("-", "/").split("/")
    return verb.lower() + "".join(word.capitalize() for word in words)


def _tag(path: str) -> str:
    first = re.sub(r"^/api(/v1)?(?=/)", "", path).strip("/").partition("/")[0]
    return {"login": "auth"}.get(first, "operations" if first in _OPERATIONS else first)


def _query_parameters(schema: dict[str, Any]) -> list[dict[str, Any]]:
    required = schema.get("required", ())
    return [
        {
            "name": name,
            "in": "query",
            "required": name in required,
            "schema": {key: value for key, value in field.items() if key != "description"},
        }
        | ({"description": field["description"]} if "description" in field else {})
        for name, field in schema["properties"].items()
    ]


def _responses(verb: str, operation: Operation, *, has_ids: bool) -> dict[str, Any]:
    success: dict[str, Any] = {
        "description": operation.status.phrase,
        "headers": {"X-Request-ID": _header("Names this request in the log.")},
    }
    if operation.result:
        success["content"] = _content(
            _public(operation.result.__name__), many=operation.many, optional=operation.optional
        )
    elif operation.media:
        success["content"] = {media: {"schema": {"type": "string"}} for media in operation.media}
    responses = {str(operation.status.value): success}
    if operation.cached:
        success["headers"]["ETag"] = _header("Send it back as If-None-Match.")
        responses["304"] = {"description": "Not Modified: what you have is still true."}
    for status, failures in failures_of(verb, operation, has_ids=has_ids).items():
        codes = dict.fromkeys(failure.code for failure in failures)
        responses[str(int(status))] = {
            "description": " or ".join(f"`{code}`" for code in codes),
            "content": _content("Problem", PROBLEM),
        }
    return responses


def _header(description: str) -> dict[str, Any]:
    return {"description": description, "schema": {"type": "string"}}


def _content(
    model: str, media: str = "application/json", *, many: bool = False, optional: bool = False
) -> dict[str, Any]:
    schema: dict[str, Any] = {"$ref": _REF.format(model)}
    if many:
        schema = {"type": "array", "items": schema}
    if optional:
        schema = {"anyOf": [schema, {"type": "null"}]}
    return {media: {"schema": schema}}
