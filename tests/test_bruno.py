"""The Bruno collection against the route table: nothing left out, nothing made up."""

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest

from app.container import assemble
from app.operation import Operation
from app.routes import routes
from app.settings import Settings

COLLECTION = Path(__file__).parents[1] / "bruno"

_BLOCK = re.compile(r"^([\w:-]+) \{\n(.*?)^\}", re.MULTILINE | re.DOTALL)
_VARIABLE = re.compile(r"\{\{(\w+)\}\}")
_NAME = re.compile(r"^  (\w+):", re.MULTILINE)
_SECRET = re.compile(r"^vars:secret \[\n(.*?)^\]", re.MULTILINE | re.DOTALL)
_STATUS = re.compile(r"res\.status: eq (\d+)")

type Endpoint = tuple[str, str]


@dataclass(frozen=True)
class BrunoRequest:
    """A ``.bru`` file. Path parameters are anonymous: ``/users/{}``."""

    file: Path

    @property
    def name(self) -> str:
        return str(self.file.relative_to(COLLECTION))

    @cached_property
    def blocks(self) -> dict[str, str]:
        return dict(_BLOCK.findall(self.file.read_text()))

    @cached_property
    def endpoint(self) -> Endpoint:
        verb = next(verb for verb in ("get", "post", "patch", "delete") if verb in self.blocks)
        found = re.search(r"url: \{\{baseUrl\}\}([^?\s]*)", self.blocks[verb])
        assert found, f"{self.name} does not start at {{{{baseUrl}}}}"
        return verb.upper(), _VARIABLE.sub("{}", found[1])

    @property
    def needs(self) -> set[str]:
        return set(_VARIABLE.findall(self.file.read_text()))

    @property
    def keeps(self) -> set[str]:
        return set(_NAME.findall(self.blocks.get("vars:post-response", "")))

    @property
    def expected_status(self) -> int | None:
        found = _STATUS.search(self.blocks.get("assert", ""))
        return int(found[1]) if found else None


def _seq(file: Path) -> int:
    found = re.search(r"^  seq: (\d+)", file.read_text(), re.MULTILINE)
    assert found, f"{file} has no place in the journey"
    return int(found[1])


def _requests() -> list[BrunoRequest]:
    """List the requests in the order they are run."""
    folders = sorted((each.parent for each in COLLECTION.glob("*/folder.bru")), key=_folder_seq)
    return [
        BrunoRequest(file)
        for folder in folders
        for file in sorted(folder.glob("*.bru"), key=_seq)
        if file.name != "folder.bru"
    ]


def _folder_seq(folder: Path) -> int:
    return _seq(folder / "folder.bru")


def _environment() -> set[str]:
    """List what the environment gives, or asks for because it is secret."""
    text = (COLLECTION / "environments" / "local.bru").read_text()
    secrets = {name for block in _SECRET.findall(text) for name in re.findall(r"\w+", block)}
    return secrets | set(_NAME.findall(text))


def _operations() -> dict[Endpoint, Operation]:
    """List the endpoints; the platform's unversioned paths are its versioned ones again."""
    shop = assemble(Settings(_env_file=None, secret_key="s" * 32))
    return {
        (verb, re.sub(r"\{\w+\}", "{}", route.path)): operation
        for route in routes(shop)
        if not re.match(r"/api/(?!v1/)", route.path)
        for verb, operation in route.operations()
    }


def test_every_endpoint_has_a_request() -> None:
    requested = {request.endpoint for request in _requests()}

    missing = set(_operations()) - requested

    assert missing == set()


@pytest.mark.parametrize("request_", _requests(), ids=lambda request: request.name)
def test_a_request_is_for_an_endpoint_and_expects_its_success(request_: BrunoRequest) -> None:
    operation = _operations().get(request_.endpoint)

    assert operation is not None, f"there is no {request_.endpoint}"
    assert request_.expected_status == operation.status


def test_every_request_is_part_of_the_journey() -> None:
    files = set(COLLECTION.glob("**/*.bru"))
    settings = {COLLECTION / "collection.bru", COLLECTION / "environments" / "local.bru"}

    left_out = files - settings - {request.file for request in _requests()}

    assert all(file.name == "folder.bru" for file in left_out), left_out


def test_no_two_requests_claim_the_same_place() -> None:
    places = [(request.file.parent, _seq(request.file)) for request in _requests()]

    assert len(set(places)) == len(places)


def test_whatever_a_request_needs_was_given_or_kept_before() -> None:
    known = _environment()

    for request in _requests():
        assert request.needs <= known, f"{request.name} is too early"
        known |= request.keeps
