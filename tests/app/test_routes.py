import re
from collections.abc import Iterator

import pytest
from support.description import entries, operations, table

from app.errors import status_of
from common.errors import DomainError
from domain.identity.caller import Access

OURS = ("app.", "common.", "domain.", "infrastructure.")
RESPONDER = re.compile(r"on_(get|post|put|patch|delete)(_\w+)?")


def errors(kind: type[DomainError] = DomainError) -> Iterator[type[DomainError]]:
    """List every error of ours that has a code."""
    for error in kind.__subclasses__():
        yield from errors(error)
        if hasattr(error, "code") and error.__module__.startswith(OURS):
            yield error


def responders() -> set[tuple[str, str]]:
    return {
        (type(route.resource).__name__, name)
        for route in table()
        for name in dir(route.resource)
        if RESPONDER.fullmatch(name)
    }


def test_every_responder_is_declared_an_operation() -> None:
    resources = {type(route.resource).__name__: route.resource for route in table()}

    undeclared = [
        f"{resource}.{name}"
        for resource, name in responders()
        if not hasattr(getattr(resources[resource], name), "operation")
    ]

    assert undeclared == []


def test_every_responder_answers_at_some_path() -> None:
    routed = {
        (type(route.resource).__name__, "_".join(filter(None, ("on", verb.lower(), route.suffix))))
        for route in table()
        for verb, _ in route.operations()
    }

    assert responders() == routed


def test_every_path_is_listed_once_and_answers_something() -> None:
    paths = [route.path for route in table()]

    assert len(set(paths)) == len(paths)
    assert [route.path for route in table() if not list(route.operations())] == []


def test_every_operation_is_summarised_in_a_sentence_that_fits_a_line() -> None:
    poor = [
        f"{verb} {path}"
        for verb, path, operation in operations()
        if not re.match(r"[A-Z].{5,98}\.(\n|$)", operation.summary)
    ]

    assert poor == []


def test_only_what_anyone_may_read_is_kept_by_caches() -> None:
    kept = {(verb, operation.access) for verb, _, operation in operations() if operation.cached}

    assert kept == {("GET", Access.ANYONE)}


@pytest.mark.parametrize("error", sorted(set(errors()), key=str), ids=lambda error: error.__name__)
def test_an_error_has_a_code_of_its_own_and_a_documented_status(error) -> None:
    status = status_of(error)
    owner = DomainError.catalogue[error.code]

    documented = [
        endpoint
        for endpoint, entry in entries()
        if f"`{error.code}`"
        in entry["responses"].get(str(status.value), {"description": ""})["description"]
    ]

    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", error.code)
    assert issubclass(error, owner)
    assert status in (502, 503) or 400 <= status < 500
    assert documented, f"no endpoint says that it may answer {status} {error.code}"
