"""What an operation can fail with, read off its declaration."""

from collections import defaultdict

from app.errors import (
    BodyTooLarge,
    MalformedId,
    MalformedJson,
    UnsupportedMediaType,
    UploadBrokenOff,
    ValidationFailed,
    status_of,
)
from app.operation import CHANGING, Operation
from common.errors import ConcurrentUpdate, DatabaseUnavailable, DomainError, Overloaded
from domain.billing.errors import PlanLimitExceeded
from domain.idempotency.errors import (
    AnswerLost,
    IdempotencyKeyReused,
    InvalidIdempotencyKey,
    RequestInProgress,
)
from domain.identity.caller import Access
from domain.identity.errors import (
    ApiKeyExpired,
    ApiKeyRevoked,
    AuthenticationRequired,
    PermissionDenied,
    ScopeMissing,
)
from domain.limits import RateLimitExceeded

_NOBODY = [AuthenticationRequired, ApiKeyExpired, ApiKeyRevoked]
_GATES: dict[Access, list[type[DomainError]]] = {
    Access.ANYONE: [],
    Access.GUEST: [*_NOBODY, ScopeMissing],
    Access.USER: [*_NOBODY, ScopeMissing],
    Access.LOGIN: [*_NOBODY, PermissionDenied],
    Access.ADMIN: [*_NOBODY, ScopeMissing, PermissionDenied],
}


def failures_of(
    verb: str, operation: Operation, *, has_ids: bool
) -> dict[int, list[type[DomainError]]]:
    """List, by status, everything an operation can fail with."""
    failures = [*_GATES[operation.access], *operation.raises, Overloaded, DatabaseUnavailable]
    if operation.access in (Access.GUEST, Access.USER) and not operation.every_plan:
        failures.append(PlanLimitExceeded)
    if has_ids:
        failures.append(MalformedId)
    if operation.query:
        failures.append(ValidationFailed)
    if operation.raw:
        failures.append(BodyTooLarge)
    if operation.upload:
        failures += [BodyTooLarge, UploadBrokenOff]
    if operation.body:
        failures += [MalformedJson, BodyTooLarge, UnsupportedMediaType, ValidationFailed]
    if verb in CHANGING:
        failures += [ConcurrentUpdate, RequestInProgress, AnswerLost, BodyTooLarge]
        failures += [InvalidIdempotencyKey, IdempotencyKeyReused]
    if operation.limit:
        failures.append(RateLimitExceeded)
    by_status: dict[int, list[type[DomainError]]] = defaultdict(list)
    for failure in dict.fromkeys(failures):
        by_status[status_of(failure)].append(failure)
    return dict(sorted(by_status.items()))
