"""Every failure leaves as one shape: a problem document (RFC 9457) with a stable ``error``."""

from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any

import falcon
import msgspec

from app.schema import Moment, encode
from common import errors
from common.clock import utc_now
from common.errors import DomainError
from common.logging import log, request_id

if TYPE_CHECKING:
    from app.http import App, Request, Response

PROBLEM = "application/problem+json"

_STATUS: dict[type[DomainError], HTTPStatus] = {
    errors.Malformed: HTTPStatus.BAD_REQUEST,
    errors.Unauthenticated: HTTPStatus.UNAUTHORIZED,
    errors.PaymentRequired: HTTPStatus.PAYMENT_REQUIRED,
    errors.Forbidden: HTTPStatus.FORBIDDEN,
    errors.NotFound: HTTPStatus.NOT_FOUND,
    errors.Conflict: HTTPStatus.CONFLICT,
    errors.TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    errors.UnsupportedMedia: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    errors.Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.TooMany: HTTPStatus.TOO_MANY_REQUESTS,
    errors.BadGateway: HTTPStatus.BAD_GATEWAY,
    errors.Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}


class Problem(msgspec.Struct, kw_only=True):
    """Why a request failed. Some errors add members of their own, such as ``retry_after``."""

    type: Annotated[str, msgspec.Meta(description="Names the kind of failure, as a URI.")]
    title: Annotated[str, msgspec.Meta(description="The HTTP status, in words.")]
    status: int
    detail: Annotated[str, msgspec.Meta(description="What went wrong, for people.")]
    error: Annotated[str, msgspec.Meta(description="A stable code that programs may rely on.")]
    message: Annotated[str, msgspec.Meta(description="The same as ``detail``.")]
    details: Annotated[dict[str, Any], msgspec.Meta(description="The particulars.")]
    request_id: Annotated[str, msgspec.Meta(description="Quote this when asking for help.")]
    timestamp: Moment


class MalformedJson(errors.Malformed):
    code = "malformed_json"
    message = "The body is not valid JSON."


class MalformedHost(errors.Malformed):
    code = "malformed_host"
    message = "The Host header is no host, so nothing can be told of where the shop is."


class MalformedId(errors.Malformed):
    code = "malformed_id"
    message = "{name} is not an id of this kind."


class ValidationFailed(errors.Invalid):
    code = "validation_error"
    message = "The request does not have the shape this endpoint expects: see {names}."

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__(names=", ".join(fields))
        self.details = fields


class BodyTooLarge(errors.TooLarge):
    code = "body_too_large"
    message = "The body is larger than {maximum_bytes} bytes."


class UploadBrokenOff(errors.Malformed):
    code = "upload_broken_off"
    message = "The body ended after {received_bytes} bytes, before all of it had come."


class UnsupportedMediaType(errors.UnsupportedMedia):
    code = "unsupported_media_type"
    message = "Send JSON, with Content-Type: application/json."


def status_of(error: type[DomainError]) -> HTTPStatus:
    """Tell which HTTP status a kind of failure becomes."""
    return next(_STATUS[kind] for kind in error.mro() if kind in _STATUS)


def add_error_handlers(app: "App") -> None:
    app.add_error_handler(Exception, _unforeseen)
    app.add_error_handler(falcon.HTTPError, _http)
    app.add_error_handler(DomainError, _domain)


async def _domain(req: "Request", resp: "Response", error: DomainError, params: Any) -> None:
    status = status_of(type(error))
    if status == HTTPStatus.UNAUTHORIZED:
        resp.set_header("WWW-Authenticate", 'Bearer realm="peregrine"')
    if "retry_after" in error.details:
        resp.set_header("Retry-After", str(error.details["retry_after"]))
    prominent = {name: error.details.get(name) for name in error.prominent}
    _answer(resp, status, error.code, str(error), error.details, prominent)


async def _http(req: "Request", resp: "Response", error: falcon.HTTPError, params: Any) -> None:
    status = HTTPStatus(error.status_code)
    resp.set_headers(error.headers or {})
    code = status.name.lower()
    _answer(resp, status, code, error.description or f"{status.description or status.phrase}.", {})


async def _unforeseen(req: "Request", resp: "Response", error: Exception, params: Any) -> None:
    log.opt(exception=error).error("{} {} failed", req.method, req.uri_template)
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    _answer(resp, status, "internal_error", "Something broke on our side, and is logged.", {})


def _answer(
    resp: "Response",
    status: HTTPStatus,
    code: str,
    message: str,
    details: dict[str, Any],
    prominent: dict[str, Any] | None = None,
) -> None:
    problem = Problem(
        type=f"urn:peregrine:error:{code}",
        title=status.phrase,
        status=status,
        detail=message,
        error=code,
        message=message,
        details=details,
        request_id=request_id.get(),
        timestamp=utc_now(),
    )
    resp.status = status
    resp.content_type = PROBLEM
    resp.data = encode(msgspec.structs.asdict(problem) | (prominent or {}))
