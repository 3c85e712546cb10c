"""An endpoint is a typed method: its signature is its validation and its documentation."""

import hashlib
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from http import HTTPStatus
from types import NoneType
from typing import Any, NamedTuple, get_args, get_origin, get_type_hints

import falcon
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from app.errors import MalformedId, MalformedJson, UnsupportedMediaType, ValidationFailed
from app.http import Request, Response
from app.patterns import mismatch
from app.schema import Input, QueryInput, Raw, Reference, View, encode
from app.uploads import Upload
from common.errors import DomainError
from common.ids import canonical_id, foreign_id
from domain.identity.caller import Access, Scope
from domain.limits import Category

CHANGING = frozenset({"POST", "PATCH", "DELETE"})
_NO_VIEW = (NoneType, Raw)
_MOST_FAULTS = 100  # to list more would take longer than finding them
_REVALIDATE = "public, max-age=0, must-revalidate"

type Method = Callable[..., Awaitable[View | Sequence[View] | Raw | None]]
type Responder = Callable[..., Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Operation:
    """What an endpoint takes, gives, allows and can fail with."""

    name: str
    summary: str
    access: Access
    status: HTTPStatus
    raises: tuple[type[DomainError], ...]
    body: type[Input] | None
    raw: bool
    """Whether it reads the body itself, byte by byte."""
    upload: bool
    """Whether the body may be too large for memory."""
    accepts: Mapping[str, Any]
    """What an upload may be: JSON Schemas by media type."""
    references: frozenset[str]
    """The ids in its path that other systems gave."""
    query: type[QueryInput] | None
    result: type[View] | None
    many: bool
    optional: bool
    """Whether it may answer ``null``: there is nothing of the kind."""
    media: tuple[str, ...]
    """What it answers in, where that is not JSON."""
    limit: Category | None
    cached: bool
    resumable: bool
    secret: bool
    scope: Scope | None
    """What an API key must have been made for, where the verb does not tell."""
    every_plan: bool
    """Whether API keys are let in whatever plan their owner has."""

    @property
    def body_required(self) -> bool:
        return self.body is not None and not self.body.may_be_empty()


class Route(NamedTuple):
    """A path, and the methods of a resource that answer there."""

    path: str
    resource: object
    suffix: str | None = None

    def operations(self) -> Iterator[tuple[str, Operation]]:
        """List what can be done here, verb by verb."""
        for verb in falcon.HTTP_METHODS:
            name = "_".join(filter(None, ("on", verb.lower(), self.suffix)))
            if responder := getattr(self.resource, name, None):
                yield verb, responder.operation


def operation(
    *,
    access: Access = Access.USER,
    status: int = HTTPStatus.OK,
    raises: Iterable[type[DomainError]] = (),
    limit: Category | None = Category.DEFAULT,
    cached: bool = False,
    resumable: bool = False,
    secret: bool = False,
    scope: Scope | None = None,
    every_plan: bool = False,
    media: tuple[str, ...] = (),
    accepts: Mapping[str, Any] | None = None,
) -> Callable[[Method], Responder]:
    """Turn a method into a Falcon responder.

    The method may ask for a ``body`` (``bytes``, to have it as it came; ``Upload``, to receive it
    when and if it wants, with what it ``accepts``) and a ``query``, and returns a ``View``, a list
    of them or nothing; ``View | None`` says that the answer may be ``null``, and ``Raw`` is one of
    the ``media`` instead of JSON. Only those whom ``access``
    admits ever reach it. ``cached`` answers carry an ETag; a ``resumable`` one may be run again
    under its idempotency key after a crash; ``secret`` answers are kept encrypted. API keys need
    the ``scope``, or else read or write as the verb has it, and a plan with API access unless
    ``every_plan`` will do.
    """

    def decorate(method: Method) -> Responder:
        hints = get_type_hints(method)
        body, query = hints.get("body"), hints.get("query")
        result, optional = _result(hints["return"])
        raw, upload = body is bytes, body is Upload
        references = frozenset(name for name, hint in hints.items() if hint is Reference)
        many = get_origin(result) is list
        described = Operation(
            name=method.__qualname__,
            summary=(method.__doc__ or "").strip(),
            access=access,
            status=HTTPStatus(status),
            raises=tuple(raises),
            body=None if raw or upload else body,
            raw=raw,
            upload=upload,
            accepts=accepts or {},
            references=references,
            query=query,
            result=get_args(result)[0] if many else None if result in _NO_VIEW else result,
            many=many,
            optional=optional,
            media=media,
            limit=limit,
            cached=cached,
            resumable=resumable,
            secret=secret,
            scope=scope,
            every_plan=every_plan,
        )
        done = f"{status:d} {HTTPStatus(status).phrase}"
        may_be_empty = not described.body_required

        @wraps(method)
        async def responder(resource: object, req: Request, resp: Response, **params: Any) -> None:
            for name, text in params.items():
                params[name] = _path_id(name, text, foreign=name in references)
            if query:
                params["query"] = _parse(query.model_validate, req.params)
            if upload:
                params["body"] = req.upload
            elif raw:
                params["body"] = await req.body()
            elif body:
                params["body"] = await _read(body, req, may_be_empty=may_be_empty)
            view = await method(resource, req, **params)
            resp.status = done
            if isinstance(view, Raw):
                resp.content_type, resp.data = view
            elif view is not None or optional:
                resp.content_type = falcon.MEDIA_JSON
                resp.data = encode(view)
                if cached:
                    _revalidate(req, resp, resp.data)

        responder.operation = described  # type: ignore[attr-defined]
        return responder

    return decorate


def _result(hint: Any) -> tuple[Any, bool]:
    """Read what is returned, and whether there may be nothing in its place."""
    kinds = [each for each in get_args(hint) if each is not NoneType]
    optional = NoneType in get_args(hint)
    return (kinds[0] if optional else hint), optional


def _path_id(name: str, text: str, *, foreign: bool) -> str:
    identifier = foreign_id(text) if foreign else canonical_id(text)
    if identifier is None:
        raise MalformedId(name=name)
    return identifier


async def _read(model: type[BaseModel], req: Request, *, may_be_empty: bool) -> BaseModel:
    raw = await req.body()
    if not raw and may_be_empty:
        raw = b"{}"
    elif req.content_type and not _is_json(req.content_type):
        raise UnsupportedMediaType
    return _parse(model.model_validate_json, raw)


def _is_json(content_type: str) -> bool:
    media = content_type.partition(";")[0].strip().lower()
    return media == falcon.MEDIA_JSON or media.endswith("+json")


def _parse[I: BaseModel](validate: Callable[[Any], I], raw: object) -> I:
    try:
        return validate(raw)
    except ValidationError as error:
        if (count := error.error_count()) > _MOST_FAULTS:
            raise ValidationFailed({"request": f"{count} faults: too many to list"}) from None
        faults = error.errors(include_url=False)
        if faults[0]["type"] == "json_invalid":
            raise MalformedJson from error
        raise ValidationFailed(dict(map(_named, faults))) from error


def _named(fault: ErrorDetails) -> tuple[str, str]:
    where = ".".join(map(str, fault["loc"])) or "body"
    if fault["input"] is None:
        return where, "Input should not be null"
    if fault["type"] == "string_pattern_mismatch":
        return where, mismatch(fault["ctx"]["pattern"])
    return where, fault["msg"]


def _revalidate(req: Request, resp: Response, data: bytes) -> None:
    """Name the answer by its content, and leave it out for a caller who has it already."""
    etag = f'"{hashlib.blake2b(data, digest_size=12).hexdigest()}"'
    resp.set_header("ETag", etag)
    resp.set_header("Cache-Control", _REVALIDATE)
    known = req.get_header("If-None-Match")
    if known and (known.strip() == "*" or etag in known):
        resp.status = falcon.HTTP_304
        resp.data = None
